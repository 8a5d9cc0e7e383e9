"""Networks added in the room: by what names them, off while untried, tokens never shown again."""

from __future__ import annotations

import stat
from dataclasses import replace

import pytest

from crawlers.readers import reader_for
from crawlers.social import NETWORKS
from crawlers.social.adding import WAYS, way_of
from langnghe.source import FetchState, SourceKind
from runtime.crawl_child import tokens_folder
from tests.web.conftest import Room

_GIVEN = {
    "youtube": {"channel": "https://www.youtube.com/channel/UC" + "a" * 22, "token": "khoa-thu"},
    "facebook": {"page": "https://www.facebook.com/tinhlamgiang/", "token": "khoa-thu"},
    "zalo": {"account": "OA tỉnh", "token": "khoa-thu"},
    "mastodon": {"server": "mastodon.example", "tag": "#lamgiang"},
    "bluesky": {"actor": "https://bsky.app/profile/toasoan.bsky.social"},
    "reddit": {"community": "r/VietNam"},
    "telegram": {"channel": "@kenhthu"},
    "dien-dan": {"url": "https://dien-dan.example/forums/-/index.rss"},
    "hop-thu": {"host": "mail.example", "user": "tin@mail.example", "token": "khoa-thu"},
}


def test_every_network_has_a_way_into_the_room() -> None:
    assert set(NETWORKS) | {SourceKind.FEED, SourceKind.MAILBOX} == {w.kind for w in WAYS.values()}
    assert set(_GIVEN) == set(WAYS)
    assert all(bool(way.token) == NETWORKS[way.kind].needs_token
               for way in WAYS.values() if way.kind in NETWORKS)  # fmt: skip


@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_network_is_added_and_can_be_read(room: Room, way: str) -> None:
    from ledger import sources

    client = room.as_role("analyst")
    given = {"name": "Nguồn thử", "province": "", **_GIVEN[way]}
    page = client.get(f"/nguon/them/mang/{way}/").content.decode()
    shown = client.post(f"/nguon/them/mang/{way}/", given, follow=True).content.decode()
    ((source, _),) = sources.load_sources()

    assert ("chưa kiểm chứng với máy chủ thật" in page) == (not WAYS[way].is_proven)
    assert source.is_enabled is WAYS[way].is_proven
    assert source.document_kind.is_social
    if source.kind is not SourceKind.MAILBOX:
        assert reader_for(source.kind).first(source, FetchState(source.id), "khoa-thu")
    if WAYS[way].token:
        file = tokens_folder(room.runtime.settings) / source.id
        assert file.read_text() == "khoa-thu"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert way_of(source) is WAYS[way]
    assert "khoa-thu" not in shown
    assert "khoa-thu" not in repr(source)


def test_without_its_token_a_network_waits_for_it(room: Room) -> None:
    from ledger import audit, sources

    client = room.as_role("analyst")
    given = {"name": "Kênh", "channel": "UC" + "b" * 22, "token": ""}
    shown = client.post("/nguon/them/mang/youtube/", given, follow=True).content.decode()
    ((source, _),) = sources.load_sources()
    url = f"/nguon/{source.id}/"
    assert not source.is_enabled
    assert "còn thiếu" in shown
    assert "chưa có" in shown
    assert (
        "mã cũ vẫn được giữ"
        in client.post(url + "ma-truy-cap/", {"token": " "}, follow=True).content.decode()
    )
    page = client.post(url + "ma-truy-cap/", {"token": "khoa"}, follow=True).content.decode()
    assert "đã có" in page
    assert "khoa" not in page.replace("khoa-", "")
    assert audit.entries()[0].action == "source.token"
    assert room.as_role("leader").post(url + "ma-truy-cap/", {"token": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("way", "change"),
    [
        ("youtube", {"channel": "@ten-kenh"}),
        ("facebook", {"page": "a b"}),
        ("mastodon", {"tag": "hai chữ"}),
        ("mastodon", {"server": "javascript:x"}),
        ("mastodon", {"server": "10.0.0.8"}),
        ("bluesky", {"pds": "http://127.0.0.1:2583"}),
        ("dien-dan", {"url": "http://may-chu.local/index.rss"}),
        ("bluesky", {"actor": "không phải"}),
        ("reddit", {"community": "https://vnexpress.net"}),
        ("telegram", {"channel": "https://t.me/+mat"}),
        ("dien-dan", {"url": "ftp://x"}),
        ("hop-thu", {"host": "a/b"}),
        ("hop-thu", {"user": ""}),
    ],
)
def test_what_names_nothing_is_explained(room: Room, way: str, change: dict[str, str]) -> None:
    from ledger import sources

    given = {"name": "Nguồn thử", **_GIVEN[way], **change}
    answer = room.as_role("analyst").post(f"/nguon/them/mang/{way}/", given)
    assert 'role="alert"' in answer.content.decode()
    assert not sources.load_sources()


def test_an_expired_token_is_told_with_what_to_do(room: Room) -> None:
    from datetime import timedelta

    from langnghe.source import FetchReport
    from ledger import sources

    client = room.as_role("analyst")
    given = {"name": "Trang", "page": "12345", "token": "khoa"}
    client.post("/nguon/them/mang/facebook/", given)
    ((source, _),) = sources.load_sources()
    error = "http-error: HTTP 400 OAuthException 190 Session has expired"
    report = FetchReport(source.id, room.now, room.now, "http-error", status=400, error=error)
    sources.record_report(report, room.now + timedelta(seconds=1))
    page = client.get(f"/nguon/{source.id}/").content.decode()
    assert "đã hết hạn" in page
    assert "Meta for Developers" in page


def test_a_second_source_of_the_same_name_is_the_first_one(room: Room) -> None:
    from ledger import sources

    client = room.as_role("analyst")
    for name in ("Một", "Hai"):
        given = {"name": name, **_GIVEN["reddit"]}
        client.post("/nguon/them/mang/reddit/", given)
    assert [s.name for s, _ in sources.load_sources()] == ["Một"]
    assert replace(sources.load_sources()[0][0]).id == "reddit-vietnam"
