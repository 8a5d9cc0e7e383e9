"""Time: UTC inside, Asia/Ho_Chi_Minh on every screen; ``now`` is always an argument.

Only the composition root holds a :class:`Clock`; everything below receives ``now``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Tells the time. Implementations: :class:`SystemClock`, :class:`ReplayClock`."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class ReplayClock:
    """A recorded stream's own clock: ``speed`` recorded seconds pass in one real second.

    It starts at ``recorded_start`` when the wall clock shows ``real_start`` and, once it has
    reached ``recorded_end``, goes on at the speed of the wall clock.
    """

    recorded_start: datetime
    real_start: datetime
    speed: float
    recorded_end: datetime | None = None

    def now(self) -> datetime:
        return self.at(datetime.now(UTC))

    def at(self, real: datetime) -> datetime:
        """Return the recorded moment that belongs to the wall-clock moment ``real``."""
        elapsed = max(real - self.real_start, timedelta())
        recorded = self.recorded_start + elapsed * self.speed
        if self.recorded_end is None or recorded <= self.recorded_end:
            return recorded
        fast = (self.recorded_end - self.recorded_start) / self.speed
        return self.recorded_end + (elapsed - fast)


def to_utc(moment: datetime) -> datetime:
    """Return ``moment`` in UTC; a naive moment is taken as Vietnamese local time."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LOCAL_ZONE)
    return moment.astimezone(UTC)


def to_local(moment: datetime) -> datetime:
    """Return an aware ``moment`` in Asia/Ho_Chi_Minh."""
    return moment.astimezone(LOCAL_ZONE)


def local_day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a Vietnamese day and of the next one, both in UTC."""
    start = datetime.combine(day, time(), tzinfo=LOCAL_ZONE)
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)


def parse_moment(value: str) -> datetime:
    """Return an ISO 8601 moment in UTC (a naive one is Vietnamese time); raises ValueError."""
    return to_utc(datetime.fromisoformat(value.strip().replace("Z", "+00:00")))
