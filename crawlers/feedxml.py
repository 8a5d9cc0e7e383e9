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
from langnghe.url import is_web_url

_MAX_ENTITY_LENGTH = 200
_MAX_ENTITY_USES = 20_000
_DATE_ELEMENT = re.compile(
    r"(<(?:pubdate|published|updated|modified|issued|created|(?:dc|dcterms):(?:date|created|issued|"
    r"modified)|lastbuilddate)\b[^<>]{0,200}>)\s*(?:<!\[CDATA\[)?([^<>\[\]]{4,200})(?:\]\]>)?\s*(?=</)",
    re.I,
)
_DOCTYPE = re.compile(r"(?:\s++|<!--.*?-->|<\?.*?\?>)*+<!DOCTYPE", re.I | re.S)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_ENTITY_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9._-]{0,40});")
_BARE_AMPERSAND = re.compile(r"&(?!#?[A-Za-z0-9]{1,30};)")
_ENTITY_DECLARATION = re.compile(
    r"""<!ENTITY\s+([A-Za-z][A-Za-z0-9._-]{0,40})\s+(?:"([^"&%<]*)"|'([^'&%<]*)')\s*>"""
)
_XML_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CONTROL_BYTES = bytes(code for code in range(32) if code not in (9, 10, 13))
_TTL = re.compile(r"<ttl>\s*(\d{1,6})\s*</ttl>", re.I)
_UPDATE = re.compile(r"<(?:sy:)update(period|frequency)>\s*(\w+)\s*<", re.I)
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000}
_HUB = re.compile(
    r"""<(?:\w+:)?link\b(?=[^<>]*\brel\s*=\s*["']hub["'])[^<>]*\bhref\s*=\s*["']([^"'<>]+)["']""",
    re.I,
)


def harmless_xml(text: str, now: datetime | None, notes: list[str]) -> str:
    """Return the document without DTD, unknown entities, illegal characters or local dates."""
    if (start := text.find("<")) > 0:
        if text[:start].strip("\ufeff \t\r\n"):
            notes.append("words before the document removed")
        text = text[start:]
    text = _DECLARATION.sub("", text, count=1)
    entities: dict[str, str] = {}
    if doctype := _DOCTYPE.match(text):
        text, entities = _without_doctype(text, doctype.end())
    if _has_illegal(text):
        text = _XML_ILLEGAL.sub("", text)
        notes.append("illegal control characters removed")
    if "&" in text:
        text = _known_entities(text, entities, notes)
    text = _DATE_ELEMENT.sub(lambda match: match.group(1) + _utc(match.group(2), now), text)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + text


def _has_illegal(text: str) -> bool:
    """Whether XML forbids a character of ``text``; much quicker than searching for one."""
    encoded = text.encode("utf-8", "replace")
    return (
        len(encoded.translate(None, _CONTROL_BYTES)) != len(encoded)
        or "\ufffe" in text
        or "\uffff" in text
    )


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


def ttl_s(document: str) -> float | None:
    """Return the feed's own wish in seconds: ``ttl`` or the syndication module."""
    head = _head(document)
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


def hub_url(document: str) -> str:
    head = _head(document)
    match = _HUB.search(head) if "hub" in head else None
    return match.group(1) if match and is_web_url(match.group(1)) else ""


def _head(document: str) -> str:
    """Return what a feed says of itself: what stands before its first entry."""
    ends = (document.find(name, 0, 20_000) for name in ("<item", "<entry"))
    return document[: min((end for end in ends if end > 0), default=20_000)]
