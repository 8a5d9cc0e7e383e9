"""Answers that are not as documented: any field may be missing, or be something else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from crawlers.documents import ReadContext
from crawlers.readers import reader_for
from crawlers.readers.reader import Fetch, Reading
from crawlers.social.trouble import (
    ADVICE,
    Trouble,
    advice,
    is_of_one_item,
    service_words,
    trouble_of,
)
from langnghe.document import DocumentKind
from langnghe.errors import FeedParseError
from langnghe.source import FetchState, Source, SourceKind

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
CONTEXT = ReadContext(now=NOW, author_key=b"k" * 32)

_COMMENT = {
    "id": "c1",
    "snippet": {
        "authorDisplayName": "Người Thử",
        "authorChannelId": {"value": "UCx"},
        "textDisplay": "Hay <b>quá</b><br>thật",
        "likeCount": 4,
        "publishedAt": "2026-11-20T01:00:00Z",
        "updatedAt": "2026-11-20T02:00:00Z",
    },
}
_BLUESKY = {
    "uri": "at://did:plc:abc/app.bsky.feed.post/3k",
    "likeCount": 2,
    "replyCount": 1,
    "author": {"did": "did:plc:abc", "handle": "a.test", "displayName": "A", "labels": [{}]},
    "record": {
        "text": "Thông báo",
        "createdAt": "2026-11-20T01:00:00Z",
        "reply": {"parent": {"uri": "at://x"}},
        "embed": {"external": {"title": "T"}, "images": [{"alt": "x"}]},
    },
}
ANSWERS: dict[str, tuple[SourceKind, str, Any]] = {
    "youtube videos": (SourceKind.YOUTUBE, "", {"items": [{
        "snippet": {"title": "T", "description": "D", "channelId": "UCx",
                    "publishedAt": "2026-11-19T22:00:00Z", "resourceId": {"videoId": "v"}},
        "contentDetails": {"videoId": "v1", "videoPublishedAt": "2026-11-19T23:00:00Z"}}]}),
    "youtube comments": (SourceKind.YOUTUBE, "Video", {"items": [{
        "snippet": {"videoId": "v1", "topLevelComment": _COMMENT},
        "replies": {"comments": [_COMMENT]}}]}),
    "facebook posts": (SourceKind.FACEBOOK, "", {"data": [{
        "id": "1_2", "message": "Chào", "created_time": "2026-11-20T01:00:00+0000",
        "from": {"id": "1", "name": "Trang"}, "permalink_url": "https://www.facebook.com/1/2"}]}),
    "facebook comments": (SourceKind.FACEBOOK, "1_2 Chào", {"data": [{
        "id": "9", "message": "Ừ", "created_time": "2026-11-20T01:00:00+0000",
        "from": {"id": "7", "name": "N"}, "parent": {"id": "8"}, "like_count": 3}]}),
    "mastodon": (SourceKind.MASTODON, "", [{
        "id": "9", "uri": "https://m.vn/9", "visibility": "public", "edited_at": None,
        "created_at": "2026-11-20T01:00:00Z", "account": {"acct": "an", "display_name": "An"},
        "content": "<p>Chào</p>", "mentions": [{"acct": "b"}], "spoiler_text": "x",
        "in_reply_to_id": "3"}]),
    "bluesky feed": (SourceKind.BLUESKY, "", {"cursor": "c", "feed": [{"post": _BLUESKY}]}),
    "bluesky thread": (SourceKind.BLUESKY, "thread", {"thread": {
        "post": _BLUESKY, "replies": [{"post": _BLUESKY, "replies": [
            {"notFound": True}, {"blocked": True, "author": {"did": "x"}}]}]}}),
    "zalo": (SourceKind.ZALO, "", {"error": 0, "data": {"medias": [{
        "id": "a", "title": "L", "create_date": 1795136400000, "total_view": 5,
        "link_view": "https://rd.zapps.vn/1", "status": "show"}]}}),
}  # fmt: skip


def _source(kind: SourceKind) -> Source:
    return Source(
        id=kind.value, name="x", outlet="x", kind=kind, url="https://mang.vn/",
        document_kind=DocumentKind.POST,
        options=(("channel", "UCx"), ("page", "1"), ("actor", "a.test"), ("tag", "x")),
    )  # fmt: skip


def _read(kind: SourceKind, note: str, data: Any) -> Reading:
    payload = data if isinstance(data, bytes) else json.dumps(data).encode()
    return reader_for(kind).read(payload, Fetch("https://a.vn", note=note), _source(kind), CONTEXT)


def _paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from _paths(value, (*path, key))


_MISSING = object()


def _changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(data)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if value is _MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", ANSWERS)
def test_no_field_that_is_missing_or_odd_breaks_a_reader(name: str) -> None:
    kind, note, data = ANSWERS[name]
    assert _read(kind, note, data).item_count
    odd: tuple[Any, ...] = (
        _MISSING,
        None,
        "",
        7,
        -1.5,
        True,
        [],
        {},
        ["x"],
        {"x": {}},
        "1e999",
        "\ud83d" * 3,
    )
    for path in _paths(data):
        for value in odd:
            try:
                reading = _read(kind, note, _changed(data, path, value))
            except FeedParseError:
                continue
            assert all(doc.title or doc.text for doc in reading.documents), (path, value)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize(
    "payload", [b"", b"null", b"7", b'"x"', b"[" * 5000, b"<html>Just a moment</html>", b"\xff\xfe"]
)
def test_what_is_no_answer_is_refused_in_our_words(name: str, payload: bytes) -> None:
    kind, note, _ = ANSWERS[name]
    with pytest.raises(FeedParseError):
        _read(kind, note, payload)


def test_a_picture_alone_says_what_its_author_wrote_beside_it() -> None:
    row = copy.deepcopy(_BLUESKY)
    row["record"]["text"] = ""  # type: ignore[index]
    (doc,) = _read(SourceKind.BLUESKY, "", {"feed": [{"post": row}]}).documents
    assert doc.text == "T\nx"


def test_who_asks_not_to_be_shown_to_strangers_is_left_out() -> None:
    row = copy.deepcopy(_BLUESKY)
    row["author"]["labels"] = [{"val": "!no-unauthenticated"}]  # type: ignore[index]
    assert not _read(SourceKind.BLUESKY, "", {"feed": [{"post": row}]}).documents


_FB = '{"error": {"message": "%s", "type": "OAuthException", "code": %d}}'
_GOOGLE = '{"error": {"code": %d, "message": "m", "errors": [{"reason": "%s"}]}}'


@pytest.mark.parametrize(
    ("kind", "status", "body", "expected"),
    [
        (SourceKind.FACEBOOK, 400, _FB % ("Session has expired", 190), Trouble.TOKEN),
        (SourceKind.FACEBOOK, 403, _FB % ("x", 10), Trouble.RIGHTS),
        (SourceKind.FACEBOOK, 403, _FB % ("x", 200), Trouble.RIGHTS),
        (SourceKind.FACEBOOK, 400, _FB % ("x", 4), Trouble.QUOTA),
        (SourceKind.FACEBOOK, 400, _FB % ("Object does not exist", 100), Trouble.ABSENT),
        (SourceKind.YOUTUBE, 400, _GOOGLE % (400, "keyInvalid"), Trouble.TOKEN),
        (SourceKind.YOUTUBE, 403, _GOOGLE % (403, "quotaExceeded"), Trouble.QUOTA),
        (SourceKind.YOUTUBE, 403, _GOOGLE % (403, "accessNotConfigured"), Trouble.RIGHTS),
        (SourceKind.YOUTUBE, 404, _GOOGLE % (404, "playlistNotFound"), Trouble.ABSENT),
        (SourceKind.ZALO, 200, '{"error": -216, "message": "Access token is invalid"}',
         Trouble.TOKEN),
        (SourceKind.MASTODON, 422, '{"error": "This method requires an authenticated user"}',
         Trouble.TOKEN),
        (SourceKind.BLUESKY, 400, '{"error": "InvalidRequest", "message": "Profile not found"}',
         Trouble.ABSENT),
        (SourceKind.BLUESKY, 429, '{"error": "RateLimitExceeded"}', Trouble.QUOTA),
        (SourceKind.BLUESKY, 502, "<html>", None),
    ],
)  # fmt: skip
def test_a_refusal_is_understood_and_says_what_to_do(
    kind: SourceKind, status: int, body: str, expected: Trouble | None
) -> None:
    words = service_words(body.encode())
    state = FetchState("x", last_status=status, last_error=f"http-error: HTTP {status} {words}")
    told = advice(_source(kind), state)

    assert trouble_of(status, words) is expected
    assert bool(told) == (expected is not None)
    assert "{" not in told
    if expected is Trouble.QUOTA:
        assert told == ADVICE[Trouble.QUOTA]


def test_comments_that_are_switched_off_are_no_failure_of_the_channel() -> None:
    disabled = service_words((_GOOGLE % (403, "commentsDisabled")).encode())
    expired = service_words((_FB % ("Session has expired", 190)).encode())
    assert is_of_one_item(403, disabled)
    assert not is_of_one_item(400, expired)
    assert not is_of_one_item(403, service_words((_GOOGLE % (403, "quotaExceeded")).encode()))
