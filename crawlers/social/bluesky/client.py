"""Requests to a Bluesky application view or personal data server."""

from __future__ import annotations

from crawlers.documents import ReadContext
from crawlers.readers.reader import Fetch, Reading
from crawlers.social.api import call, json_of, option, reading_of
from crawlers.social.bluesky.mapping import posts
from langnghe.source import FetchState, Source

_API = "https://public.api.bsky.app"


class BlueskyReader:
    """Option ``actor``: the account's handle or identifier. No token."""

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        return (
            call(
                f"{option(source, 'api', _API)}/xrpc/app.bsky.feed.getAuthorFeed",
                {"actor": option(source, "actor"), "limit": "50"},
            ),
        )

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        return reading_of(posts(json_of(payload, source)), source, context)
