"""Read models for the room, the digest and ``doctor``: dataclasses, never rows."""

from ledger.queries.counters import Counters, counters
from ledger.queries.documents import (
    DocumentDetail,
    DocumentPage,
    DocumentView,
    LabelView,
    by_ids,
    count,
    detail,
    distinct_authors,
    newest,
)
from ledger.queries.filters import DocumentFilter, Scope, scope_of
from ledger.queries.sources import Coverage, SourceHealth, coverage, source_health
from ledger.queries.stories import OutletShare, SpreadPoint, StoryDetail, story_page
from ledger.queries.trends import TrendCell, by_day, totals, trends

__all__ = [
    "Counters",
    "Coverage",
    "DocumentDetail",
    "DocumentFilter",
    "DocumentPage",
    "DocumentView",
    "LabelView",
    "OutletShare",
    "Scope",
    "SourceHealth",
    "SpreadPoint",
    "StoryDetail",
    "TrendCell",
    "by_day",
    "by_ids",
    "count",
    "counters",
    "coverage",
    "detail",
    "distinct_authors",
    "newest",
    "scope_of",
    "source_health",
    "story_page",
    "totals",
    "trends",
]
