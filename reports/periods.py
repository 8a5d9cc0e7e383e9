"""Which digests there are, which period each one tells of, and until when a missed one is made.
Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from langnghe.clock import to_local

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class DigestKind:
    """A kind of digest: its name, how often it comes, what its figures are compared with, and how
    long after its time a missed one is still made (then the next is near)."""

    name: str
    title: str
    every: timedelta
    usual: str
    made_within: timedelta


KINDS: Mapping[str, DigestKind] = {
    "daily": DigestKind("Mỗi sáng", "Điểm tin", DAY, "thường ngày", timedelta(hours=20)),
    "noon": DigestKind("Buổi trưa", "Điểm tin trưa", DAY, "thường lệ", timedelta(hours=5)),
    "evening": DigestKind("Buổi tối", "Điểm tin tối", DAY, "thường lệ", timedelta(hours=11)),
    "weekly": DigestKind("Mỗi tuần", "Điểm tin tuần", WEEK, "mọi tuần", timedelta(days=5)),
}
NOW = DigestKind("Gửi ngay", "Điểm tin", DAY, "thường ngày", DAY)


@dataclass(frozen=True)
class DigestTimes:
    """When digests leave, in local time; the weekly one leaves with that day's daily one.

    ``weekday`` counts from Monday = 0.
    """

    hour: int = 7
    minute: int = 0
    noon_hour: int = 12
    evening_hour: int = 18
    weekday: int = 0


@dataclass(frozen=True)
class Period:
    """A digest's period: documents first seen in [``start_at``, ``end_at``), in UTC."""

    kind: str
    start_at: datetime
    end_at: datetime

    @property
    def key(self) -> str:
        """The period's identity: one digest row per (key, recipient)."""
        return f"{self.kind}:{to_local(self.end_at):%Y-%m-%dT%H:%M}"

    @property
    def digest(self) -> DigestKind:
        """What kind of digest it is."""
        return KINDS.get(self.kind, NOW)

    @property
    def made_until(self) -> datetime:
        """Until when a missed digest is still made."""
        return self.end_at + self.digest.made_within


def last_period(kind: str, now: datetime, times: DigestTimes) -> Period:
    """Return the last period of ``kind`` that has ended by ``now``, so that a missed digest is
    found again on start.

    The daily one tells of a day, the weekly one of a week; noon and evening of the time since the
    digest of the day before theirs.
    """
    starts = {"noon": times.noon_hour, "evening": times.evening_hour}
    hour, minute = (starts[kind], 0) if kind in starts else (times.hour, times.minute)
    end = _last(now, hour, minute)
    if kind == "weekly":
        end -= timedelta(days=(to_local(end).weekday() - times.weekday) % 7)
    if kind not in starts:
        return Period(kind, end - KINDS[kind].every, end)
    before = end - timedelta(microseconds=1)
    others = [_last(before, times.hour, times.minute)]
    others += [_last(before, other, 0) for other in starts.values()]
    return Period(kind, max(others), end)


def next_period(kind: str, now: datetime, times: DigestTimes) -> Period:
    """Return the period of ``kind`` that ends next."""
    return last_period(kind, last_period(kind, now, times).end_at + KINDS[kind].every, times)


def _last(now: datetime, hour: int, minute: int) -> datetime:
    """Return the last ``hour:minute`` local that is not after ``now``, in UTC."""
    local = to_local(now)
    end = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if end > local:
        end -= DAY
    return end.astimezone(now.tzinfo)
