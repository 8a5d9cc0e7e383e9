"""Dates as Vietnamese papers, feeds and pages write them; a time without a zone is +07:00."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from langnghe.clock import LOCAL_ZONE, to_utc
from langnghe.text import fold

_ISO = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*"
    r"(Z|UTC|GMT|(?:GMT|UTC)?\s*[+-]\d{1,2}:?\d{0,2})?)?\s*$",
    re.I,
)
_BASIC_ISO = re.compile(
    r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?$", re.I
)
_RFC822 = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s+)?(\d{1,2})[\s-]+([A-Za-z]{3,9})\.?[\s,-]+(\d{2,4})"
    r"(?:[\s,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
    r"\s*([ap]\.?m\.?)?\s*([A-Z]{1,5}(?:\s*[+-]\d{1,2}:?\d{0,2})?|[+-]\d{1,2}:?\d{0,2})?"
    r"\s*(?:\([^)]*\))?$",
    re.I,
)
_AMERICAN = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+"
    r"(?:(\d{4})[\s,–-]*(?:at\s+)?)?(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*([ap]\.?m\.?)?\s*"
    r"((?:GMT|UTC)?\s*[+-]\d{1,2}:?\d{0,2}|[A-Z]{2,4})?\s*(\d{4})?\s*(?:\([^)]*\))?$",
    re.I,
)
_MONTH_NAMES = (
    "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|"
    "sep sept september|oct october|nov november|dec december"
)
_MONTHS = {
    name: number
    for number, names in enumerate(_MONTH_NAMES.split("|"), 1)
    for name in names.split()
}
# RFC 822 §5 and the zones that feeds really use, in hours east of Greenwich.
_ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt"), 0.0),
    "ict": 7.0, "hanoi": 7.0, "est": -5.0, "edt": -4.0, "cst": -6.0, "cdt": -5.0, "mst": -7.0,
    "mdt": -6.0, "pst": -8.0, "pdt": -7.0, "bst": 1.0, "cet": 1.0, "cest": 2.0, "jst": 9.0,
    "kst": 9.0, "sgt": 8.0, "hkt": 8.0, "aest": 10.0, "ist": 5.5, "msk": 3.0,
}  # fmt: skip

# Everything below works on folded text: lower case, no marks.
_CLOCK = re.compile(
    r"(?<![\d/.-])([01]?\d|2[0-4])\s*(?::|h|g|gio)\s*([0-5]\d)?(?:\s*phut)?(?::([0-5]\d)(?:\.\d+)?)?"
    r"(?![\d/-])\s*(am|pm|a\.m|p\.m|sa|ch|sang|trua|chieu|toi)?\b"
)
_DAY_MONTH_YEAR = re.compile(
    r"(?<![\d:])(\d{1,2})\s*([/.-])\s*(\d{1,2})(?:\s*\2\s*(\d{4}|\d{2})(?!\d|:))?(?![\d])"
)
_YEAR_MONTH_DAY = re.compile(r"(?<!\d)(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)")
_WORDED = re.compile(
    r"(?<!\d)(\d{1,2})\s*(?:thang|thg\.?|th\.?)\s*(\d{1,2})(?:\s*,?\s*(?:nam\s*)?(\d{4}))?"
)
# As WordPress and Joomla write it in Vietnamese: "Tháng Ba 16, 2026", "16 Tháng Mười Hai 2026".
_MONTH_FIRST = re.compile(r"thang\s*(\d{1,2})\s+(\d{1,2})\s*,\s*(\d{4})")
_MONTH_WORD = re.compile(
    r"\bthang (muoi mot|muoi hai|gieng|mot|hai|ba|tu|nam|sau|bay|tam|chin|muoi|chap)\b"
)
_MONTH_WORDS = "gieng mot|hai|ba|tu|nam|sau|bay|tam|chin|muoi|muoi_mot|muoi_hai chap"
_MONTH_OF_WORD = {
    name.replace("_", " "): number
    for number, names in enumerate(_MONTH_WORDS.split("|"), 1)
    for name in names.split()
}
_OFFSET = re.compile(
    r"(?:gmt|utc)\s*([+-]?)\s*(\d{1,2})?:?(\d{2})?|(?:(?<=:\d\d)|(?<=\s))([+-])(\d{2}):?(\d{2})\b"
)
_AGO = re.compile(
    r"(\d+|mot|vai|nua)\s*(giay|phut|p|gio|h|g|tieng|ngay|tuan|thang|nam)\s*(?:truoc|qua)\b"
)
_AGO_ENGLISH = re.compile(r"(\d+|an?)\s*(second|minute|min|hour|day|week|month|year)s?\s*ago\b")
_SECONDS = {
    "giay": 1, "second": 1, "phut": 60, "p": 60, "minute": 60, "min": 60, "gio": 3600, "h": 3600,
    "g": 3600, "tieng": 3600, "hour": 3600, "ngay": 86400, "day": 86400, "tuan": 604800,
    "week": 604800, "thang": 2592000, "month": 2592000, "nam": 31536000, "year": 31536000,
}  # fmt: skip
_WEEKDAY = re.compile(
    r"(?:thu\s*(hai|ba|tu|nam|sau|bay|[2-7])|t\s?([2-7])|chu nhat|cn)\b[\s,.|-]*(?:luc )?"
)
_WEEKDAY_NAMES = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5}
_SUNDAY = 6
_NAMED_DAYS = (("hom kia", 2), ("hom qua", 1), ("yesterday", 1), ("hom nay", 0), ("today", 0))
_JUST_NOW = ("vua xong", "vua dang", "moi day", "just now", "moi dang")
_UNIX = re.compile(r"(?:/date\()?(\d{10}|\d{13})(?:[+-]\d{4})?(?:\)/)?$", re.I)
_MAX_LENGTH = 200
FUTURE_TOLERANCE = timedelta(minutes=15)
OLDEST = datetime(1995, 1, 1, tzinfo=UTC)


def parse_date(value: str, now: datetime | None = None) -> datetime | None:
    """Return the moment that ``value`` names, in UTC, or None when it names none.

    Understands ISO 8601, RFC 822 and their usual misspellings, Unix seconds, and Vietnamese forms
    ("Thứ Sáu, 20/11/2026, 08:15 (GMT+7)", "8h15 ngày 20-11", "5 phút trước", "hôm qua 17:05").
    Day comes before month, unless that is still to come and the other way is not. A form without a
    year or relative to the present needs ``now``; a missing year is the one that makes the date the
    latest not after tomorrow.
    """
    value = value.strip()
    if not value or len(value) > _MAX_LENGTH:
        return None
    if "&" in value:
        value = html.unescape(value).strip()
    try:
        return _absolute(value) or _vietnamese(fold(" ".join(value.split())), now)
    except (ValueError, OverflowError):
        return None


def clamp_published(
    published_at: datetime | None, now: datetime
) -> tuple[datetime, tuple[str, ...]]:
    """Return a possible publication time and a note when the publisher's own was impossible."""
    if published_at is None:
        return now, ("không có giờ đăng: lấy giờ thu thập",)
    if published_at > now + FUTURE_TOLERANCE:
        return now, (f"giờ đăng ở tương lai ({published_at.isoformat()}): lấy giờ thu thập",)
    if published_at < OLDEST:
        return now, (f"giờ đăng không thể có ({published_at.isoformat()}): lấy giờ thu thập",)
    return min(published_at, now), ()


@lru_cache(maxsize=4096)
def _absolute(value: str) -> datetime | None:
    if match := _ISO.match(value) or _BASIC_ISO.match(value):
        year, month, day, hour, minute, second, zone = match.groups()
        return _moment(year, month, day, hour, minute, second, _zone(zone))
    if match := _RFC822.match(value):
        day, name, year, hour, minute, second, half, zone = match.groups()
        if month_number := _MONTHS.get(name.lower()):
            hour_of_day = _hour(int(hour or 0), half)
            return _moment(_year(year), month_number, day, hour_of_day, minute, second, _zone(zone))
    if match := _AMERICAN.match(value):
        name, day, year, hour, minute, second, half, zone, late_year = match.groups()
        month_number = _MONTHS.get(name.lower())
        if month_number and (year or late_year):
            hour_of_day = _hour(int(hour or 0), half)
            return _moment(
                year or late_year, month_number, day, hour_of_day, minute, second, _zone(zone)
            )
    if match := _UNIX.match(value):
        stamp = int(match.group(1))
        return datetime.fromtimestamp(stamp / 1000 if stamp > 10**11 else stamp, UTC)
    return None


def _vietnamese(text: str, now: datetime | None) -> datetime | None:
    if now is not None:
        if any(words in text for words in _JUST_NOW):
            return now
        if ago := _AGO.search(text) or _AGO_ENGLISH.search(text):
            count = {"mot": 1.0, "a": 1.0, "an": 1.0, "vai": 3.0, "nua": 0.5}.get(ago.group(1))
            return now - timedelta(
                seconds=(float(ago.group(1)) if count is None else count) * _SECONDS[ago.group(2)]
            )
    text = _MONTH_WORD.sub(lambda match: f"thang {_MONTH_OF_WORD[match.group(1)]}", text)
    text, zone = _take_offset(text)
    day, rest = _take_day(text, now)
    if day is None:
        return None
    clock = _CLOCK.search(rest)
    hour, minute, second = 0, 0, 0
    if clock:
        hour = _hour(int(clock.group(1)), clock.group(4))
        minute, second = int(clock.group(2) or 0), int(clock.group(3) or 0)
    return _moment(*day, hour, minute, second, zone)


def _take_offset(text: str) -> tuple[str, timezone | None]:
    match = _OFFSET.search(text)
    if match is None:
        return text, None
    _, hours, _, sign, plain_hours, plain_minutes = match.groups()
    if sign:
        found = _zone(f"{sign}{plain_hours}{plain_minutes}")
    else:
        found = _zone(f"{match.group(1) or '+'}{hours or '0'}:{match.group(3) or '00'}")
    return text[: match.start()] + " " + text[match.end() :], found


def _take_day(text: str, now: datetime | None) -> tuple[tuple[int, int, int] | None, str]:
    """Return (year, month, day) and the text without them."""
    for pattern, order in (
        (_YEAR_MONTH_DAY, (1, 2, 3)),
        (_WORDED, (3, 2, 1)),
        (_MONTH_FIRST, (3, 1, 2)),
        (_DAY_MONTH_YEAR, (4, 3, 1)),
    ):
        for match in pattern.finditer(text):
            year, month, day = (match.group(group) for group in order)
            if year and int(month) > 12 >= int(day):  # a month-first server setting
                month, day = day, month
            if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
                continue
            if year is None and now is None:
                continue
            if pattern is _DAY_MONTH_YEAR and year and now and _is_swapped(year, month, day, now):
                month, day = day, month
            found = _year(year) if year else _latest_year(int(month), int(day), now)
            rest = text[: match.start()] + " " + text[match.end() :]
            return (found, int(month), int(day)), rest
    if now is not None:
        for words, days in _NAMED_DAYS:
            if words in text:
                local = now.astimezone(LOCAL_ZONE) - timedelta(days=days)
                return (local.year, local.month, local.day), text.replace(words, " ")
        if _CLOCK.fullmatch(text.strip()):
            local = now.astimezone(LOCAL_ZONE)
            return (local.year, local.month, local.day), text
        return _take_weekday(text.strip(), now)
    return None, text


def _is_swapped(year: str, month: str, day: str, now: datetime) -> bool:
    """Whether the month stands first: the day is still to come, and with month first it is not."""
    if not (int(day) <= 12 and int(month) <= 12):
        return False
    tomorrow = (now + timedelta(days=1)).astimezone(LOCAL_ZONE).date()
    written = (_year(year), int(month), int(day))
    last = (tomorrow.year, tomorrow.month, tomorrow.day)
    return (written[0], written[2], written[1]) <= last < written


def _take_weekday(text: str, now: datetime) -> tuple[tuple[int, int, int] | None, str]:
    """Return the latest day of that name and the clock after it: the name of a day alone ("T6",
    "Chủ nhật lúc 8h15") is of the last seven days."""
    match = _WEEKDAY.match(text)
    rest = text[match.end() :] if match else text
    if match is None or (rest and not _CLOCK.fullmatch(rest)):
        return None, text
    name = match.group(1) or match.group(2)
    wanted = _WEEKDAY_NAMES[name] if name in _WEEKDAY_NAMES else int(name) - 2 if name else _SUNDAY
    local = now.astimezone(LOCAL_ZONE)
    local -= timedelta(days=(local.weekday() - wanted) % 7)
    return (local.year, local.month, local.day), rest


def _latest_year(month: int, day: int, now: datetime | None) -> int:
    assert now is not None
    tomorrow = (now + timedelta(days=1)).astimezone(LOCAL_ZONE)
    return tomorrow.year if (month, day) <= (tomorrow.month, tomorrow.day) else tomorrow.year - 1


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else (2000 + year if year < 70 else 1900 + year)


def _hour(hour: int, half: str | None) -> int:
    """Return the hour of the day; "14:30 PM" and "00:01 AM" mean what they must mean."""
    half = (half or "").lower().replace(".", "")
    if half in {"pm", "ch", "chieu", "toi"} and hour < 12:
        return hour + 12
    if half in {"am", "sa"} and hour == 12:
        return 0
    return hour


def _zone(text: str | None) -> timezone | None:
    text = (text or "").strip().lower()
    if not text:
        return None
    name = text.rstrip("0123456789:+- ")
    rest = text[len(name) :].replace(" ", "")
    if not rest:
        return timezone(timedelta(hours=_ZONES[name])) if name in _ZONES else None
    sign = -1 if rest[0] == "-" else 1
    digits = rest.lstrip("+-")
    hours, minutes = digits.split(":") if ":" in digits else (digits[:2], digits[2:])
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(sign * offset) if offset < timedelta(hours=15) else None


def _moment(
    year: str | int,
    month: str | int,
    day: str | int,
    hour: str | int | None,
    minute: str | int | None,
    second: str | int | None,
    zone: timezone | None,
) -> datetime:
    hours = int(hour or 0)
    naive = datetime(int(year), int(month), int(day)) + timedelta(  # noqa: DTZ001
        hours=hours, minutes=int(minute or 0), seconds=int(second or 0)
    )
    return to_utc(naive.replace(tzinfo=zone or LOCAL_ZONE))
