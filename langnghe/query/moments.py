"""The times of ``published:``, as people write them; days are Vietnamese days."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from langnghe.clock import local_day_bounds, to_utc
from langnghe.errors import QueryError
from langnghe.query.ast import Moment, Published
from langnghe.query.words import whole_second

_RELATIVE = re.compile(r"now(?:-(\d{1,5})([hdw]))?", re.IGNORECASE)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_VIETNAMESE_DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})|(\d{1,2})/(\d{4})")
_HINT = (
    "Thời gian viết như: 2025-10-31, 31/10/2025, 10/2025, 2025-10-31T08:00, now, now-7d "
    "(h giờ, d ngày, w tuần) hoặc * (không giới hạn)."
)


def parse_published(text: str, position: int) -> Published:
    """Return the range that ``text`` after ``published:`` means; raises QueryError.

    ``[a TO b]`` includes both ends, a day ends at its last second; ``now-7d`` alone means since
    then; a day or month alone means all of it; ``>=``, ``>``, ``<=`` and ``<`` are understood.
    """
    if text.startswith("["):
        ends = re.split(r"\s+TO\s+", text[1:-1].strip(), flags=re.IGNORECASE)
        if len(ends) != 2:
            raise QueryError(
                "a range needs TO",
                position,
                "Khoảng thời gian viết: published:[2025-10-01 TO now].",
            )
        start = text.index(ends[0], 1)
        end = text.index(ends[1], start + len(ends[0]))
        low, high = _span(ends[0], position + start), _span(ends[1], position + end)
        _check_order(low[0], high[1], position)
        return Published(low[0], high[1])
    match = re.match(r"[<>]=?", text)
    sign = match.group() if match else ""
    first, last = _span(text[len(sign) :], position + len(sign))
    match sign:
        case ">=":
            return Published(low=first)
        case ">":
            return Published(low=_after(last))
        case "<=":
            return Published(high=last)
        case "<":
            return Published(high=_before(first))
    if first is not None and first.back is not None:
        return Published(low=first)
    return Published(first, last)


def _span(text: str, position: int) -> tuple[Moment | None, Moment | None]:
    """Return the first and the last second that ``text`` names."""
    if text == "*":
        return None, None
    relative = _RELATIVE.fullmatch(text)
    if relative is not None:
        back = timedelta()
        if relative.group(1):
            back = int(relative.group(1)) * _UNITS[relative.group(2).lower()]
        return Moment(back=back), Moment(back=back)
    try:
        return _absolute(text)
    except (ValueError, OverflowError) as error:
        raise QueryError(f"not a time: {text!r}", position, _HINT) from error


def _check_order(low: Moment | None, high: Moment | None, position: int) -> None:
    if low is None or high is None or (low.back is None) != (high.back is None):
        return
    is_turned = low.second > high.second if low.back is None else _back(low) < _back(high)
    if is_turned:
        raise QueryError(
            "the range ends before it begins",
            position,
            "Khoảng thời gian đang ngược: viết mốc sớm trước, mốc muộn sau, "
            "ví dụ: published:[2025-10-01 TO 2025-10-31] hoặc published:[now-2w TO now-1w].",
        )


def _back(moment: Moment) -> timedelta:
    return moment.back or timedelta()


def _absolute(text: str) -> tuple[Moment, Moment]:
    if match := _DAY.fullmatch(text):
        first = last = date(int(match[1]), int(match[2]), int(match[3]))
    elif match := _VIETNAMESE_DAY.fullmatch(text):
        first = last = date(int(match[3]), int(match[2]), int(match[1]))
    elif match := _MONTH.fullmatch(text):
        year, month = (match[1], match[2]) if match[1] else (match[4], match[3])
        first = date(int(year), int(month), 1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    else:
        second = whole_second(to_utc(datetime.fromisoformat(text)))
        return Moment(second), Moment(second)
    return (
        Moment(whole_second(local_day_bounds(first)[0])),
        Moment(whole_second(local_day_bounds(last)[1]) - 1),
    )


def _after(moment: Moment | None) -> Moment | None:
    if moment is None or moment.back is not None:
        return moment
    return Moment(moment.second + 1)


def _before(moment: Moment | None) -> Moment | None:
    if moment is None or moment.back is not None:
        return moment
    return Moment(moment.second - 1)
