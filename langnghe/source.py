"""Where documents come from, how each source is doing, and when it is read next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from langnghe.document import DocumentKind
from langnghe.url import host_of

BY_HAND_ID = "them-tay"
"""What stands for a source in documents that people added; it is none that is read."""


class SourceKind(StrEnum):
    """The way a source is read."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"
    YOUTUBE = "youtube"
    FACEBOOK = "facebook"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    REDDIT = "reddit"
    TELEGRAM = "telegram"
    ZALO = "zalo"
    MAILBOX = "mailbox"


class OutletKind(StrEnum):
    """Who speaks."""

    NATIONAL = "national"
    LOCAL = "local"
    PORTAL = "portal"
    TRADE = "trade"
    SOCIAL = "social"


@dataclass(frozen=True)
class Source:
    """One address that is read again and again.

    ``weight`` (0.1–3) says how much an outlet counts for an alert; ``province`` is a province code
    of :mod:`nlp` ("" = national); ``document_kind`` is what its items are; ``fetch_pages`` says
    whether each item's page is read for the full text.
    """

    id: str
    name: str
    outlet: str
    kind: SourceKind
    url: str
    outlet_kind: OutletKind = OutletKind.NATIONAL
    province: str = ""
    weight: float = 1.0
    document_kind: DocumentKind = DocumentKind.ARTICLE
    fetch_pages: bool = True
    is_enabled: bool = True
    options: tuple[tuple[str, str], ...] = ()


def beside_names(sources: Iterable[Source]) -> dict[str, str]:
    """Return what tells sources of one name apart, by id: the host, or the whole address where more
    than one of them lies there; nothing for a name that occurs once."""
    named: defaultdict[str, list[Source]] = defaultdict(list)
    for source in sources:
        named[source.name.casefold()].append(source)
    apart: dict[str, str] = {}
    for alike in (found for found in named.values() if len(found) > 1):
        hosts = Counter(host_of(source.url) for source in alike)
        for source in alike:
            host = host_of(source.url)
            is_alone = bool(host) and hosts[host] == 1
            apart[source.id] = host if is_alone else source.url.partition("://")[2] or source.url
    return apart


class Health(StrEnum):
    """A source's state as the room shows it."""

    UNTRIED = "untried"
    GOOD = "good"
    SILENT = "silent"
    FAILING = "failing"
    DISABLED = "disabled"


@dataclass(frozen=True)
class FetchState:
    """What the last fetches of a source taught us; the polling decision stands on it alone."""

    source_id: str
    etag: str = ""
    last_modified: str = ""
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None
    last_item_at: datetime | None = None
    next_fetch_at: datetime | None = None
    failure_score: float = 0.0
    fetch_count: int = 0
    unchanged_count: int = 0
    last_status: int = 0
    last_error: str = ""
    reason: str = ""
    item_gaps_s: tuple[float, ...] = field(default=())


@dataclass(frozen=True)
class FetchReport:
    """What one fetch of one source did; the crawler's word to the ledger.

    ``outcome`` is one of: ok, not-modified, empty, challenge, http-error, network-error,
    parse-error, robots, refused. ``hub_url`` and ``topic_url`` are what a feed says of the hub that
    pushes it (WebSub).
    """

    source_id: str
    started_at: datetime
    finished_at: datetime
    outcome: str
    status: int = 0
    item_count: int = 0
    new_count: int = 0
    etag: str = ""
    last_modified: str = ""
    retry_after_s: float | None = None
    ttl_s: float | None = None
    error: str = ""
    hub_url: str = ""
    topic_url: str = ""
