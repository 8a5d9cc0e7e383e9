"""Lists whose count is their length, exports without formulas, documents without their text."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from inspect import Parameter, isfunction, signature
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from langnghe.analysis import Label
from langnghe.links import RoomLinks
from tests.contract.ledger.samples import article, post
from tests.web.conftest import SECRET_TEXT, Room

_TOTAL = re.compile(r'<b class="num">([\d.]+)</b> tin bài')
_ROW = re.compile(r'<li><h3><a href="/tin/([^/]+)/">')
_NEXT = re.compile(r'rel="next" href="([^"]+)"')


def _walk(client, url):  # type: ignore[no-untyped-def]
    """Return (the count of the first page, the ids of all pages)."""
    total, ids = None, []
    while url:
        page = client.get(url).content.decode()
        found = _TOTAL.search(page)
        assert found, page
        total = int(found.group(1).replace(".", "")) if total is None else total
        ids += _ROW.findall(page)
        following = _NEXT.search(page)
        url = following.group(1).replace("&amp;", "&") if following else ""
    return total, ids


@pytest.fixture
def many(room: Room) -> Room:
    """Seventy articles, every third one about health, and ten posts."""
    docs = [article(n) for n in range(1, 71)]
    for doc in docs:
        is_health = int(doc.id[-4:]) % 3 == 0
        room.take_in(doc, **({"topic": Label("y_te", 0.9)} if is_health else {}))
    room.take_in(*[post(n) for n in range(1, 11)])
    return room


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/tin/", 80),
        ("/tin/?topic=y_te", 23),
        ("/tin/?kind=post", 10),
        ("/tin/?q=%22n%C6%B0%E1%BB%9Bc+m%C3%A1y%22", 70),
        ("/tin/?q=nuoc&topic=y_te", 23),
        ("/tin/?q=nuoc&kind=post", 10),
        ("/tin/?outlet=Di%E1%BB%85n+%C4%91%C3%A0n&tone=neg", 10),
        ("/tin/?q=NOT+nuoc", 0),
        ("/tin/?first_day=2026-11-21", 0),
        ("/tin/?last_day=2026-11-20&stance=neg", 80),
        ("/tin/?place=ph%C6%B0%E1%BB%9Dng+Lam+Th%C3%A0nh&q=nuoc", 80),
        ("/tin/?topic=khong_co", 0),
    ],
)
def test_a_count_is_the_length_of_its_list(many: Room, address: str, expected: int) -> None:
    total, ids = _walk(many.as_role("analyst"), address)
    assert (total, len(ids), len(set(ids))) == (expected, expected, expected)


@pytest.mark.parametrize("query", ["", "nước"])
def test_a_frozen_list_does_not_grow(many: Room, query: str) -> None:
    client = many.as_role("leader")
    link = RoomLinks("").documents(
        query=query, tone="neg", seen_from=many.now, seen_to=many.now + timedelta(minutes=1)
    )
    before = _walk(client, link)
    later = many.now + timedelta(hours=1)
    many.runtime.clock.moment = later
    many.take_in(article(200, first_seen_at=later, fetched_at=later))
    assert _walk(client, link) == before
    assert before[0] == 80
    assert _walk(client, "/tin/")[0] == 81


def test_a_wrong_query_points_at_the_character(stocked: Room) -> None:
    page = stocked.as_role("analyst").get("/tin/", {"q": "nước AND (mùi"}).content.decode()
    assert "Câu tìm kiếm chưa đúng" in page
    assert '<div class="caret">' in page


def test_found_words_are_marked(stocked: Room) -> None:
    page = stocked.as_role("analyst").get("/tin/", {"q": "mùi lạ"}).content.decode()
    assert "<mark>mùi lạ</mark>" in page


def test_searching_is_in_the_log(stocked: Room) -> None:
    from ledger import audit

    stocked.as_role("leader").get("/tin/", {"q": "nước máy"})
    entry = audit.entries(1)[0]
    assert (entry.action, entry.target) == ("search", "nước máy")


def test_no_page_shows_the_text_of_an_article(stocked: Room) -> None:
    client = stocked.as_role("admin")
    pages = ["/", "/bang/", "/tin/", "/tin/?q=nước", f"/tin/?q=%22{SECRET_TEXT[:12]}%22"]
    pages += ["/tin/doc-0001/", "/vu-viec/s1/", "/canh-bao/a-1/"]
    for url in pages:
        answer = client.get(url)
        assert answer.status_code == 200
        assert SECRET_TEXT + "..." not in answer.content.decode().replace("<mark>", ""), url


def test_an_export_holds_the_list_and_no_formula(stocked: Room) -> None:
    from ledger import audit

    titles = ['=cmd|" /C calc"!A0', "+1+1", "-2+3", "@SUM(1)", "\t=1", " =1", "\u200b bình thường"]
    for number, title in enumerate(titles, 50):
        stocked.take_in(article(number, title=title))
    client = stocked.as_role("analyst")
    answer = client.post("/tin/xuat/", {"kind": "article"})
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 1 + 3 + len(titles)
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t")]
    assert SECRET_TEXT not in text
    entry = audit.entries(1)[0]
    assert (entry.action, entry.detail["count"]) == ("documents.export", 3 + len(titles))


def test_a_post_without_a_headline_is_exported_with_its_words(stocked: Room) -> None:
    answer = stocked.as_role("analyst").post("/tin/xuat/", {"kind": "post"})
    _, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row[3].startswith("Nước hôi quá")


def test_a_person_corrects_a_label_in_one_click(stocked: Room) -> None:
    client = stocked.as_role("analyst")
    answer = client.post(
        "/tin/doc-0001/nhan/", {"label": "tone", "value": "neu"}, follow=True
    ).content.decode()
    assert "Đã có người sửa. Máy từng đoán: Tiêu cực" in answer
    assert _walk(client, "/tin/?tone=neu")[1] == ["doc-0001"]


@pytest.mark.parametrize("given", [("tone", "xau_doc"), ("author_key", "x"), ("", "")])
def test_a_label_takes_only_its_own_values(stocked: Room, given: tuple[str, str]) -> None:
    from ledger.queries import detail

    client = stocked.as_role("analyst")
    client.post("/tin/doc-0001/nhan/", {"label": given[0], "value": given[1]})
    found = detail("doc-0001")
    assert found is not None
    assert not [label for label in found.labels.values() if label.is_corrected]


def test_an_edited_headline_shows_both_wordings(room: Room) -> None:
    doc = article(1, title="Nước sạch đạt chuẩn")
    room.take_in(doc)
    room.runtime.clock.moment += timedelta(hours=1)
    room.take_in(replace(doc, title="Nước sạch không đạt chuẩn", fetched_at=room.now))
    page = room.as_role("leader").get("/tin/doc-0001/").content.decode()
    assert "<ins>không</ins>" in page
    assert "Sửa tiêu đề lúc 11:00 20/11/2026" in page


def test_evidence_stands_beside_each_label(stocked: Room) -> None:
    page = stocked.as_role("leader").get("/tin/doc-0001/").content.decode()
    assert "Máy chắc 90 %" in page
    assert "<q><bdi>nước máy</bdi></q>" in page
    assert "chưa rõ" in page


def test_every_trend_figure_is_the_length_of_its_list(many: Room) -> None:
    client = many.as_role("leader")
    page = client.get("/xu-huong/?days=7").content.decode()
    figures = re.findall(r'<td class="num"><a href="(/tin/[^"]+)">([\d.]+)</a>', page)
    assert len(figures) >= 6
    for url, count in figures:
        total, ids = _walk(client, url.replace("&amp;", "&"))
        assert (total, len(ids)) == (int(count.replace(".", "")),) * 2, url


def test_every_story_figure_is_the_length_of_its_list(stocked: Room) -> None:
    client = stocked.as_role("leader")
    page = client.get("/vu-viec/s1/").content.decode()
    figures = re.findall(r'<a href="(/tin/\?[^"]+)">(\d+)</a>', page)
    assert len(figures) >= 3
    for url, count in figures:
        assert _walk(client, url.replace("&amp;", "&"))[0] == int(count), url


@pytest.mark.parametrize(
    "address",
    [
        RoomLinks("http://x").room(),
        RoomLinks("http://x").documents(query="nước", tone="neg"),
        RoomLinks("http://x").story("s1"),
        RoomLinks("http://x").alert("a-1"),
        RoomLinks("http://x").alerts(),
        RoomLinks("http://x").sources(),
        RoomLinks("http://x").feedback(),
        RoomLinks("http://x").claims(),
    ],
)
def test_the_addresses_in_messages_open(stocked: Room, address: str) -> None:
    parts = urlsplit(address)
    assert stocked.as_role("analyst").get(f"{parts.path}?{parts.query}").status_code == 200


def test_every_address_that_links_name_is_a_page_of_the_room() -> None:
    links = RoomLinks("")
    names = [name for name, value in vars(RoomLinks).items() if isfunction(value)]
    made = {name: getattr(links, name) for name in names if not name.startswith("_")}
    for name, link in made.items():
        wanted = [
            parameter
            for parameter in signature(link, eval_str=True).parameters.values()
            if parameter.default is Parameter.empty and parameter.kind is not Parameter.VAR_KEYWORD
        ]
        values = (1 if parameter.annotation is int else "x" for parameter in wanted)
        path = urlsplit(link(*values)).path
        assert resolve(path), name


@pytest.mark.parametrize("cursor", ["x", "2026|y", "+9", "a|b|c", "2026-11-20T00:00:00+00:00|"])
@pytest.mark.parametrize("page", ["/tin/?after=", "/tin/?q=nuoc&after=", "/vu-viec/?after="])
def test_a_made_up_cursor_breaks_nothing(stocked: Room, page: str, cursor: str) -> None:
    assert stocked.as_role("leader").get(page + cursor).status_code == 200


_SURE = {"reason": "Công văn 12/SVHTT ngày 19/11", "sure": "1"}


def test_an_administrator_removes_a_document_for_good(stocked: Room) -> None:
    from ledger import audit, retention

    admin = stocked.as_role("admin")
    assert "Xóa tin này theo yêu cầu" in admin.get("/tin/doc-0001/").content.decode()
    admin.post("/tin/doc-0001/xoa/", _SURE)
    assert admin.get("/tin/doc-0001/").status_code == 404
    assert "bản tin 1<" not in admin.get("/tin/?q=nước").content.decode()
    assert "bản tin 2" in admin.get("/tin/?q=nước").content.decode()
    assert retention.pending_removals() == []
    (entry,) = audit.entries(action="document.remove")
    assert (entry.target, entry.detail["reason"]) == ("doc-0001", _SURE["reason"])


@pytest.mark.parametrize("change", [{"reason": " "}, {"sure": ""}])
def test_a_removal_needs_a_reason_and_a_second_thought(
    stocked: Room, change: dict[str, str]
) -> None:
    admin = stocked.as_role("admin")
    admin.post("/tin/doc-0001/xoa/", {**_SURE, **change})
    assert admin.get("/tin/doc-0001/").status_code == 200


@pytest.mark.parametrize("role", ["analyst", "approver", "spokesperson", "leader"])
def test_nobody_else_removes_a_document(stocked: Room, role: str) -> None:
    client = stocked.as_role(role)
    assert client.post("/tin/doc-0001/xoa/", _SURE).status_code == 403
    assert "Xóa tin này" not in client.get("/tin/doc-0001/").content.decode()


def test_where_the_index_does_not_answer_the_removal_reaches_it_later(stocked: Room) -> None:
    from langnghe.errors import StoreUnavailable
    from ledger import retention

    class Away:
        def delete(self, ids: object) -> None:
            raise StoreUnavailable("away")

    admin = stocked.as_role("admin")
    stocked.runtime.store = Away()  # type: ignore[assignment]
    admin.post("/tin/doc-0001/xoa/", _SURE)
    assert retention.pending_removals() == ["doc-0001"]


def test_a_post_that_its_author_deleted_says_so_and_shows_no_word_of_it(stocked: Room) -> None:
    from ledger import documents, ingest

    client = stocked.as_role("analyst")
    [said] = [doc.text for doc in documents.load_documents(["post-0001"])]
    assert said in client.get("/tin/post-0001/").content.decode()

    ingest.record_gone("post-0001", stocked.now)

    answer = client.get("/tin/post-0001/")
    assert answer.status_code == 410
    assert "Bài này không còn ở nguồn" in answer.content.decode()
    assert said not in answer.content.decode()
    assert said not in client.get("/tin/").content.decode()


def test_a_post_that_was_edited_says_when(stocked: Room) -> None:
    from ledger import ingest

    stocked.runtime.clock.moment += timedelta(minutes=15)
    ingest.record_ingest([post(1, text="Nước đã trong lại")], stocked.now)

    page = stocked.as_role("analyst").get("/tin/post-0001/").content.decode()
    assert "Sửa nội dung lúc" in page
    assert "Nước đã trong lại" in page
