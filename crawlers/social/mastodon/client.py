"""Requests to a Mastodon server's open API."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from crawlers.documents import ReadContext
from crawlers.readers.reader import Fetch, PostLink, Reading, Recheck
from crawlers.social.api import call, option, reading_of
from crawlers.social.mastodon.mapping import posts
from crawlers.social.trouble import service_words
from langnghe.errors import FeedParseError
from langnghe.source import FetchState, Source


class MastodonReader:
    """``url``: the server. Option ``tag``: the hashtag without "#"."""

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        tag = quote(option(source, "tag").lstrip("#"), safe="")
        return (call(f"{_base(source)}/api/v1/timelines/tag/{tag}", {"limit": "40"}),)

    def again(self, source: Source, posts: Sequence[PostLink], secret: str) -> list[Recheck]:
        rechecks = []
        for post in posts:
            base, _, status = post.url.partition("/web/statuses/")
            if base == _base(source) and status.isalnum():
                fetch = Fetch(f"{base}/api/v1/statuses/{status}", is_api=True)
                rechecks.append(Recheck(fetch, (post,)))
        return rechecks

    def gone(self, source: Source, status: int, payload: bytes, recheck: Recheck) -> set[str]:
        # Mastodon's own words: a server that closed its API or moved says 404 to everything.
        is_gone = status in (404, 410) and bool(service_words(payload))
        return {post.document_id for post in recheck.posts} if is_gone else set()

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        try:
            statuses = json.loads(payload)
        except (ValueError, RecursionError) as error:
            raise FeedParseError(source.id, f"not JSON: {error}") from error
        if fetch.is_again:
            statuses = [statuses]
        if not isinstance(statuses, list):
            raise FeedParseError(source.id, "not a list of statuses")
        return reading_of(posts(statuses, _base(source)), source, context)


def _base(source: Source) -> str:
    parts = urlsplit(source.url)
    return f"{parts.scheme}://{parts.netloc}"
