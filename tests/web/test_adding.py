"""Adding by hand: masked like any post, counted apart, once; sources only from a search."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest

from langnghe.document import document_id
from langnghe.source import Source, SourceKind
from tests.contract.ledger.samples import article
from tests.web.conftest import Room

_SEEN = {"place": "Nhóm Phố Lam", "kind": "post", "text": "Nước hôi quá, gọi 0900 000 123 nhé"}


@pytest.fixture
def keyed(room: Room, tmp_path: Path) -> Room:
    """A room whose authors' key lies in the test's own folder."""
    settings = replace(room.runtime.settings, author_key_file=str(tmp_path / "author.key"))
    room.runtime.settings = settings
    return room


def test_what_was_seen_is_masked_and_marked_as_added_by_hand(keyed: Room) -> None:
    from ledger import documents, queries

    page = keyed.as_role("spokesperson").post("/tin/them/", _SEEN, follow=True).content.decode()
    assert "Đã thêm" in page
    assert "Thêm tay" in page
    assert "them-tay" not in page
    (view,) = queries.newest().documents
    (doc,) = documents.load_documents([view.id])
    assert "0900" not in doc.text
    assert doc.channel == "manual"


def test_what_was_copied_from_a_picture_says_so(keyed: Room) -> None:
    from ledger import documents, queries

    given = {**_SEEN, "is_from_picture": "on"}
    page = keyed.as_role("analyst").post("/tin/them/", given, follow=True).content.decode()
    (view,) = queries.newest().documents
    (doc,) = documents.load_documents([view.id])
    assert any("ảnh chụp" in note for note in doc.notes)
    assert "ảnh không được lưu" in page


def test_the_same_words_twice_are_one_document(keyed: Room) -> None:
    from ledger import queries

    client = keyed.as_role("analyst")
    client.post("/tin/them/", _SEEN)
    assert "đã có trong phòng" in client.post("/tin/them/", _SEEN, follow=True).content.decode()
    assert queries.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"text": ""},
        {"place": ""},
        {"kind": "x"},
        {"url": "javascript:1"},
        {"seen_at": "2099-01-01T00:00"},
    ],
)
def test_what_makes_no_document_is_explained(keyed: Room, change: dict[str, str]) -> None:
    from ledger import queries

    answer = keyed.as_role("analyst").post("/tin/them/", {**_SEEN, **change})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert queries.count() == 0


_LINK = {
    "place": "Nhóm Phố Lam",
    "kind": "post",
    "url": "https://bao-a.example/bai-9.html?utm_source=zalo",
}


@pytest.fixture
def known_paper(keyed: Room) -> Room:
    """A room that reads Báo A."""
    from ledger import sources

    source = Source("bao-a", "Báo A", "Báo A", SourceKind.FEED, "https://bao-a.example/rss")
    sources.seed_sources([source], keyed.now)
    return keyed


def test_a_bare_link_to_a_known_paper_is_its_article_and_waits_for_its_page(
    known_paper: Room,
) -> None:
    from ledger import added, documents, queries

    page = known_paper.as_role("analyst").post("/tin/them/", _LINK, follow=True).content.decode()
    assert "trang của liên kết được đọc ngay" in page
    assert "đang chờ đọc" in page
    assert "thấy ở Nhóm Phố Lam" in page
    (view,) = queries.newest().documents
    (doc,) = documents.load_documents([view.id])
    assert (doc.kind, doc.outlet, doc.channel) == ("article", "Báo A", "manual")
    assert [entry.id for entry in added.waiting_links(known_paper.now)] == [doc.id]


def test_a_link_that_cannot_be_read_says_so_beside_what_was_entered(known_paper: Room) -> None:
    from ledger import added, queries

    client = known_paper.as_role("analyst")
    client.post("/tin/them/", _LINK)
    (entry,) = added.waiting_links(known_paper.now)
    desk = added.LedgerDesk(known_paper.runtime.clock.now)
    desk.unreadable(entry, "robots: robots.txt of bao-a.example")

    page = client.get(f"/tin/{entry.id}/").content.decode()
    assert "trang không cho máy đọc (robots.txt). Tin giữ nguyên" in page
    assert "đang chờ đọc" not in page
    assert added.waiting_links(known_paper.now) == []
    assert queries.newest().documents[0].title == "https://bao-a.example/bai-9.html"


def test_a_link_that_was_crawled_already_is_joined(known_paper: Room) -> None:
    from ledger import added, documents, queries

    client = known_paper.as_role("analyst")
    url = "https://bao-a.example/bai-9.html"
    crawled = article(9, id=document_id(url), url=url)
    known_paper.take_in(crawled)
    page = client.post("/tin/them/", _LINK, follow=True).content.decode()

    assert "đã có trong phòng" in page
    assert "thấy ở Nhóm Phố Lam" in page
    assert queries.count() == 1
    (doc,) = documents.load_documents([crawled.id])
    assert (doc.title, doc.revision, doc.channel) == (crawled.title, 1, crawled.channel)
    assert added.waiting_links(known_paper.now) == []


def test_the_address_of_a_twin_leads_to_what_it_joined(known_paper: Room) -> None:
    from ledger import added

    client = known_paper.as_role("analyst")
    client.post("/tin/them/", {**_LINK, "kind": "article", "url": "https://ngan.example/x"})
    (entry,) = added.waiting_links(known_paper.now)
    page = article(9, published_at=known_paper.now)
    known_paper.take_in(page)
    added.LedgerDesk(known_paper.runtime.clock.now).read(entry.id, page)

    assert client.get(f"/tin/{entry.id}/").headers["Location"] == f"/tin/{page.id}/"


def _search(room: Room, **data: object) -> str:
    folder = room.runtime.settings.data_dir / "searches"
    folder.mkdir(exist_ok=True)
    values = {"url": "https://bao.example/", "began": 4_000_000_000.0, **data}
    (folder / f"{'a' * 16}.json").write_text(json.dumps(values))
    return f"/nguon/them/{'a' * 16}/"


def test_a_search_that_runs_asks_for_patience(room: Room) -> None:
    page = room.as_role("analyst").get(_search(room)).content.decode()
    assert "Đang tìm" in page
    assert 'http-equiv="refresh"' in page


def test_a_found_source_is_added_once(room: Room) -> None:
    from ledger import sources

    source = Source("bao-x", "Báo X", "Báo X", SourceKind.FEED, "https://bao.example/rss")
    found = {
        "source": asdict(source),
        "item_count": 1,
        "preview": [
            {"title": "T", "url": "https://bao.example/1", "published_at": "2026-11-20T01:15:00Z"},
            {"title": "U", "url": "https://bao.example/2", "published_at": None},
        ],
    }
    sections = [["https://bao.example/thoi-su", "Thời sự"]]
    url = _search(room, proposals=[found], tried=["https://bao.example/rss"], sections=sections)
    client = room.as_role("analyst")
    page = client.get(url).content.decode()
    for shown in ("Thêm nguồn này", "08:15", "Thời sự", "https://bao.example/thoi-su"):
        assert shown in page
    given = {"source": "bao-x", "name": "Báo X – tin mới", "outlet": "Báo X",
             "outlet_kind": "local", "province": "48", "weight": "1.2"}  # fmt: skip
    for wrong in ({"weight": "9"}, {"province": "tỉnh lạ"}, {"outlet_kind": "x"}, {"name": ""}):
        page = client.post(url + "chon/", {**given, **wrong}).content.decode()
        assert 'role="alert"' in page
        assert not sources.load_sources()
    client.post(url + "chon/", given)
    ((kept, _),) = sources.load_sources()
    assert (kept.id, kept.name, kept.outlet_kind, kept.province, kept.weight) == (
        "bao-x", "Báo X – tin mới", "local", "48", 1.2,
    )  # fmt: skip
    assert "Nguồn này đã có" in client.get(url).content.decode()
    assert client.post(url + "chon/", {"source": "bao-y"}).status_code == 404


def test_an_address_inside_the_network_is_not_searched(room: Room) -> None:
    client = room.as_role("analyst")
    page = client.post("/nguon/them/", {"url": "http://127.0.0.1:8000/"}).content.decode()
    assert "không phải địa chỉ web công khai" in page
    assert not (room.runtime.settings.data_dir / "searches").exists()


def test_an_unknown_search_is_not_found(room: Room) -> None:
    client = room.as_role("analyst")
    for name in ("b" * 16, "../../etc", "A" * 16):
        assert client.get(f"/nguon/them/{name}/").status_code == 404


def test_a_source_is_switched_off_and_on(stocked: Room) -> None:
    from ledger import sources

    client = stocked.as_role("analyst")
    for value, expected in (("0", False), ("1", True)):
        client.post("/nguon/bao-a/bat-tat/", {"on": value})
        assert sources.load_sources(["bao-a"])[0][0].is_enabled is expected


def test_a_silent_source_comes_first(stocked: Room) -> None:
    from ledger import sources

    sources.set_enabled("bao-a", True, "x", stocked.now)
    stocked.runtime.clock.moment += timedelta(days=2)
    page = stocked.as_role("leader").get("/nguon/").content.decode()
    assert "1 trong 1 nguồn chưa nghe được" in page


def test_what_is_still_being_read_renews_itself_until_it_is_settled(keyed: Room) -> None:
    from ledger import queries

    client = keyed.as_role("analyst")
    page = client.post("/tin/them/", _SEEN, follow=True).content.decode()
    (view,) = queries.newest().documents
    assert f'data-live="/tin/{view.id}/"' in page
    assert "đang chờ phân tích" in page
    part = client.get(f"/tin/{view.id}/", headers={"X-Requested-With": "room"}).content.decode()
    assert "<html" not in part
    assert "data-settled" not in part
    keyed.runtime.clock.moment += timedelta(minutes=11)
    assert "data-live" not in client.get(f"/tin/{view.id}/").content.decode()


def test_a_page_that_was_read_does_not_renew_itself(stocked: Room) -> None:
    client = stocked.as_role("analyst")
    assert "data-live" not in client.get("/tin/doc-0001/").content.decode()
    part = client.get("/tin/doc-0001/", headers={"X-Requested-With": "room"}).content.decode()
    assert "data-settled" in part


def test_sources_of_one_name_are_told_apart_in_lists_and_filters(stocked: Room) -> None:
    from ledger import sources

    twin = Source("bao-a-2", "Báo A", "Báo A", SourceKind.FEED, "https://khac.example/rss")
    sources.seed_sources([twin], stocked.now)
    client = stocked.as_role("analyst")
    listed = client.get("/tin/?source=bao-a-2").content.decode()
    assert '<option value="bao-a">Báo A (bao-a.example)</option>' in listed
    assert '<option value="bao-a-2" selected>Báo A (khac.example)</option>' in listed
    assert "Nguồn cấp: Báo A (khac.example)" in listed
    assert "Báo A (bao-a.example)" in client.get("/tin/doc-0001/").content.decode()
