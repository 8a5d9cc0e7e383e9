"""What a kind of source must tell: what to ask for, and what an answer means.

A reader is pure: it makes no request. The spider carries its fetches out, politely, and hands the
answer's bytes to ``read`` inside a limited worker process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

from crawlers.documents import ReadContext
from langnghe.document import Document
from langnghe.source import FetchState, Source


@dataclass(frozen=True)
class PageLink:
    """An article page worth reading, and what the item that led to it already told.

    The page's own words win; ``known`` fills what it does not say. None where only a link is known.
    """

    url: str
    document_id: str
    known: Document | None = None


@dataclass(frozen=True)
class Fetch:
    """One request that a reader wants made. ``note`` comes back to ``read`` unchanged."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    note: str = ""
    page: PageLink | None = None
    is_conditional: bool = False
    is_api: bool = False
    is_again: bool = False
    method: str = "GET"
    body: bytes = b""

    def with_headers(self, *extra: tuple[str, str]) -> Fetch:
        """Return the same request with more headers."""
        return replace(self, headers=(*self.headers, *extra))


@dataclass(frozen=True)
class Reading:
    """What one answer held. ``problems`` are items that could not be understood."""

    documents: tuple[Document, ...] = ()
    pages: tuple[PageLink, ...] = ()
    follow: tuple[Fetch, ...] = ()
    item_count: int = 0
    title: str = ""
    """What the feed calls itself."""
    ttl_s: float | None = None
    problems: tuple[str, ...] = field(default=())
    hub_url: str = ""
    topic_url: str = ""
    is_quiet_normal: bool = False
    """Whether an answer without items is a good answer (an API's), not a broken feed."""


@dataclass(frozen=True)
class PostLink:
    """A post that was read: its address, its document, and what it answered ("" for nothing)."""

    url: str
    document_id: str
    parent_id: str = ""


@dataclass(frozen=True)
class Recheck:
    """One request that tells of ``posts`` whether they are still there."""

    fetch: Fetch
    posts: tuple[PostLink, ...]


@runtime_checkable
class Rechecker(Protocol):
    """A reader whose service tells of single posts whether they are still there, by its open
    route. Its fetches come back to ``read`` with ``is_again``."""

    def again(self, source: Source, posts: Sequence[PostLink], secret: str) -> list[Recheck]:
        """Return the requests for ``posts``, in their order; what cannot be asked for is in
        none."""
        ...

    def gone(self, source: Source, status: int, payload: bytes, recheck: Recheck) -> set[str]:
        """Return of which posts' documents the answer says that they are not there (any more)."""
        ...


class Reader(Protocol):
    """One kind of source."""

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        """Return the requests that begin a poll; raises ConfigError when an option is missing."""
        ...

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        """Return what the answer to ``fetch`` holds; raises FeedParseError."""
        ...
