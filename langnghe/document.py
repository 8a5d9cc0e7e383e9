"""What a publisher published. What we infer from it is in :mod:`langnghe.analysis`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from langnghe.claim import FactCheck


class DocumentKind(StrEnum):
    """Press article, public social post, or a reader's comment under something else."""

    ARTICLE = "article"
    POST = "post"
    COMMENT = "comment"

    @property
    def is_social(self) -> bool:
        """Posts and comments are written by private people: pseudonymised, masked, kept 90 days."""
        return self is not DocumentKind.ARTICLE


class Channel(StrEnum):
    """How a document reached us; items added by hand are counted apart from crawled ones."""

    FEED = "feed"
    PAGE = "page"
    SITEMAP = "sitemap"
    API = "api"
    MANUAL = "manual"
    MAILBOX = "mailbox"
    IMPORT = "import"


@dataclass(frozen=True)
class Document:
    """One article, post or comment in the state of one revision.

    Datetimes are aware UTC. ``published_at`` is the publisher's word, clamped when impossible
    (then ``notes`` says so); ``first_seen_at`` is when we met it first; ``fetched_at`` when this
    revision was read. ``byline`` is kept for press only; ``author_key`` is the keyed pseudonym of
    a social author and serves only to count distinct authors. Social text is masked before a
    Document is made.
    """

    id: str
    kind: DocumentKind
    source_id: str
    outlet: str
    url: str
    title: str
    lead: str
    text: str
    published_at: datetime
    first_seen_at: datetime
    fetched_at: datetime
    revision: int = 1
    modified_at: datetime | None = None
    guid: str = ""
    section: str = ""
    byline: str = ""
    parent_id: str = ""
    parent_title: str = ""
    author_key: str = ""
    channel: Channel = Channel.FEED
    outlet_kind: str = ""
    province: str = ""
    weight: float = 1.0
    captions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    extraction: str = ""
    reach: int | None = None
    review: FactCheck | None = None
    """What the page says by its mark-up of a claim that it checks; kept as a candidate only."""

    @property
    def content_hash(self) -> str:
        """The fingerprint of what a reader sees; a change of it is a new revision."""
        seen = "\x1f".join((self.title, self.lead, self.text))
        return hashlib.sha256(seen.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Revision:
    """One state of a document's words, kept so that silent edits stay visible."""

    document_id: str
    number: int
    title: str
    lead: str
    text: str
    content_hash: str
    seen_at: datetime
    notes: tuple[str, ...] = field(default=())


def document_id(canonical_url: str) -> str:
    """Return the identity of a document: the first 20 hex digits of its canonical URL's SHA-256."""
    return hashlib.sha256(canonical_url.encode()).hexdigest()[:20]
