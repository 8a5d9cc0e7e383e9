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
from crawlers.readers.reader import Fetch, Rechecker
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
            cache_dir=self.folder,
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


def test_an_account_that_was_closed_for_a_while_is_no_deletion_of_its_posts() -> None:
    reader = reader_for(SourceKind.BLUESKY)
    assert isinstance(reader, Rechecker)
    assert not reader.is_gone(400, b'{"error": "RepoDeactivated", "message": "x"}')
    assert not reader.is_gone(200, b"[")


def test_an_answer_of_a_stranger_is_not_asked_for_under_the_thread_s_address(
    tmp_path: Path,
) -> None:
    source = _bluesky(tmp_path).source
    reader = reader_for(SourceKind.BLUESKY)
    assert isinstance(reader, Rechecker)
    url = f"https://bsky.app/profile/{DID}/post/3k1"
    assert reader.again(source, url, post_id(source, URI)) is not None
    assert (
        reader.again(source, url, post_id(source, "at://did:plc:khac/app.bsky.feed.post/9")) is None
    )


def test_what_is_remembered_names_nobody(mastodon: Network) -> None:
    kept = (mastodon.folder / "posts-read.json").read_text()
    assert "/web/statuses/1" in kept
    assert '"an"' not in kept
    assert "Bài" not in kept
