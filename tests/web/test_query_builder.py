"""The builder of queries: filled in, it writes the search box's own language."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.contract.ledger.samples import article
from tests.web.conftest import Room

_FILLED = {
    "words": "nước",
    "none_of": "bóng đá",
    "where": "title",
    "topic": "y_te",
    "tone": "khong_co",
    "place": "phường Lam Thành",
    "first_day": "2026-11-01",
    "last_day": "hôm nay",
}
_WRITTEN = (
    'title:(nước NOT "bóng đá") topic:y_te place:"phường Lam Thành" published:[2026-11-01 TO *]'
)


def test_the_builder_writes_into_the_search_box(room: Room) -> None:
    client = room.as_role("leader")
    alone = client.get("/tin/dung-cau/", _FILLED, headers={"X-Requested-With": "room"})
    assert alone.content.decode() == _WRITTEN
    answer = client.get("/tin/dung-cau/", _FILLED)
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer["Location"]).query) == {"q": [_WRITTEN]}


def test_what_was_typed_is_explained_and_can_become_a_rule(room: Room) -> None:
    room.take_in(article(1))
    page = room.as_role("analyst").get("/tin/", {"q": "nuoc NEAR/5 may"}).content.decode()
    assert "Cách nhau không quá 5 từ" in page
    assert 'data-builds="q"' in page
    assert "/quy-tac/moi/?loai=match&amp;cau=nuoc+NEAR%2F5+may" in page
    rule = room.as_role("analyst").get("/quy-tac/moi/", {"loai": "match", "cau": "nuoc -may"})
    assert 'value="nuoc -may"' in rule.content.decode()
    assert 'data-builds="query"' in rule.content.decode()
    assert "Lập quy tắc" not in room.as_role("leader").get("/tin/", {"q": "nuoc"}).content.decode()


def test_what_stands_as_typed_is_counted_apart(room: Room) -> None:
    room.take_in(article(1), article(2))
    client = room.as_role("analyst")
    typed = client.get("/tin/", {"q": "nước"}).content.decode()
    assert "(2 đúng như đã gõ, 0 khi bỏ dấu hoặc viết cách khác)" in typed
    folded = {"q": "nuoc", "seen_from": "2020-01-01T00:00:00+00:00"}
    for asked in ({"q": "nuoc"}, folded):
        page = client.get("/tin/", asked).content.decode()
        assert "(0 đúng như đã gõ, 2 khi bỏ dấu hoặc viết cách khác)" in page
