"""Requests for a channel's open preview, under robots.txt like any page."""

from __future__ import annotations

from crawlers.documents import ReadContext
from crawlers.readers.reader import Fetch, Reading
from crawlers.social.api import reading_of
from crawlers.social.telegram.mapping import posts
from langnghe.errors import FeedParseError, InvalidDocument
from langnghe.source import FetchState, Source


class TelegramReader:
    """``url``: the preview, https://t.me/s/<channel>."""

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        return (Fetch(source.url, headers=(("Accept", "text/html"),)),)

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        from crawlers.pages import parse_html  # the crawl itself loads no parser of pages

        try:
            tree, _ = parse_html(payload, context.content_type)
        except InvalidDocument as error:
            raise FeedParseError(source.id, str(error)) from error
        reading = reading_of(posts(tree), source, context)
        if not reading.item_count:
            raise FeedParseError(source.id, "no messages: not the preview of a public channel")
        return reading
