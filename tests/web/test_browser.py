"""The room in a real browser: it renews itself, works on a phone, asks nobody else for anything."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections
from waitress import create_server

from alerts.declared import DeclaredCrisis
from langnghe.document import Document
from ledger import crises
from runtime import import_child
from runtime.imports import Imports
from tests.contract.ledger.samples import article
from tests.web.conftest import Room

pytestmark = pytest.mark.browser
_PASSWORD = "mot-mat-khau-dai-123"


def _take_in(room: Room, doc: Document) -> None:
    room.take_in(doc, story="s9")
    connections.close_all()


def _declare(room: Room) -> None:
    wanted = DeclaredCrisis(
        "Sự cố nước",
        "Nhiều hộ mất nước",
        "truong.vp",
        room.now,
        room.now + timedelta(days=2),
        story_ids=("s1",),
    )
    assert crises.declare(wanted, room.now) == 1
    connections.close_all()


@pytest.fixture
def address(stocked: Room) -> Iterator[str]:
    """The room served on loopback."""
    from django.core.wsgi import get_wsgi_application

    connections["default"].close()
    server = create_server(get_wsgi_application(), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture
def page(stocked: Room, address: str):  # type: ignore[no-untyped-def]
    """A browser in which an analyst is signed in; ``page.trouble`` collects what went wrong."""
    from ledger import users

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    name = stocked.member("analyst")
    users.set_password(name, _PASSWORD, "test", stocked.now)
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        opened = browser.new_page(viewport={"width": 390, "height": 844})
        opened.trouble = []
        opened.on("console", lambda m: opened.trouble.append(m.text) if m.type == "error" else None)
        opened.on(
            "request",
            lambda r: None if r.url.startswith(address) else opened.trouble.append(r.url),
        )
        opened.goto(address)
        opened.fill("#id_username", name)
        opened.fill("#id_password", _PASSWORD)
        opened.click("main button")
        yield opened
        browser.close()


def test_the_board_renews_itself(stocked: Room, page) -> None:  # type: ignore[no-untyped-def]
    page.wait_for_selector("text=Nước máy nhiễm dầu")
    doc = article(90, title="Tin vừa tới phòng", published_at=stocked.now)
    # The browser's driver runs an event loop in this thread, in which Django refuses to query.
    with ThreadPoolExecutor(1, thread_name_prefix="ledger") as beside:
        beside.submit(_take_in, stocked, doc).result()
    page.wait_for_selector("text=Tin vừa tới phòng", timeout=25_000)
    assert page.trouble == []


def _receive(doc: Document, moment: datetime) -> None:
    from ledger import ingest

    ingest.record_ingest([doc], moment)
    connections.close_all()


def test_the_page_of_a_document_shows_its_labels_once_they_are_there(  # type: ignore[no-untyped-def]
    stocked: Room, page, address: str
) -> None:
    doc = article(91, title="Tin vừa thêm", first_seen_at=stocked.now)
    with ThreadPoolExecutor(1, thread_name_prefix="ledger") as beside:
        beside.submit(_receive, doc, stocked.now).result()
        page.goto(f"{address}/tin/{doc.id}/")
        page.wait_for_selector("text=Tin này đang chờ phân tích")
        beside.submit(_take_in, stocked, doc).result()
    page.wait_for_selector("text=Máy chắc", timeout=25_000)
    assert page.trouble == []


def test_every_page_fits_a_phone_and_breaks_no_rule(  # type: ignore[no-untyped-def]
    stocked: Room, page, address: str
) -> None:
    with ThreadPoolExecutor(1, thread_name_prefix="ledger") as beside:
        beside.submit(_declare, stocked).result()
    for path in ("/", "/tin/?q=nước", "/tin/them/", "/nguon/them/", "/nguon/them/mang/youtube/",
                 "/tin/doc-0001/", "/vu-viec/", "/vu-viec/s1/", "/xu-huong/",
                 "/canh-bao/", "/canh-bao/a-1/", "/gop-y/", "/nguon/", "/quy-tac/", "/thu/",
                 "/han-phan-hoi/", "/kiem-chung/", "/diem-tin/nhap/", "/mo-hinh/",
                 "/thong-bao/", "/thong-bao/ghi/", "/lich-truc/", "/tam-ngung/", "/dien-tap/",
                 "/han-phan-hoi/so-lieu/", "/quy-tac/lan-nhanh/", "/khung-hoang/?vu_viec=s1",
                 "/khung-hoang/1/", "/diem-tin/", "/gio-yen-lang/"):  # fmt: skip
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    assert page.trouble == []


_OVERLAPS = """() => {
  const box = (one) => document.querySelector(one).getBoundingClientRect();
  return box('.brand small').right > box('.me').left;
}"""


def test_on_a_phone_the_head_fits_and_reasons_have_the_whole_line(  # type: ignore[no-untyped-def]
    stocked: Room, page, address: str
) -> None:
    stocked.runtime.profile = replace(
        stocked.runtime.profile, office="Văn phòng Ủy ban nhân dân một tỉnh có tên rất dài"
    )
    page.goto(address + "/canh-bao/")
    page.evaluate("document.querySelector('.me-name').textContent = 'Nguyễn Thị Hồng Nhung Anh'")
    assert not page.evaluate(_OVERLAPS)
    assert page.evaluate("document.querySelector('.reasons').offsetWidth") > 300
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_changed_rule_is_tried_while_one_types(page, address: str) -> None:  # type: ignore[no-untyped-def]
    page.goto(address + "/quy-tac/moi/?loai=match")
    page.fill("#id_name", "Nước máy")
    page.select_option("#id_scope", "all")
    page.fill("#id_query", "nước máy")
    page.wait_for_selector("#xem-thu >> text=sẽ báo 1 lần")
    page.fill("#id_p-documents", "9")
    page.wait_for_selector("#xem-thu >> text=sẽ báo 0 lần")
    assert page.trouble == []


def _work_on_imports(room: Room, until: threading.Event) -> None:
    while not until.is_set():
        imports = Imports(room.runtime.settings.data_dir)
        for job in imports.jobs():
            import_child.step(room.runtime, imports, job.id, until)  # type: ignore[arg-type]
        until.wait(0.2)
    connections.close_all()


def test_a_file_is_imported_on_a_phone(stocked: Room, page, address: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    stocked.runtime.settings = replace(
        stocked.runtime.settings, author_key_file=str(tmp_path / "author.key")
    )
    file = tmp_path / "bao-cao.csv"
    rows = "".join(f"Bài nhập {n};Báo Thử;https://bao.vn/n-{n}.html\n" for n in range(300))
    file.write_text("Tiêu đề;Nguồn;Link\n" + rows + "Hỏng;Báo Thử;x\n", "utf-8")
    until = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix="import") as beside:
        working = beside.submit(_work_on_imports, stocked, until)
        try:
            page.goto(address + "/tin/nhap/")
            page.set_input_files("#id_file", file)
            page.click("main form button")
            for button, next_words in (("Xem thử", "Nhập 300 tin này?"),
                                       ("Nhập vào phòng", "Đã nhập xong")):  # fmt: skip
                page.wait_for_selector(f"text={button}")
                assert page.evaluate("document.documentElement.scrollWidth") <= 390
                page.click(f"text={button}")
                page.wait_for_selector(f"text={next_words}")
            assert "302" in page.inner_text("table"), "the bad row by its own number"
        finally:
            until.set()
        working.result()
    assert page.trouble == []


def test_one_takes_an_alert_over_with_the_keyboard_alone(page, address: str) -> None:  # type: ignore[no-untyped-def]
    page.goto(address + "/canh-bao/")
    page.focus("form[action$='/tiep-nhan/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Bạn đã tiếp nhận")
    assert page.trouble == []


def test_the_builder_fills_the_search_box(page, address: str) -> None:  # type: ignore[no-untyped-def]
    page.goto(f"{address}/tin/?q=nuoc")
    page.click("summary:has-text('Dựng câu tìm')")
    page.fill("[name=phrase]", "nước máy")
    page.fill("[name=none_of]", "bóng đá, giải trí")
    page.click("[data-builds] button")
    from playwright.sync_api import expect

    # No predicate in the page: its policy forbids to evaluate text when a second look is needed.
    expect(page.locator("[name=q]").first).to_have_value('"nước máy" NOT ("bóng đá" OR "giải trí")')
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    assert page.trouble == []
