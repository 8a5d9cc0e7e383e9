"""How much a sector is written about in a day, against the days before: the words, and a count for
streams that no ledger holds."""

from __future__ import annotations

from bisect import bisect_right, insort
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from langnghe.wording import TOPIC_LABELS, label

USUAL_DAYS = 14
_DAY = timedelta(days=1)


def size_sentence(topic: str, count: int, usual: float | None) -> str:
    """Return a sector's documents of 24 hours against usual, in Vietnamese; ``usual`` None: there
    is too little history to say."""
    said = f"Cả lĩnh vực {label(TOPIC_LABELS, topic)}: {count} tin trong 24 giờ"
    if usual is None:
        return f"{said} (chưa đủ {USUAL_DAYS} ngày để so với thường ngày)"
    return f"{said}, thường ngày khoảng {usual:.0f}"


class SectorCounts:
    """Counts arrivals by sector as the ledger would, of the last days only; moments are those of
    ingest and never go back by more than a batch."""

    def __init__(self) -> None:
        self._arrivals: dict[str, list[datetime]] = {}
        self._first_at: datetime | None = None

    def take(self, topic: str, at: datetime) -> None:
        """Count a document of ``topic`` that arrived at ``at``."""
        self._first_at = min(self._first_at or at, at)
        known = self._arrivals.setdefault(topic, [])
        insort(known, at)
        del known[: bisect_right(known, at - (USUAL_DAYS + 1) * _DAY)]

    def sentence(self, topic: str, at: datetime) -> str:
        """Return the size of ``topic`` in the 24 hours before ``at``: the median of the same hours
        of the days before is what is usual."""
        known = self._arrivals.get(topic, [])
        ends = [bisect_right(known, at - n * _DAY) for n in range(USUAL_DAYS + 2)]
        days = [later - earlier for later, earlier in pairwise(ends)]
        has_history = self._first_at is not None and self._first_at <= at - USUAL_DAYS * _DAY
        return size_sentence(topic, days[0], median(days[1:]) if has_history else None)
