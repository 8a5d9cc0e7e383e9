"""What is usual: counts of the same hour of the week, robust to holidays, honest when it is young.

Counts are kept by hour of ingest in Vietnamese time. The usual count of an hour is the median of
the same hour of the week in up to six past weeks, public holidays left out; the test is the
Poisson tail of the count against it, with an absolute floor. Until 14 days of history the baseline
says "chưa đủ lịch sử" and only floors and seriousness decide.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from alerts.model import Sensitivity
from langnghe.clock import to_local

WARM_DAYS = 14
KEEP_WEEKS = 6

# The greatest chance of a false spike per look that each word of sensitivity accepts.
TAIL: dict[Sensitivity, float] = {
    Sensitivity.LOW: 1e-6,
    Sensitivity.MEDIUM: 1e-4,
    Sensitivity.HIGH: 1e-3,
}


@dataclass(frozen=True)
class Usual:
    """What is usual for a span of hours: the expected count, and whether history suffices."""

    expected: float
    is_cold: bool
    days: int

    def is_spike(self, count: int, sensitivity: Sensitivity, floor: int) -> bool:
        """Return whether ``count`` is unusual: over the floor, and rare against the usual."""
        if count < floor:
            return False
        return self.is_cold or poisson_tail(count, self.expected) < TAIL[sensitivity]

    def sentence(self, count: int) -> str:
        """Return the comparison in Vietnamese."""
        if self.is_cold:
            return f"{count} tin (mới có {self.days} ngày lịch sử, chưa đủ 14 ngày để so sánh)"
        return f"{count} tin, thường ngày khoảng {self.expected:.0f}"


def poisson_tail(count: int, expected: float) -> float:
    """Return P(X ≥ count) for a Poisson count with mean ``expected`` (at least half a count)."""
    mean = max(expected, 0.5)
    if count <= 0:
        return 1.0
    below, term = 0.0, math.exp(-mean)
    if term == 0.0:
        return 0.5 * math.erfc((count - mean) / math.sqrt(2 * mean))
    for k in range(count):
        below += term
        term *= mean / (k + 1)
    return max(1.0 - below, 0.0)


class Baseline:
    """Hourly counts per key, kept for six weeks; rebuilt from the ledger by feeding it again."""

    def __init__(self, holidays: Collection[date] = ()) -> None:
        self._counts: dict[str, dict[datetime, int]] = defaultdict(lambda: defaultdict(int))
        self._holidays = frozenset(holidays)
        self._first: datetime | None = None
        self._forgotten_at: datetime | None = None

    def add(self, keys: Iterable[str], at: datetime) -> None:
        """Count one document under each of ``keys`` at its moment of ingest."""
        hour = _hour(at)
        for key in keys:
            self._counts[key][hour] += 1
        self._first = hour if self._first is None else min(self._first, hour)

    def count(self, key: str, now: datetime, hours: int) -> int:
        """Return the count of ``key`` in the last ``hours`` full or begun hours."""
        counts = self._counts.get(key)
        if not counts:
            return 0
        end = _hour(now)
        return sum(counts.get(end - timedelta(hours=h), 0) for h in range(hours))

    def usual(self, key: str, now: datetime, hours: int) -> Usual:
        """Return the usual count of ``key`` for the ``hours`` that end now."""
        days = 0 if self._first is None else max(0, (_hour(now) - self._first).days)
        if days < WARM_DAYS:
            return Usual(0.0, True, days)
        weeks = [
            self.count(key, then, hours)
            for week in range(1, KEEP_WEEKS + 1)
            if (then := now - timedelta(weeks=week)) >= (self._first or now)
            and to_local(then).date() not in self._holidays
        ]
        return Usual(float(median(weeks)) if weeks else 0.0, not weeks, days)

    def forget(self, now: datetime) -> None:
        """Drop what is older than the baseline looks back; once a day is enough."""
        if self._forgotten_at is not None and now - self._forgotten_at < timedelta(days=1):
            return
        self._forgotten_at = now
        limit = _hour(now) - timedelta(weeks=KEEP_WEEKS, days=1)
        for key in list(self._counts):
            kept = {hour: n for hour, n in self._counts[key].items() if hour >= limit}
            if kept:
                self._counts[key] = defaultdict(int, kept)
            else:
                del self._counts[key]


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
