"""Imports in the room: tried before stored, exact about bad rows, resumed after a kill."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from runtime import import_child
from runtime.imports import ImportJob, Imports, Stage
from tests.web.conftest import WATER, Room

_CSV = (
    "Tiêu đề;Nội dung;Link;Nguồn;Ngày đăng;Loại;Người đăng\n"
    "Nước máy có mùi;Gọi 0900 000 123;;Diễn đàn;20/11/2026 08:15;bài đăng;an_nguyen\n"
    "Bài báo;Chữ;https://bao.vn/x-100001.html;Báo;19/11/2026;;\n"
    "Bài báo;Chữ;https://bao.vn/x-100001.html;Báo;19/11/2026;;\n"
    "Hỏng;x;khong-phai;Báo;19/11/2026;;\n"
    'Hỏng nữa;x;"=HYPERLINK(""http://x.vn"")";Báo;19/11/2026;;\n'
)


@pytest.fixture
def keyed(room: Room, tmp_path: Path) -> Room:
    """A room whose authors' key lies in the test's own folder."""
    settings = replace(room.runtime.settings, author_key_file=str(tmp_path / "author.key"))
    room.runtime.settings = settings
    return room


@pytest.fixture
def imports(keyed: Room) -> Imports:
    return Imports(keyed.runtime.settings.data_dir)


@pytest.fixture
def work(keyed: Room, imports: Imports) -> Callable[[ImportJob], ImportJob]:
    """Do the step that a job waits for, as the child process does."""

    def run(job: ImportJob) -> ImportJob:
        import_child.step(keyed.runtime, imports, job.id, Event())  # type: ignore[arg-type]
        found = imports.find(job.id)
        assert found is not None
        return found

    return run


def _send(client: Client, content: str = _CSV, name: str = "bao-cao.csv") -> str:
    file = SimpleUploadedFile(name, content.encode(), "text/csv")
    answer = client.post("/tin/nhap/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def _chosen(job: ImportJob, **changes: str) -> dict[str, str]:
    names = {column: name for name, column in job.mapping.items()}
    columns = {f"column-{n}": names.get(c, "") for n, c in enumerate(job.columns)}
    return {**columns, "kind": "article", "outlet": "", **changes}


def test_a_file_is_tried_then_stored_masked_and_deleted(
    keyed: Room, imports: Imports, work: Callable[[ImportJob], ImportJob]
) -> None:
    from ledger import audit, documents, queries

    client = keyed.as_role("analyst")
    url = _send(client)
    assert 'http-equiv="refresh"' in client.get(url).content.decode()
    job = work(imports.jobs()[0])
    page = client.get(url).content.decode()
    for secret in ("0900 000 123", "an_nguyen"):
        assert secret not in page
        assert secret not in (imports.folder / job.id / "job.json").read_text()
    assert "Cột nào là gì?" in page

    client.post(url + "gan-cot/", _chosen(job))
    job = work(imports.jobs()[0])
    page = client.get(url).content.decode()
    assert (job.stage, job.outcome.new, job.outcome.known, job.outcome.bad) == (
        Stage.TRIED, 2, 1, 2,
    )  # fmt: skip
    assert "Nhập 2 tin này?" in page
    assert queries.count() == 0, "trying stores nothing"

    client.post(url + "nhap/")
    job = work(imports.jobs()[0])
    page = client.get(url).content.decode()
    assert (job.stage, job.outcome.new, job.outcome.known) == (Stage.DONE, 2, 1)
    assert "Đã nhập xong" in page
    found = documents.load_documents([view.id for view in queries.newest().documents])
    assert {doc.channel for doc in found} == {"import"}
    assert not any(secret in repr(found) for secret in ("0900 000", "an_nguyen"))
    assert not list((imports.folder / job.id).glob("file.*"))
    actions = [entry.action for entry in audit.entries()]
    assert actions[:3] == ["import.done", "import.run", "import.receive"]


def test_bad_rows_are_listed_by_number_and_no_cell_is_a_formula(
    keyed: Room, imports: Imports, work: Callable[[ImportJob], ImportJob]
) -> None:
    client = keyed.as_role("analyst")
    url = _send(client)
    job = work(imports.jobs()[0])
    client.post(url + "gan-cot/", _chosen(job))
    work(job)
    # What was added before a kill is added again; a kill may also cut the last line.
    bad = imports.folder / job.id / "bad-rows.jsonl"
    bad.write_text(bad.read_text() * 2 + '{"row": 9, "rea')

    lines = client.get(url + "dong-loi/").content.decode("utf-8-sig").splitlines()

    assert [line.split(",")[0] for line in lines] == ['"Dòng"', '"5"', '"6"']
    assert "Địa chỉ không phải địa chỉ trang web" in lines[1]
    assert lines[2].endswith('"\'=HYPERLINK(""http://x.vn"")"')


def test_an_import_that_is_killed_goes_on_where_it_was(
    keyed: Room, imports: Imports, work: Callable[[ImportJob], ImportJob]
) -> None:
    from django.db import connections

    from ledger import queries

    rows = "".join(f"Bài {n},Báo,https://bao.vn/a-{n}.html\n" for n in range(3000))
    client = keyed.as_role("analyst")
    url = _send(client, "title,outlet,url\n" + rows + "Hỏng,Báo,x\n")
    job = work(imports.jobs()[0])
    client.post(url + "gan-cot/", _chosen(job))
    job = work(job)
    client.post(url + "nhap/")
    connections.close_all()
    child = os.fork()
    if not child:
        import_child.step(keyed.runtime, imports, job.id, Event())  # type: ignore[arg-type]
        os._exit(0)
    while (job := imports.find(job.id) or job).outcome.rows < 400:
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    killed = imports.find(job.id)
    assert killed is not None
    assert killed.stage is Stage.RUNNING
    assert f"{killed.total:,}".replace(",", ".") in client.get(url).content.decode()

    job = work(killed)

    assert (job.stage, job.outcome.rows, job.outcome.bad) == (Stage.DONE, 3001, 1)
    assert job.outcome.new + job.outcome.known == queries.count() == 3000
    assert job.outcome.known <= 200, "only the batch at the kill may be handed in twice"


def test_a_file_that_kills_its_reader_is_given_up(
    keyed: Room, imports: Imports, work: Callable[[ImportJob], ImportJob]
) -> None:
    client = keyed.as_role("analyst")
    url = _send(client)
    path = imports.folder / imports.jobs()[0].id / "job.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "attempts": 4}))
    assert work(imports.jobs()[0]).stage is Stage.FAILED
    assert "dừng nhiều lần" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("content", "name"), [("%PDF", "a.xlsx"), ("", "a.jsonl"), ("[" * 90_000, "a.json")]
)
def test_what_is_no_table_fails_in_words(
    keyed: Room,
    imports: Imports,
    work: Callable[[ImportJob], ImportJob],
    content: str,
    name: str,
) -> None:
    client = keyed.as_role("analyst")
    answer = client.post("/tin/nhap/", {"file": SimpleUploadedFile(name, content.encode() or b" ")})
    assert work(imports.jobs()[0]).stage is Stage.FAILED
    assert 'class="notice warning"' in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("change", [{"column-0": ""}, {"column-1": "title"}, {"column-3": ""}])
def test_a_mapping_that_cannot_work_is_explained(
    keyed: Room,
    imports: Imports,
    work: Callable[[ImportJob], ImportJob],
    change: dict[str, str],
) -> None:
    client = keyed.as_role("analyst")
    url = _send(client)
    job = work(imports.jobs()[0])
    given = {**_chosen(job), **change}
    if "column-0" in change:
        given["column-1"] = ""
    page = client.post(url + "gan-cot/", given).content.decode()
    assert 'role="alert"' in page
    assert imports.jobs()[0].stage is Stage.MAPPING


def test_wrong_and_large_files_are_refused_at_the_door(
    keyed: Room, imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = keyed.as_role("analyst")
    monkeypatch.setattr("web.views.imports.MAX_BYTES", 100)
    for name, content in (("a.exe", "x"), ("a.csv", "x" * 101)):
        answer = client.post("/tin/nhap/", {"file": SimpleUploadedFile(name, content.encode())})
        assert 'role="alert"' in answer.content.decode()
    assert imports.jobs() == []


def test_the_owner_a_colleague_and_outsiders(
    keyed: Room, imports: Imports, work: Callable[[ImportJob], ImportJob]
) -> None:
    owner, colleague = keyed.as_role("analyst"), keyed.as_role("analyst")
    url = _send(owner)
    job = work(imports.jobs()[0])
    outsiders = [keyed.as_role("leader"), keyed.as_role("spokesperson"),
                 keyed.as_role("analyst", departments=[WATER])]  # fmt: skip
    for outsider in outsiders:
        assert outsider.get(url).status_code == 403
        assert outsider.get(url + "dong-loi/").status_code == 403
        assert outsider.post(url + "nhap/").status_code == 403
        assert outsider.post(url + "dung/").status_code == 403
    assert colleague.get(url).status_code == 200
    colleague.post(url + "nhap/")
    assert imports.jobs()[0].stage is Stage.MAPPING, "nothing is stored that was not tried"
    colleague.post(url + "dung/")
    assert imports.jobs()[0].stage is Stage.STOPPED
    assert not list((imports.folder / job.id).glob("file.*"))


def test_files_that_nobody_decided_on_are_forgotten(keyed: Room, imports: Imports) -> None:
    _send(keyed.as_role("analyst"))
    path = imports.folder / imports.jobs()[0].id / "job.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "began_s": time.time() - 90_000}))
    imports.drop_old()
    assert imports.jobs() == []
