"""Response clocks: deadlines in hours, days or working days, each with its legal reference.

The references come from third-party copies; the guide tells the office to have them confirmed. A
clock is started by a person who marks the event, never by a publication. Working days know
weekends and Vietnamese public holidays (package ``holidays``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from holidays import country_holidays

from langnghe.clock import to_local
from langnghe.errors import ConfigError
from langnghe.settings import Settings


@dataclass(frozen=True)
class ClockKind:
    """A kind of deadline: how long, in which unit (hours, days, working_days), and by which law."""

    id: str
    name: str
    amount: int
    unit: str
    reference: str


KINDS: Mapping[str, ClockKind] = {
    kind.id: kind
    for kind in (
        ClockKind(
            "initial_statement",
            "Thông tin ban đầu về vụ việc",
            24,
            "hours",
            "Nghị định 244/2026/NĐ-CP, Điều 7 khoản 3",
        ),
        ClockKind(
            "opinion_affected",
            "Cung cấp thông tin khi dư luận bị ảnh hưởng",
            24,
            "hours",
            "Nghị định 244/2026/NĐ-CP, Điều 7 khoản 4",
        ),
        ClockKind(
            "press_request",
            "Trả lời câu hỏi của báo chí",
            30,
            "days",
            "Nghị định 237/2026/NĐ-CP, Điều 18",
        ),
        ClockKind(
            "forwarded_opinion",
            "Trả lời ý kiến công dân do báo chí chuyển đến",
            15,
            "working_days",
            "Nghị định 237/2026/NĐ-CP, Điều 18",
        ),
        ClockKind(
            "feedback",
            "Trả lời góp ý, phản ánh",
            10,
            "working_days",
            "Quy chế của đơn vị (sửa được)",
        ),
    )
}


@dataclass(frozen=True)
class Clock:
    """A started clock: when it is half over, at 80 %, and due."""

    kind: str
    started_at: datetime
    half_at: datetime
    late_at: datetime
    due_at: datetime


_UNITS = {"hours": "giờ", "days": "ngày", "working_days": "ngày làm việc"}


def length_of(kind_id: str, settings: Settings) -> int:
    """Return the office's length of a kind of clock, in the kind's unit."""
    return int(getattr(settings, f"clock_{kind_id}_{KINDS[kind_id].unit}"))


def length_in_words(kind_id: str, settings: Settings) -> str:
    """Return the office's length of a kind of clock in Vietnamese: 15 ngày làm việc."""
    return f"{length_of(kind_id, settings)} {_UNITS[KINDS[kind_id].unit]}"


def start(kind_id: str, started_at: datetime, amount: int | None = None) -> Clock:
    """Return the clock of a kind started now; ``amount`` is the office's own setting.

    Raises ConfigError for an unknown kind or a time that is not positive.
    """
    kind = KINDS.get(kind_id)
    length = kind.amount if kind and amount is None else amount
    if kind is None or length is None or length < 1:
        raise ConfigError(f"clock: unknown kind or length: {kind_id!r}")
    if kind.unit == "working_days":
        due = add_working_days(started_at, length)
    else:
        unit = timedelta(hours=1) if kind.unit == "hours" else timedelta(days=1)
        due = started_at + unit * length
    span = due - started_at
    return Clock(kind_id, started_at, started_at + span * 0.5, started_at + span * 0.8, due)


def add_working_days(moment: datetime, days: int) -> datetime:
    """Return the same local time ``days`` working days later; the first day does not count."""
    local = to_local(moment)
    left = days
    while left:
        local += timedelta(days=1)
        if is_working_day(local.date()):
            left -= 1
    return local.astimezone(moment.tzinfo)


def is_working_day(day: date) -> bool:
    """Return whether Vietnamese offices work on ``day``."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def holidays(years: Iterable[int]) -> frozenset[date]:
    """Return the Vietnamese public holidays of ``years``."""
    return frozenset(day for year in years for day in _holidays(year))


def passed_mark(clock: Clock, now: datetime) -> int:
    """Return the last mark that a running clock passed: 0 none, 1 half, 2 at 80 %, 3 overdue."""
    return sum(now >= mark for mark in (clock.half_at, clock.late_at, clock.due_at))


def warning(clock: Clock, now: datetime) -> str:
    """Return the sentence about the last mark that the clock passed, "" before the first."""
    name, left = KINDS[clock.kind].name, clock.due_at - now
    return (
        "",
        f"{name}: đã qua nửa thời hạn, còn {_span(left)}",
        f"{name}: đã qua 80 % thời hạn, còn {_span(left)}",
        f"{name}: đã quá hạn {_span(-left)}",
    )[passed_mark(clock, now)]


def _span(span: timedelta) -> str:
    hours = int(span / timedelta(hours=1))
    if hours < 1:
        return f"{int(span / timedelta(minutes=1))} phút"
    return f"{hours} giờ" if hours < 72 else f"{hours // 24} ngày"


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("VN", years=year))
