"""A feed's XML made harmless before a parser sees it, and what its head asks of readers.

No DTD, no unknown entities, no illegal characters; dates in UTC, so that no parser takes Vietnamese
time for Greenwich.
"""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Mapping
from datetime import datetime

from crawlers.dates import parse_date
from crawlers.decoding import legal_xml
from langnghe.url import is_web_url

_MAX_ENTITY_LENGTH = 200
_MAX_ENTITY_USES = 20_000
_DATE_NAME = (
    r"pubdate|published|updated|modified|issued|created|(?:dc|dcterms):(?:date|created|issued|"
    r"modified)|lastbuilddate"
)
_DATE_ELEMENT = re.compile(
    rf"(<(?i:{_DATE_NAME})\b[^<>]{{0,200}}>)\s*(?:<!\[CDATA\[)?([^<>\[\]]{{4,200}})(?:\]\]>)?\s*(?=</)"
)
# A date with its zone, which no parser reads wrongly.
_PLAIN_DATE = (
    r"(?:[A-Z][a-z]{2}, )?\d\d? [A-Z][a-z]{2} \d{4} "
    r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d (?:GMT|[+-][01]\d[0-5]\d)|"
    r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:Z|[+-][01]\d:[0-5]\d)"
)
# The first two letters are asked first: most tags end there.
_DOUBTFUL_DATE = re.compile(
    rf"<(?=[pumicdlPUMICDL][uposrcatUPOSRCAT])(?i:{_DATE_NAME})\b[^<>]{{0,200}}+>(?!(?:{_PLAIN_DATE})</)"
)
_DOCTYPE = re.compile(r"(?:\s++|<!--.*?-->|<\?.*?\?>)*+<!DOCTYPE", re.I | re.S)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_HARMLESS_START = re.compile(
    r"""<(?:[A-Za-z]|\?xml version=["']1\.0["'](?: encoding=["'](?i:utf-8)["'])?\s?\?>)"""
)
_ENTITY_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9._-]{0,40});")
_BARE_AMPERSAND = re.compile(r"&(?!#?[A-Za-z0-9]{1,30};)")
_DOUBTFUL_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,30}|#[xX][0-9A-Fa-f]{1,29});)"
)
_ENTITY_DECLARATION = re.compile(
    r"""<!ENTITY\s+([A-Za-z][A-Za-z0-9._-]{0,40})\s+(?:"([^"&%<]*)"|'([^'&%<]*)')\s*>"""
)
_TTL = re.compile(r"<ttl>\s*(\d{1,6})\s*</ttl>", re.I)
_UPDATE = re.compile(r"<(?:sy:)update(period|frequency)>\s*(\w+)\s*<", re.I)
_MAX_HEAD = 20_000
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000}
_HUB = re.compile(
    r"""<(?:\w+:)?link\b(?=[^<>]*\brel\s*=\s*["']hub["'])[^<>]*\bhref\s*=\s*["']([^"'<>]+)["']""",
    re.I,
)


_SELF = re.compile(
    r"""<(?:\w+:)?link\b(?=[^<>]*\brel\s*=\s*["']self["'])[^<>]*\bhref\s*=\s*["']([^"'<>]+)["']""",
    re.I,
)


def harmless_xml(
    text: str, payload: bytes, now: datetime | None, notes: list[str]
) -> tuple[str, bytes]:
    """Return the document without DTD, unknown entities, illegal characters or local dates, as
    text and in UTF-8.

    ``payload`` is ``text`` in UTF-8 if it is known (else b""); what needs no mending stays it.
    """
    given = text
    if (start := text.find("<")) > 0:
        if text[:start].strip("\ufeff \t\r\n"):
            notes.append("words before the document removed")
        text = text[start:]
    if not _HARMLESS_START.match(text):
        text = _DECLARATION.sub("", text, count=1)
    entities: dict[str, str] = {}
    if doctype := _DOCTYPE.match(text):
        text, entities = _without_doctype(text, doctype.end())
    legal, encoded = legal_xml(text, payload if text is given else b"")
    if legal is not text:
        notes.append("illegal control characters removed")
    text = checked = legal
    if _DOUBTFUL_AMPERSAND.search(text):
        text = _known_entities(text, entities, notes)
    if _DOUBTFUL_DATE.search(text):
        text = _DATE_ELEMENT.sub(lambda match: match.group(1) + _utc(match.group(2), now), text)
    return text, encoded if text is checked else text.encode("utf-8", "replace")


def _without_doctype(text: str, start: int) -> tuple[str, dict[str, str]]:
    """Return the text from its root on, and the harmless entities (short, flat) of its DOCTYPE."""
    end = text.find(">", start)
    subset = text.find("[", start)
    if 0 <= subset < end:
        closing = re.compile(r"\]\s*>").search(text, subset)
        end = closing.end() - 1 if closing else end
    if end < 0:
        return "", {}
    found = {
        name: double or single
        for name, double, single in _ENTITY_DECLARATION.findall(text[start:end][:50_000])
        if len(double or single) <= _MAX_ENTITY_LENGTH
    }
    return text[end + 1 :], found


def _known_entities(text: str, declared: Mapping[str, str], notes: list[str]) -> str:
    """Replace named entities by their characters; escape ampersands that begin no reference."""
    uses = 0

    def character(match: re.Match[str]) -> str:
        nonlocal uses
        name = match.group(1)
        if name in declared:
            uses += 1
            if uses <= _MAX_ENTITY_USES:
                return html.escape(declared[name], quote=False)
            return ""
        found = html.entities.html5.get(name + ";")
        return found if found is not None else f"&amp;{name};"

    mended = _ENTITY_REFERENCE.sub(character, text)
    if _BARE_AMPERSAND.search(mended):
        # Inside CDATA an escaped ampersand is unescaped with the rest of the HTML.
        mended = _BARE_AMPERSAND.sub("&amp;", mended)
        notes.append("bare ampersands escaped")
    return mended


def _utc(value: str, now: datetime | None) -> str:
    """Return a feed's date in UTC, so that neither parser takes Vietnamese time for Greenwich."""
    moment = parse_date(value, now)
    return moment.isoformat() if moment else value


def ttl_s(head: str) -> float | None:
    """Return the feed's own wish in seconds: ``ttl`` or the syndication module."""
    if match := _TTL.search(head) if "<ttl" in head or "<TTL" in head else None:
        return float(match.group(1)) * 60
    if "sy:" not in head:
        return None
    found = {kind.lower(): value for kind, value in _UPDATE.findall(head)}
    period = _PERIODS.get(found.get("period", "").lower())
    if period is None:
        return None
    frequency = int(found["frequency"]) if found.get("frequency", "").isdigit() else 1
    return period / max(frequency, 1)


def hub_url(head: str) -> str:
    """Return the address of the hub that a feed's head offers (W3C WebSub), or ""."""
    match = _HUB.search(head) if "hub" in head else None
    return match.group(1) if match and is_web_url(match.group(1)) else ""


def self_url(head: str) -> str:
    """Return the address under which a feed's head says it is to be subscribed, or ""."""
    match = _SELF.search(head) if "self" in head else None
    return match.group(1) if match and is_web_url(match.group(1)) else ""


def feed_head(document: str) -> str:
    """Return what a feed says of itself: what stands before its first entry."""
    end = document.find("<item", 0, _MAX_HEAD)
    end = _MAX_HEAD if end < 0 else end
    other = document.find("<entry", 0, end)
    return document[: end if other < 0 else other]
