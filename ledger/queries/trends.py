"""Trends: how much, about what, in which tone, by Vietnamese day of publication.

Every figure is the length of the list that :func:`ledger.queries.newest` gives for the same
filter; what retention removed is counted apart (``removed``), because its list is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, Sum

from ledger.border import reading
from ledger.models import DailyCountRow
from ledger.queries import filters
from ledger.queries.filters import DocumentFilter

DIMENSIONS = ("topic", "tone", "stance", "kind")
_Key = tuple[Any, ...]


@dataclass(frozen=True)
class TrendCell:
    """How many documents one day has of one topic, tone, stance and kind ("" = not analysed)."""

    day: date
    topic: str
    tone: str
    stance: str
    kind: str
    count: int
    removed: int = 0


@reading
def trends(
    first_day: date,
    last_day: date,
    wanted: DocumentFilter | None = None,
    by: Sequence[str] = DIMENSIONS,
) -> list[TrendCell]:
    """Return the cells of the days from ``first_day`` to ``last_day``, both included.

    ``by`` names what is told apart within a day; the other dimensions of a cell are "". Fewer
    dimensions are quicker over a long span.
    """
    limited = replace(wanted or DocumentFilter(), first_day=first_day, last_day=last_day)
    told = ["published_day", *(name for name in DIMENSIONS if name in by)]
    groups = filters.documents(limited).order_by().values_list(*told).annotate(Count("pk"))
    counts = {group[:-1]: group[-1] for group in groups}
    removed = _removed(limited, told)
    place = {name: told.index(name) for name in told}
    cells: list[TrendCell] = []
    for key in sorted({*counts, *removed}):
        topic, tone, stance, kind = (key[place[n]] if n in place else "" for n in DIMENSIONS)
        count, gone = counts.get(key, 0), removed.get(key, 0)
        cells.append(TrendCell(key[0], topic, tone, stance, kind, count, gone))
    return cells


def _removed(wanted: DocumentFilter, told: Sequence[str]) -> dict[_Key, int]:
    """Return the kept counts of removed documents, where the filter can be answered by them."""
    if any(getattr(wanted, name) for name in _NOT_KEPT):
        return {}
    rows = DailyCountRow.objects.filter(
        published_day__gte=wanted.first_day, published_day__lte=wanted.last_day
    )
    for name, values in _kept(wanted):
        rows = rows.filter(**{f"{name}__in": values})
    groups = rows.order_by().values_list(*told).annotate(Sum("count"))
    return {group[:-1]: group[-1] for group in groups}


_NOT_KEPT = [
    "ids",
    "seen_from",
    "seen_to",
    "intents",
    "outlet_kinds",
    "channels",
    "source_ids",
    "story_ids",
    "provinces",
    "places",
    "agencies",
    "published_from",
    "published_to",
    "scope",
]


def _kept(wanted: DocumentFilter) -> list[tuple[str, Sequence[str]]]:
    pairs = (
        ("kind", wanted.kinds),
        ("topic", wanted.topics),
        ("tone", wanted.tones),
        ("stance", wanted.stances),
        ("outlet", wanted.outlets),
    )
    return [(name, values) for name, values in pairs if values]
