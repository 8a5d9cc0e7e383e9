"""The health of the sources: what the room, the digest and ``doctor`` say about coverage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from crawlers.polling import health
from langnghe.source import FetchState, Health, Source
from ledger.border import reading
from ledger.models import SightingRow
from ledger.sources import load_sources

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class SourceHealth:
    """One source as the table shows it; ``sentence`` is Vietnamese."""

    source: Source
    state: FetchState
    health: Health
    sentence: str
    last_day_count: int


@dataclass(frozen=True)
class Coverage:
    """ "3 trong 62 nguồn im lặng": how much of what we meant to hear we did hear."""

    enabled: int
    good: int
    silent: int
    failing: int
    untried: int

    @property
    def unheard(self) -> int:
        """How many enabled sources we do not hear."""
        return self.silent + self.failing + self.untried


@reading
def source_health(now: datetime) -> list[SourceHealth]:
    """Return every source with its health, by name; disabled ones come last."""
    new = dict(
        SightingRow.objects.filter(first_seen_at__gt=now - _DAY, first_seen_at__lte=now)
        .order_by()
        .values_list("source_id")
        .annotate(Count("pk"))
    )
    found: list[SourceHealth] = []
    for source, state in load_sources():
        grade, sentence = health(source, state, now)
        found.append(SourceHealth(source, state, grade, sentence, new.get(source.id, 0)))
    return sorted(found, key=lambda item: (not item.source.is_enabled, item.source.name))


def coverage(now: datetime) -> Coverage:
    """Return how many of the enabled sources we hear."""
    grades = [item.health for item in source_health(now) if item.source.is_enabled]
    return Coverage(
        enabled=len(grades),
        good=grades.count(Health.GOOD),
        silent=grades.count(Health.SILENT),
        failing=grades.count(Health.FAILING),
        untried=grades.count(Health.UNTRIED),
    )
