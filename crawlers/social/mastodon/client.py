"""Requests to a Mastodon server's open API."""

from __future__ import annotations

import json
from urllib.parse import quote, urlsplit

from crawlers.documents import ReadContext
from crawlers.readers.reader import Fetch, Reading
from crawlers.social.api import call, option, reading_of
from crawlers.social.mastodon.mapping import posts
from crawlers.social.trouble import service_words
from langnghe.errors import FeedParseError
from langnghe.source import FetchState, Source

_ONE = "one status"


class MastodonReader:
    """``url``: the server. Option ``tag``: the hashtag without "#"."""

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        tag = quote(option(source, "tag").lstrip("#"), safe="")
        return (call(f"{_base(source)}/api/v1/timelines/tag/{tag}", {"limit": "40"}),)

    def again(self, source: Source, url: str, document_id: str) -> Fetch | None:
        base, _, status = url.partition("/web/statuses/")
        if base != _base(source) or not status.isalnum():
            return None
        return Fetch(f"{base}/api/v1/statuses/{status}", note=_ONE, is_api=True)

    def is_gone(self, status: int, payload: bytes) -> bool:
        # Mastodon's own words: a server that closed its API or moved says 404 to everything.
        return status in (404, 410) and bool(service_words(payload))

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        try:
            statuses = json.loads(payload)
        except (ValueError, RecursionError) as error:
            raise FeedParseError(source.id, f"not JSON: {error}") from error
        if fetch.note == _ONE:
            statuses = [statuses]
        if not isinstance(statuses, list):
            raise FeedParseError(source.id, "not a list of statuses")
        return reading_of(posts(statuses, _base(source)), source, context)


def _base(source: Source) -> str:
    parts = urlsplit(source.url)
    return f"{parts.scheme}://{parts.netloc}"
