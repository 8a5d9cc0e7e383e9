"""How much is written about a sector in a day, against the days before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, Min, Q

from alerts.usual import USUAL_DAYS
from ledger.border import reading
from ledger.models import DocumentRow

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class TopicVolume:
    """Documents of a sector that arrived in the last 24 hours; ``usual`` is the median of the same
    hours of the days before, None while there is too little history."""

    count: int
    usual: float | None


@reading
def history_days(now: datetime) -> int:
    """Return for how many full days documents have been collected."""
    first = DocumentRow.objects.aggregate(Min("first_seen_at"))["first_seen_at__min"]
    return max((now - first) // _DAY, 0) if first else 0


@reading
def topic_volume(topic: str, at: datetime) -> TopicVolume:
    """Return how many documents of ``topic`` arrived in the 24 hours before ``at``."""
    first = at - (USUAL_DAYS + 1) * _DAY
    ends = [at - n * _DAY for n in range(USUAL_DAYS + 1)]
    days = {
        f"day_{n}": Count("pk", filter=Q(first_seen_at__gt=end - _DAY, first_seen_at__lte=end))
        for n, end in enumerate(ends)
    }
    rows = DocumentRow.objects.filter(topic=topic, first_seen_at__gt=first, first_seen_at__lte=at)
    counts = rows.aggregate(**days)
    has_history = DocumentRow.objects.filter(first_seen_at__lte=first + _DAY).exists()
    usual = median(counts[f"day_{n}"] for n in range(1, USUAL_DAYS + 1)) if has_history else None
    return TopicVolume(counts["day_0"], usual)
