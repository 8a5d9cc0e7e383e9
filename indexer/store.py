"""The port of the search index. The ledger is the truth; every store can be rebuilt from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from langnghe.analysis import AnalysedDocument
from langnghe.query import Query
from langnghe.text import TOKENIZER_VERSION

INDEX_VERSION = f"2.{TOKENIZER_VERSION}"
"""What an index must have been built by; another one is refused with IndexOutdated."""

MOST_HITS = 1_000

Marks = tuple[tuple[int, int], ...]
Interval = Literal["hour", "day", "week", "month"]


class Sort(StrEnum):
    """The order of hits. Within one second the order is the store's own, and stable."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"


@dataclass(frozen=True)
class Hit:
    """A document that satisfies a query: headline, snippet and link, never the full text.

    ``title_marks`` and ``snippet_marks`` are (start, end) characters of the words that were found.
    """

    document_id: str
    published_at: datetime
    score: float
    title: str
    title_marks: Marks
    snippet: str
    snippet_marks: Marks
    outlet: str = ""
    kind: str = ""
    url: str = ""
    story_id: str = ""


@dataclass(frozen=True)
class Page:
    """One page of hits. ``total`` counts all documents of the list; ``exact_total`` those among
    them that hold the words exactly as typed, without folding, abbreviations or other leniency.
    ``next`` is the ``after`` of the next page, None on the last one."""

    hits: tuple[Hit, ...]
    total: int
    exact_total: int
    next: str | None = None

    @property
    def folded_total(self) -> int:
        """How many are found only without marks or by another way to write the words."""
        return self.total - self.exact_total


@dataclass(frozen=True)
class Bucket:
    """How many documents were published from ``start`` (UTC; a local hour or day begins) on."""

    start: datetime
    count: int


@dataclass(frozen=True)
class TermCount:
    """How many documents have ``value`` in a field."""

    value: str
    count: int


@dataclass(frozen=True)
class SignificantTerm:
    """A word or pair of words that the found documents use more than all documents do.

    Shares are of the stated samples: at most 1,000 found and 4,000 of all documents.
    """

    text: str
    count: int
    share: float
    background_share: float
    score: float


@dataclass(frozen=True)
class StoryCount:
    """What of a story satisfies a query."""

    story_id: str
    document_count: int
    outlet_count: int
    first_at: datetime
    last_at: datetime


class Rebuild(Protocol):
    """A new index in the making, beside the one that is searched; can be taken up again.

    The store writes every ``put`` and ``delete`` to both meanwhile, so nothing is missed.
    """

    @property
    def cursor(self) -> str:
        """Where to go on: the ``cursor`` of the last ``add``, "" at the beginning."""
        ...

    @property
    def written(self) -> int:
        """How many documents were added, over all runs."""
        ...

    def add(self, items: Sequence[AnalysedDocument], cursor: str) -> None:
        """Add ``items`` that are not there yet and remember ``cursor``."""
        ...

    def finish(self) -> None:
        """Make the new index the one that is searched, at once, and drop the old one."""
        ...


class Store(Protocol):
    """Finds documents. Safe to use from several threads and processes.

    Every method raises StoreUnavailable (retryable) when the engine does not answer and
    IndexOutdated when the index was built by another version.
    """

    def put(self, items: Sequence[AnalysedDocument]) -> None:
        """Add or replace documents by id: all of them, durably, or an error. Idempotent."""
        ...

    def delete(self, document_ids: Sequence[str]) -> None:
        """Remove documents by id; unknown ids are fine."""
        ...

    def refresh(self) -> None:
        """Make everything that was put findable now."""
        ...

    def search(
        self,
        query: Query,
        *,
        now: datetime,
        sort: Sort = Sort.NEWEST,
        limit: int = 20,
        after: str | None = None,
    ) -> Page:
        """Return up to ``limit`` hits after the page that gave ``after``; raises QueryError for
        an ``after`` that no page gave."""
        ...

    def count(self, query: Query, *, now: datetime) -> int:
        """Return how many documents ``search`` would list."""
        ...

    def histogram(self, query: Query, *, now: datetime, interval: Interval = "day") -> list[Bucket]:
        """Return the counts over Vietnamese local time, oldest first, empty ones left out."""
        ...

    def terms(self, query: Query, field: str, *, now: datetime, limit: int = 20) -> list[TermCount]:
        """Return the most frequent values of an exact field among the found documents."""
        ...

    def significant_terms(
        self, query: Query, *, now: datetime, limit: int = 20
    ) -> list[SignificantTerm]:
        """Return the words that mark the newest found documents against all documents."""
        ...

    def story_rollup(self, query: Query, *, now: datetime, limit: int = 20) -> list[StoryCount]:
        """Return the stories with most found documents."""
        ...

    def more_like_this(self, document_id: str, *, now: datetime, limit: int = 10) -> list[Hit]:
        """Return the documents that share most of this one's telling words, itself left out."""
        ...

    def rebuild(self, *, fresh: bool = False) -> Rebuild:
        """Begin a new index, or take up the unfinished one unless ``fresh``."""
        ...

    def version(self) -> str:
        """Return what built the index that is searched."""
        ...
