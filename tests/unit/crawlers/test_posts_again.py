"""A post that left its source's listing is asked for alone: deleted, edited or merely older."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers.answers import Answer
from crawlers.documents import post_id
from crawlers.options import CrawlOptions
from crawlers.ports import CrawlJob
from crawlers.readers import reader_for
from crawlers.readers.reader import Fetch, PostLink, Rechecker
from crawlers.session import Session
from crawlers.tasks import TASKS
from langnghe.document import DocumentKind
from langnghe.source import FetchState, Source, SourceKind
from tests.crawl_once import MemoryInbox
from tests.integration.runtime.made import StepClock

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SERVER = "https://mang.vn"
NOT_FOUND = (404, {"error": "Record not found"})
DID = "did:plc:abcdef234567"


class Inbox(MemoryInbox):
    """Keeps the newest state of each post, as the ledger does."""

    def put(self, documents: Any) -> Any:
        self.documents.update({doc.id: doc for doc in documents})
        return super().put(documents)


class Network:
    """A service with one listing and its posts, each by its address without parameters."""

    def __init__(self, source: Source, folder: Path) -> None:
        self.source, self.folder = source, folder
        self.clock = StepClock(NOW)
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        self.inbox = Inbox()

    async def __call__(self, fetch: Fetch, max_bytes: int) -> Answer:
        assert fetch.is_api
        address = fetch.url.partition("?")[0]
        self.asked.append(address)
        said = self.answers[address]
        status, data = said if isinstance(said, tuple) else (200, said)
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        return Answer(fetch.url, status, {}, body)

    def read(self, **later: float) -> dict[str, str]:
        """Read the source once and return the texts that are kept, by their documents."""
        self.clock.moment += timedelta(**later)
        options = CrawlOptions(
            "Test/1", host_delay_s=0.0, clock=self.clock, author_key=b"k" * 32,
            cache_dir=self.folder, secrets={self.source.id: "khoa"},
        )  # fmt: skip
        jobs = [CrawlJob(self.source, FetchState(self.source.id))]

        async def session() -> None:
            await Session(jobs, self.inbox, options, ask=self, parse=_parse).run()

        asyncio.run(session())
        self.inbox.reports.clear()
        return {doc.id: doc.text for doc in self.inbox.documents.values()}


def _parse(task: str, limits: object, *args: Any) -> Any:
    return TASKS[task](*args)


def status(number: int, text: str, **fields: Any) -> Mapping[str, Any]:
    return {
        "id": str(number), "uri": f"{SERVER}/s/{number}", "visibility": "public", "content": text,
        "account": {"acct": "an"}, "created_at": NOW.isoformat(), **fields,
    }  # fmt: skip


TAG, ONE = f"{SERVER}/api/v1/timelines/tag/hue", f"{SERVER}/api/v1/statuses/1"


@pytest.fixture
def mastodon(tmp_path: Path) -> Network:
    source = Source(
        "m", "m", "Thẻ", SourceKind.MASTODON, f"{SERVER}/tags/hue",
        document_kind=DocumentKind.POST, options=(("tag", "hue"),),
    )  # fmt: skip
    network = Network(source, tmp_path)
    network.answers[TAG] = [status(2, "Bài hai"), status(1, "Bài một")]
    network.read()
    return network


def test_what_the_listing_shows_is_not_asked_for_alone(mastodon: Network) -> None:
    for hours in (1.1, 5, 20, 50):
        mastodon.read(hours=hours)
    assert set(mastodon.asked) == {TAG}


def test_a_deleted_post_is_gone_when_it_is_not_there_twice(mastodon: Network) -> None:
    mastodon.answers |= {TAG: [status(2, "Bài hai")], ONE: NOT_FOUND}
    mastodon.read(hours=2)
    mastodon.read(minutes=30)
    assert mastodon.inbox.taken_down == []
    assert mastodon.asked.count(ONE) == 1
    mastodon.read(minutes=31)

    [first] = [i for i, text in mastodon.read(days=1).items() if text == "Bài một"]
    assert mastodon.inbox.taken_down == [first]
    assert mastodon.asked.count(ONE) == 2


def test_a_post_that_is_there_again_was_never_gone(mastodon: Network) -> None:
    mastodon.answers |= {TAG: [], ONE: NOT_FOUND}
    mastodon.answers[f"{SERVER}/api/v1/statuses/2"] = status(2, "Bài hai")
    mastodon.read(hours=2)
    mastodon.answers[ONE] = status(1, "Bài một")
    mastodon.read(hours=2)
    mastodon.answers[ONE] = NOT_FOUND
    mastodon.read(hours=5)
    assert mastodon.inbox.taken_down == []


@pytest.mark.parametrize(
    "answer", [(404, b"<html>not found</html>"), (401, {"error": "login"}), (503, b""), (200, b"{")]
)
def test_a_server_that_closed_its_door_has_deleted_nothing(mastodon: Network, answer: Any) -> None:
    mastodon.answers |= {TAG: [status(2, "Bài hai")], ONE: answer}
    for _ in range(4):
        mastodon.read(hours=2)
    assert mastodon.asked.count(ONE) > 1
    assert mastodon.inbox.taken_down == []


def test_an_edit_of_a_post_that_left_the_listing_is_seen(mastodon: Network) -> None:
    edited = status(1, "Bài một, đã sửa", edited_at=(NOW + timedelta(hours=1)).isoformat())
    mastodon.answers |= {TAG: [status(2, "Bài hai")], ONE: edited}
    assert "Bài một, đã sửa" in mastodon.read(hours=2).values()


def _bluesky(tmp_path: Path, **options: str) -> Network:
    source = Source(
        "b", "b", "Tòa soạn", SourceKind.BLUESKY, "https://bsky.app/profile/a.test",
        document_kind=DocumentKind.POST, options=tuple({"actor": "a.test", **options}.items()),
    )  # fmt: skip
    return Network(source, tmp_path)


URI = f"at://{DID}/app.bsky.feed.post/3k1"
RECORD = {"text": "Thông báo", "createdAt": NOW.isoformat()}
VIEW, PDS = "https://public.api.bsky.app/xrpc/", "https://pds.vn/xrpc/"
POST = {"uri": URI, "author": {"did": DID, "handle": "a.test"}, "record": RECORD}


@pytest.mark.parametrize(
    ("options", "listing", "full", "empty", "one", "gone"),
    [
        (
            {},
            f"{VIEW}app.bsky.feed.getAuthorFeed",
            {"feed": [{"post": POST}]},
            {"feed": []},
            f"{VIEW}app.bsky.feed.getPosts",
            {"posts": []},
        ),
        (
            {"pds": "https://pds.vn"},
            f"{PDS}com.atproto.repo.listRecords",
            {"records": [{"uri": URI, "value": RECORD}]},
            {"records": []},
            f"{PDS}com.atproto.repo.getRecord",
            (400, {"error": "RecordNotFound", "message": "Could not locate record"}),
        ),
    ],
)
def test_a_deleted_post_of_bluesky_is_gone_by_view_and_by_server(
    tmp_path: Path,
    options: dict[str, str],
    listing: str,
    full: Any,
    empty: Any,
    one: str,
    gone: Any,
) -> None:
    network = _bluesky(tmp_path, **options)
    network.answers = {listing: full}
    assert list(network.read().values()) == ["Thông báo"]
    still = {"posts": [POST]} if not options else {"uri": URI, "value": RECORD}
    network.answers = {listing: empty, one: still}
    network.read(hours=2)
    assert network.asked.count(one) == 1
    network.answers[one] = gone
    network.read(hours=5)
    network.read(hours=2)

    assert network.inbox.taken_down == [post_id(network.source, URI)]


def _rechecker(kind: SourceKind) -> Rechecker:
    reader = reader_for(kind)
    assert isinstance(reader, Rechecker)
    return reader


def test_an_account_that_was_closed_for_a_while_is_no_deletion_of_its_posts(tmp_path: Path) -> None:
    source, reader = _bluesky(tmp_path).source, _rechecker(SourceKind.BLUESKY)
    url = f"https://bsky.app/profile/{DID}/post/3k1"
    [recheck] = reader.again(source, [PostLink(url, post_id(source, URI))], "")
    closed = b'{"error": "RepoDeactivated", "message": "x"}'
    assert reader.gone(source, 400, closed, recheck) == set()
    assert reader.gone(source, 200, b"[", recheck) == set()


THREAD = f"{VIEW}app.bsky.feed.getPostThread"
STRANGER = "at://did:plc:khac/app.bsky.feed.post/9"
FEED = {"feed": [{"post": {**POST, "replyCount": 2}}]}


def _thread(*replies: Any, count: int | None = None) -> Any:
    """An answer of the application view: the office's post with ``replies`` under it."""
    told = len(replies) if count is None else count
    return {"thread": {"post": {**POST, "replyCount": told}, "replies": list(replies)}}


def _reply(text: str, key: str, to: str = URI, *replies: Any) -> Any:
    record = {**RECORD, "text": text, "reply": {"parent": {"uri": to}}}
    post = {"uri": f"at://did:plc:khac/app.bsky.feed.post/{key}", "record": record}
    shown = {**post, "author": {"did": "did:plc:khac"}, "replyCount": len(replies)}
    return {"post": shown, "replies": list(replies)}


@pytest.fixture
def thread(tmp_path: Path) -> Network:
    network = _bluesky(tmp_path)
    network.answers = {
        f"{VIEW}app.bsky.feed.getAuthorFeed": FEED,
        f"{VIEW}app.bsky.feed.getPosts": {"posts": [POST]},
        THREAD: _thread(
            _reply("Cảm ơn", "1"), _reply("Nước vẫn đục", "9", URI, _reply("Đúng", "10", STRANGER))
        ),
    }
    assert set(network.read().values()) == {"Thông báo", "Cảm ơn", "Nước vẫn đục", "Đúng"}
    return network


def test_an_answer_that_a_stranger_deleted_is_gone_by_its_thread(thread: Network) -> None:
    thread.answers[THREAD] = _thread(_reply("Cảm ơn", "1"))
    thread.read(hours=2)
    assert thread.inbox.taken_down == []
    thread.read(hours=2)

    assert thread.inbox.taken_down == [post_id(thread.source, STRANGER)]
    assert "did:plc:khac" not in (thread.folder / "posts-read.json").read_text()


def test_what_answered_a_deleted_answer_is_not_told_of_and_stays(thread: Network) -> None:
    thread.answers[THREAD] = _thread(_reply("Cảm ơn", "1"))
    for hours in (2, 2, 3, 20, 60):
        thread.read(hours=hours)
    assert thread.inbox.taken_down == [post_id(thread.source, STRANGER)]


@pytest.mark.parametrize(
    "answer",
    [
        _thread(_reply("Cảm ơn", "1"), count=2),  # its account is closed, but counted
        _thread(_reply("Cảm ơn", "1"), {"uri": STRANGER, "blocked": True}),
        (400, {"error": "NotFound", "message": "Post not found"}),
        {"thread": {"post": {**POST, "replyCount": 0}}},  # its answers were not asked for
    ],
)
def test_an_answer_that_is_only_not_shown_was_not_deleted(thread: Network, answer: Any) -> None:
    thread.answers[THREAD] = answer
    for _ in range(4):
        thread.read(hours=2)
    assert thread.inbox.taken_down == []


def test_an_answer_that_its_thread_still_shows_is_not_asked_for_again(thread: Network) -> None:
    for hours in (1.1, 5, 20, 50):
        thread.read(hours=hours)
    assert thread.asked.count(THREAD) == 5, "once with each reading"


API = "https://www.googleapis.com/youtube/v3"
UPLOADS, COMMENT_THREADS = f"{API}/playlistItems", f"{API}/commentThreads"
COMMENTS, VIDEOS = f"{API}/comments", f"{API}/videos"


def _video(identity: str, **fields: Any) -> Any:
    said = {"title": f"Video {identity}", "channelId": "UCa", "publishedAt": NOW.isoformat()}
    return {"snippet": {**said, "resourceId": {"videoId": identity}}, **fields}


def _comment(identity: str, text: str) -> Any:
    said = {
        "textOriginal": text, "publishedAt": NOW.isoformat(), "updatedAt": NOW.isoformat(),
        "authorChannelId": {"value": "UCxem"}, "authorDisplayName": "Người Xem",
    }  # fmt: skip
    return {"id": identity, "snippet": said}


def _under(video: str, *comments: Any) -> Any:
    threads = [{"snippet": {"videoId": video, "topLevelComment": c}} for c in comments]
    return {"items": threads}


@pytest.fixture
def youtube(tmp_path: Path) -> Network:
    source = Source(
        "y", "y", "Đài", SourceKind.YOUTUBE, "https://www.youtube.com/channel/UCa",
        document_kind=DocumentKind.POST, options=(("channel", "UCa"),),
    )  # fmt: skip
    network = Network(source, tmp_path)
    network.answers = {
        UPLOADS: {"items": [_video("v1")]},
        COMMENT_THREADS: _under("v1", _comment("c1", "Nước đục"), _comment("c2", "Cảm ơn")),
    }
    assert set(network.read().values()) == {"", "Nước đục", "Cảm ơn"}
    return network


def test_comments_that_left_the_listing_are_asked_for_in_one_request(youtube: Network) -> None:
    youtube.answers[COMMENT_THREADS] = _under("v1")
    youtube.answers[COMMENTS] = {"items": [_comment("c2", "Cảm ơn, đã có nước")]}
    assert "Cảm ơn, đã có nước" in youtube.read(hours=2).values()
    assert youtube.asked.count(COMMENTS) == 1
    youtube.read(hours=2)

    assert youtube.inbox.taken_down == [post_id(youtube.source, "c1")]
    edited = youtube.inbox.documents[post_id(youtube.source, "c2")]
    assert edited.url == "https://www.youtube.com/watch?v=v1&lc=c2"
    assert edited.parent_id == post_id(youtube.source, "v1")
    assert "UCxem" not in repr(edited)


def test_comments_that_the_listing_shows_cost_no_more_quota(youtube: Network) -> None:
    for hours in (1.1, 5, 20, 50):
        youtube.read(hours=hours)
    assert set(youtube.asked) == {UPLOADS, COMMENT_THREADS}


def test_many_comments_are_asked_for_fifty_at_a_time(youtube: Network) -> None:
    many = [_comment(f"m{n}", f"Ý kiến {n}") for n in range(120)]
    youtube.answers[COMMENT_THREADS] = _under("v1", *many)
    youtube.read()
    youtube.answers |= {COMMENT_THREADS: _under("v1"), COMMENTS: {"items": many}}
    youtube.asked.clear()
    youtube.read(hours=1.1)
    assert youtube.asked.count(COMMENTS) == 3


def test_a_video_that_its_channel_took_down_is_gone(youtube: Network) -> None:
    youtube.answers |= {UPLOADS: {"items": []}, VIDEOS: {"items": []}, COMMENTS: {"items": []}}
    youtube.answers[COMMENTS] = {"items": [_comment("c1", "Nước đục"), _comment("c2", "Cảm ơn")]}
    youtube.read(hours=2)
    youtube.read(hours=2)
    assert youtube.inbox.taken_down == [post_id(youtube.source, "v1")]


@pytest.mark.parametrize(
    "answer",
    [(403, {"error": {"code": 403, "message": "quota"}}), (200, b"["), (200, {"kind": "x"}),
     (404, {"error": {"code": 404, "errors": [{"reason": "commentNotFound"}]}})],
)  # fmt: skip
def test_a_refusal_deletes_no_comments(youtube: Network, answer: Any) -> None:
    youtube.answers |= {COMMENT_THREADS: _under("v1"), COMMENTS: answer}
    for _ in range(4):
        youtube.read(hours=2)
    assert youtube.asked.count(COMMENTS) > 1
    assert youtube.inbox.taken_down == []


def test_what_is_remembered_names_nobody(mastodon: Network) -> None:
    kept = (mastodon.folder / "posts-read.json").read_text()
    assert "/web/statuses/1" in kept
    assert '"an"' not in kept
    assert "Bài" not in kept
