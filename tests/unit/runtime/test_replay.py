"""A recorded stream as a small news site."""

from __future__ import annotations

import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import feedparser

from langnghe.document import Document
from langnghe.items import document_from
from runtime.replay.site import ReplayServer, ReplaySite
from runtime.replay.stream import Stream

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@dataclass
class StoppedClock:
    moment: datetime

    def now(self) -> datetime:
        return self.moment


def item(number: int, minutes: int, **changes: str) -> Document:
    moment = (NOON + timedelta(minutes=minutes)).isoformat()
    row = {
        "id": f"i{number}",
        "title": f"Tin <số> {number}",
        "lead": "Dẫn & giải",
        "outlet": "Báo A",
    }
    return document_from({**row, "text": "Một đoạn.\n\nHai đoạn.", "fetched": moment, **changes})


def site(clock: StoppedClock, *items: Document) -> ReplaySite:
    return ReplaySite(Stream(items), clock, base_url="http://127.0.0.1:9/")


def test_an_item_appears_when_its_moment_has_come() -> None:
    clock = StoppedClock(NOON)
    news = site(clock, item(1, -5), item(2, 5))
    assert len(feedparser.parse(news.answer("/bao-a/rss.xml").body).entries) == 1
    assert news.answer("/bao-a/tin-i2.html").status == 404
    clock.moment += timedelta(minutes=6)
    feed = feedparser.parse(news.answer("/bao-a/rss.xml").body)
    assert [e.title for e in feed.entries] == ["Tin <số> 2", "Tin <số> 1"]
    assert news.answer("/bao-a/tin-i2.html").status == 200


def test_an_edited_item_keeps_its_address_and_shows_its_new_words() -> None:
    clock = StoppedClock(NOON)
    news = site(clock, item(1, -5), item(1, 5, title="Tin <số> 1, đã sửa"))
    before = news.answer("/bao-a/rss.xml")
    clock.moment += timedelta(minutes=6)
    after = news.answer("/bao-a/rss.xml")
    assert before.etag != after.etag
    assert len(feedparser.parse(after.body).entries) == 1
    assert (
        feedparser.parse(before.body).entries[0].link
        == feedparser.parse(after.body).entries[0].link
    )
    assert "đã sửa" in news.answer("/bao-a/x-i1.html").body.decode()


def test_a_feed_that_did_not_change_says_so() -> None:
    news = site(StoppedClock(NOON), item(1, -5))
    etag = news.answer("/bao-a/rss.xml").etag
    assert news.answer("/bao-a/rss.xml", etag).status == 304
    assert news.answer("/bao-a/rss.xml", '"other"').status == 200


def test_an_outlet_that_published_nothing_yet_has_nothing_new() -> None:
    clock = StoppedClock(NOON)
    news = site(clock, item(1, 5))
    assert news.answer("/bao-a/rss.xml").status == 304
    clock.moment += timedelta(minutes=6)
    assert news.answer("/bao-a/rss.xml").status == 200


def test_a_feed_reaches_back_at_least_thirty_items() -> None:
    old = [item(n, -60 * 24 * 10 - n) for n in range(40)]
    news = site(StoppedClock(NOON), *old)
    assert len(feedparser.parse(news.answer("/bao-a/rss.xml").body).entries) == 30


def test_the_server_answers_on_loopback() -> None:
    server = ReplayServer(Stream([item(1, -5)]), StoppedClock(NOON)).start()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/bao-a/rss.xml") as answer:
            feed = feedparser.parse(answer.read())
        with urllib.request.urlopen(feed.entries[0].link) as answer:
            page = answer.read().decode()
    finally:
        server.close()
    assert "Hai đoạn." in page
    assert "Tin &lt;số&gt; 1" in page
