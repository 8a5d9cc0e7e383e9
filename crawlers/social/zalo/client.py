"""Requests to the Official Account API with the account's own token."""

from __future__ import annotations

from crawlers.documents import ReadContext
from crawlers.readers.reader import Fetch, Reading
from crawlers.social.api import call, json_of, needed_token, option, reading_of
from crawlers.social.zalo.mapping import posts
from langnghe.source import FetchState, Source

_API = "https://openapi.zalo.me/v2.0"


class ZaloReader:
    """The token is the account's access token."""

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        token = needed_token(source, secret)
        return (
            call(
                f"{option(source, 'api', _API)}/article/getslice",
                {"offset": "0", "limit": "10", "type": "normal"},
                headers=(("access_token", token),),
            ),
        )

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        return reading_of(posts(json_of(payload, source)), source, context)
