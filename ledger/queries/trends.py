"""Trends: how much, about what, in which tone, by Vietnamese day of publication.

Every figure is the length of the list that :func:`ledger.queries.newest` gives for the same
filter; what retention removed is counted apart (``removed``), because its list is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Sum

from ledger.border import reading
from ledger.models import DailyCountRow
from ledger.queries import filters
from ledger.queries.filters import DocumentFilter

_DIMENSIONS = ("published_day", "topic", "tone", "stance", "kind")
_Key = tuple[date, str, str, str, str]


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
    first_day: date, last_day: date, wanted: DocumentFilter | None = None
) -> list[TrendCell]:
    """Return the cells of the days from ``first_day`` to ``last_day``, both included."""
    limited = replace(wanted or DocumentFilter(), first_day=first_day, last_day=last_day)
    groups = (
        filters.documents(limited).order_by().values_list(*_DIMENSIONS).annotate(count=Count("pk"))
    )
    counts: dict[_Key, int] = {group[:5]: group[5] for group in groups}
    removed = _removed(limited)
    return [
        TrendCell(*key, counts.get(key, 0), removed.get(key, 0))
        for key in sorted({*counts, *removed})
    ]


def by_day(cells: Iterable[TrendCell], name: str) -> dict[date, Counter[str]]:
    """Return how many documents each day has per value of ``name`` (topic, tone, stance, kind)."""
    found: dict[date, Counter[str]] = {}
    for cell in cells:
        found.setdefault(cell.day, Counter())[getattr(cell, name)] += cell.count + cell.removed
    return found


def totals(cells: Iterable[TrendCell], name: str) -> Counter[str]:
    """Return how many documents there are per value of ``name``."""
    found: Counter[str] = Counter()
    for cell in cells:
        found[getattr(cell, name)] += cell.count + cell.removed
    return found


def _removed(wanted: DocumentFilter) -> dict[_Key, int]:
    """Return the kept counts of removed documents, where the filter can be answered by them."""
    if any(getattr(wanted, name) for name in _NOT_KEPT):
        return {}
    rows = DailyCountRow.objects.filter(
        published_day__gte=wanted.first_day, published_day__lte=wanted.last_day
    )
    for name, values in _kept(wanted):
        rows = rows.filter(**{f"{name}__in": values})
    groups = rows.order_by().values_list(*_DIMENSIONS).annotate(total=Sum("count"))
    return {group[:5]: group[5] for group in groups}


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
    "only_edited",
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
