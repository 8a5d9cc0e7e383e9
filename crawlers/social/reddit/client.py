"""Requests for a community's feed, under robots.txt like any page."""

from __future__ import annotations

from crawlers.documents import ReadContext
from crawlers.feeds import parse_feed
from crawlers.readers.feed import ACCEPT
from crawlers.readers.reader import Fetch, Reading
from crawlers.social.api import reading_of
from crawlers.social.reddit.mapping import post_of
from langnghe.source import FetchState, Source


class RedditReader:
    """``url``: the community's feed, for example https://www.reddit.com/r/VietNam/new/.rss."""

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        return (Fetch(source.url, headers=(("Accept", ACCEPT),), is_conditional=True),)

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        feed = parse_feed(
            payload, url=context.url, now=context.now, max_bytes=context.max_bytes,
            source_id=source.id,
        )  # fmt: skip
        return reading_of((post_of(item) for item in feed.items), source, context)
