"""Counts over Vietnamese local time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from indexer.store import Bucket, Interval
from langnghe.clock import to_local


def bucket_starts(counts: Iterable[tuple[int, int]], interval: Interval) -> list[Bucket]:
    """Return the buckets of (second since the epoch, count) pairs, oldest first."""
    found: Counter[datetime] = Counter()
    for second, count in counts:
        found[bucket_start(datetime.fromtimestamp(second, UTC), interval)] += count
    return [Bucket(start, found[start]) for start in sorted(found)]


def bucket_start(moment: datetime, interval: Interval) -> datetime:
    """Return in UTC when the local hour, day, week (from Monday) or month of ``moment`` began."""
    local = to_local(moment).replace(minute=0, second=0, microsecond=0)
    if interval != "hour":
        local = local.replace(hour=0)
    if interval == "week":
        local -= timedelta(days=local.weekday())
    elif interval == "month":
        local = local.replace(day=1)
    return local.astimezone(UTC)
