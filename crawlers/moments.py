"""When an article appeared and was changed: what its page states, checked by what it shows.

What a page states is not always so: a clock of Vietnam stamped as UTC (or moved by seven hours
twice), month and day exchanged, a day without its clock, the first day of a computer's calendar.
Readers would notice it in the time that is shown beside the title, so that decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lxml import etree

from crawlers.dates import FUTURE_TOLERANCE, OLDEST, parse_date
from crawlers.shown import ShownTime, shown_times
from langnghe.clock import to_local

_LOOSE_DATE = re.compile(r'"date(Published|Modified)"\s*:\s*"([^"]{8,60})"')
_PUBLISHED_META = (
    "article:published_time", "pubdate", "datepublished", "article:published", "dc.date.issued",
    "dcterms.created", "og:published_time", "publishdate", "publish-date", "date", "dc.date",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "lastmod", "datemodified", "og:updated_time", "dcterms.modified",
    "last-modified", "article:modified",
)  # fmt: skip
# Some systems put the day of reading there.
_DOUBTFUL = frozenset(("meta date", "meta dc.date"))
_CLOCK = re.compile(r"\d\s*[:hg]\s*\d|\dT\d{4}|\d{10}", re.I)
_ZONE = re.compile(r"\d{2}:?\d{2}(?::?\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})\s*$", re.I)
_ZERO = frozenset(("z", "+00:00", "+0000", "-00:00", "-0000"))
_OWN = frozenset(("+07:00", "+0700"))
_VIETNAM_SHIFT = timedelta(hours=7)
_MINUTE = timedelta(minutes=1)
_TEXT = etree.XPath("string(//body)", smart_strings=False)


@dataclass(frozen=True)
class Moment:
    """A moment of a page, the way it was found, and the value that names it."""

    at: datetime
    way: str
    value: str = ""

    @property
    def has_clock(self) -> bool:
        """Whether it tells more than a day."""
        return bool(_CLOCK.search(self.value)) and not _is_midnight(self.at)

    @property
    def zone(self) -> str:
        """The zone as it is written, "" where none is."""
        match = _ZONE.search(self.value)
        return match.group(1).lower() if match else ""

    @property
    def is_zero_zone(self) -> bool:
        """Whether it is stamped as UTC."""
        return self.zone in _ZERO


def moments_of(
    tree: etree._Element,
    article: Mapping[str, Any],
    metas: Mapping[str, str],
    title: str,
    now: datetime | None,
) -> tuple[Moment | None, Moment | None]:
    """Return when the article ``title`` of a page was published and last changed."""
    stated = list(_stated("Published", article, metas, tree, now))
    modified = next(_stated("Modified", article, metas, tree, now), None)
    if not stated:
        published, changed = _from_shown(shown_times(tree, title, now))
        return published, _possible(modified or changed, published, now)
    first = stated[0]
    published = _fullest(stated)
    if _is_doubtful(published, tree):
        published = _checked(published, shown_times(tree, title, now))
    published = _not_to_come(published, now)
    if modified and modified.zone == first.zone and _is_shift(published.at - first.at):
        modified = Moment(modified.at + (published.at - first.at), modified.way, "")
    return published, _possible(modified, published, now)


def _stated(
    kind: str,
    article: Mapping[str, Any],
    metas: Mapping[str, str],
    tree: etree._Element,
    now: datetime | None,
) -> Iterator[Moment]:
    """Yield what the page states, the best way first; no moment that nobody can mean."""
    names = _PUBLISHED_META if kind == "Published" else _MODIFIED_META
    values = [("json-ld", str(article.get(f"date{kind}") or ""))]
    values += [(f"meta {name}", metas.get(name, "")) for name in names]
    is_stated = False
    for way, value in values:
        if value and (at := parse_date(value, now)) and at >= OLDEST:
            is_stated = True
            yield Moment(at, way, value)
    if not is_stated:
        yield from _loose(kind, tree, now)


def _loose(kind: str, tree: etree._Element, now: datetime | None) -> Iterator[Moment]:
    """Yield dates from JSON-LD that is no JSON (unescaped quotes in a headline are common)."""
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            for named, value in _LOOSE_DATE.findall(script.text):
                if named == kind and (at := parse_date(value, now)) and at >= OLDEST:
                    yield Moment(at, "json-ld (malformed)", value)


def _from_shown(shown: Sequence[ShownTime]) -> tuple[Moment | None, Moment | None]:
    """Return the time of publication and, where the article's own one is shown, of the edit."""
    if not shown:
        return None, None
    first = shown[0]
    edits = [s for s in shown[1:] if s.is_update and s.far == first.far and s.moment > first.moment]
    changed = Moment(edits[0].moment, edits[0].way) if edits else None
    return Moment(first.moment, first.way), changed


def _fullest(stated: Sequence[Moment]) -> Moment:
    """Return the best of what is stated, unless another says the same with its clock or zone."""
    first = stated[0]
    for other in stated[1:]:
        if not first.has_clock and other.has_clock and _is_same_day(first.at, other.at):
            return other
        if first.is_zero_zone and other.zone in _OWN and first.at - other.at == _VIETNAM_SHIFT:
            return other
    return first


def _is_doubtful(stated: Moment, tree: etree._Element) -> bool:
    """Whether it is worth the time to look at what the page shows."""
    if stated.is_zero_zone or not stated.has_clock or stated.way in _DOUBTFUL:
        return True
    local, text = to_local(stated.at), _TEXT(tree)
    hours = (local.hour, f"{local:%I}")  # "08:15" holds "8:15"
    clocks = (f"{hour}{sep}{local.minute:02}" for hour in hours for sep in ":h")
    days = (
        f"{local.day:{wide}}{sep}{local.month:{wide}}{sep}{year}"
        for year in (local.year, f"{local.year % 100:02}")
        for sep in "/-."
        for wide in ("02", "")
    )
    return not (any(c in text for c in clocks) and any(d in text for d in days))


def _checked(stated: Moment, shown: Sequence[ShownTime]) -> Moment:
    """Return what is stated, or what is shown beside the title where the page states it wrongly."""
    beside = [s.moment for s in shown if s.far <= 1] or [s.moment for s in shown[:1]]
    if any(abs(moment - stated.at) < _MINUTE for moment in beside) and stated.has_clock:
        return stated
    for moment in beside:
        gap = moment - stated.at
        if _is_shift(gap) and stated.has_clock and stated.zone in {"", *_ZERO, *_OWN}:
            shift = _VIETNAM_SHIFT if gap > timedelta() else -_VIETNAM_SHIFT
            return Moment(stated.at + shift, f"{stated.way}, zone by the visible time")
        if not stated.has_clock and _is_same_day(moment, stated.at) and not _is_midnight(moment):
            return Moment(moment, f"{stated.way}, clock by the visible time")
        if _is_swapped(moment, stated.at):
            return Moment(moment, f"{stated.way}, day and month by the visible time")
        if stated.way in _DOUBTFUL:
            return Moment(moment, "visible date")
    return stated


def _not_to_come(stated: Moment, now: datetime | None) -> Moment:
    """Return a time stamped as UTC that is still to come as the Vietnamese one that it must be."""
    if now is None or not stated.is_zero_zone:
        return stated
    last, local = now + FUTURE_TOLERANCE, stated.at - _VIETNAM_SHIFT
    if local <= last < stated.at:
        return Moment(local, f"{stated.way}, zone by the time of reading")
    return stated


def _possible(
    modified: Moment | None, published: Moment | None, now: datetime | None
) -> Moment | None:
    """Return the time of the last change, unless it is before the article appeared."""
    if modified is None:
        return None
    modified = _not_to_come(modified, now)
    is_before = published is not None and modified.at < published.at - _MINUTE
    return None if is_before else modified


def _is_shift(gap: timedelta) -> bool:
    return abs(abs(gap) - _VIETNAM_SHIFT) < _MINUTE


def _is_midnight(moment: datetime) -> bool:
    local = to_local(moment)
    return (local.hour, local.minute) == (0, 0)


def _is_same_day(a: datetime, b: datetime) -> bool:
    return to_local(a).date() == to_local(b).date()


def _is_swapped(a: datetime, b: datetime) -> bool:
    """Whether two moments are one with day and month exchanged."""
    first, second = to_local(a), to_local(b)
    if (first.hour, first.minute, first.year) != (second.hour, second.minute, second.year):
        return False
    return (first.day, first.month) == (second.month, second.day) != (second.day, second.month)
