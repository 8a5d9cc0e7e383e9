"""Feeds: bytes to items. RSS 0.9–2.0, Atom, RDF, JSON Feed; wrong bytes and broken XML tolerated.

Order: byte cap → decode → declare nothing but what we checked (no DTD, dates in UTC, entities
known) → fastfeedparser → feedparser on any exception or zero entries (it is 50 times slower and
forgives more). Call it in a limited worker (:mod:`crawlers.workers`): the parsers are C code that
others' input drives.
"""

from __future__ import annotations

import codecs
import contextlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urljoin

from crawlers.dates import parse_date
from crawlers.decoding import decode_text
from crawlers.feedxml import feed_head, harmless_xml, hub_url, self_url, ttl_s
from crawlers.markup import plain_text, title_text
from langnghe.errors import FeedParseError
from langnghe.url import canonical_url, is_web_url

MAX_ITEMS = 2000
_MAX_ENTRIES = 20_000
_MAX_LEAD = 1500

_ROOT = re.compile(r"<([A-Za-z][\w.:-]*)")
_FEED_ROOTS = {"rss", "feed", "rdf", "channel", "cdf"}
_PLAIN_LINK = re.compile(r"https?://[A-Za-z0-9_.-]{4,253}+/[!#$%()*-;=?-~]*+")
# Titles that fastfeedparser 0.6 leaves empty or undecoded.
_RICH_TITLE = re.compile(r"<(?:\w+:)?title\b[^<>]*(?:xhtml|base64|mode=[\"']xml)", re.I)
_CHALLENGE = re.compile(
    r"cf-chl|challenge-platform|just a moment|enable javascript|document\.cookie\s*=|"
    r"setTimeout\(\s*['\"]?location|window\.location\.(?:reload|href)|__cf_bm|ddos|d3s1gn|"
    r"captcha|slowAES",
    re.I,
)


_MAX_CHALLENGE = 60_000
_MAX_CHALLENGE_WORDS = 1500


class FeedItem(NamedTuple):
    """One entry as its publisher wrote it, in plain text; datetimes are UTC.

    A named tuple, because thousands are made a minute and a frozen dataclass takes four times as
    long.
    """

    url: str
    guid: str
    title: str
    lead: str
    text: str
    published_at: datetime | None = None
    modified_at: datetime | None = None
    author: str = ""
    section: str = ""

    @property
    def canonical_url(self) -> str:
        """The item's identity as an address, "" when it has none."""
        return canonical_url(self.url) if self.url else ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed that was understood; ``via`` names the parser, ``notes`` what had to be mended."""

    title: str
    url: str
    items: tuple[FeedItem, ...]
    via: str
    encoding: str
    ttl_s: float | None = None
    hub_url: str = ""
    topic_url: str = ""
    notes: tuple[str, ...] = ()


def parse_feed(
    payload: bytes,
    *,
    url: str = "",
    content_type: str = "",
    now: datetime | None = None,
    max_bytes: int = 10_000_000,
    source_id: str = "",
) -> ParsedFeed:
    """Return the items of a feed document.

    ``url`` resolves relative links; ``now`` is needed for dates relative to it. A well-formed feed
    without items gives no items. Raises FeedParseError with the reason for anything else.
    """
    if len(payload) > max_bytes:
        raise FeedParseError(source_id, f"larger than {max_bytes} bytes")
    if not payload.strip():
        raise FeedParseError(source_id, "empty answer")
    text, encoding = decode_text(payload, content_type)
    notes: list[str] = []
    if wrong := text.count("\ufffd"):
        notes.append(f"{wrong} wrong bytes replaced")
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        return _parse_json(start, url, encoding, now, source_id, tuple(notes))
    _refuse_too_many(text, source_id)
    is_utf8 = encoding == "utf-8" and not payload.startswith(codecs.BOM_UTF8)
    document, harmless = harmless_xml(text, payload if is_utf8 and not wrong else b"", now, notes)
    head = feed_head(document)
    parsed, via = _parse_xml(document, head, harmless, notes)
    entries = parsed.get("entries") or []
    if not entries:
        _refuse_unless_feed(start, source_id)
    feed = parsed.get("feed") or {}
    base = _first_link(feed) or url
    return ParsedFeed(
        title=title_text(str(feed.get("title") or "")),
        url=base if is_web_url(base) else "",
        items=tuple(_item(entry, url or base) for entry in entries[:MAX_ITEMS]),
        via=via,
        encoding=encoding,
        ttl_s=ttl_s(head),
        hub_url=hub_url(head),
        topic_url=self_url(head),
        notes=tuple(notes),
    )


def looks_like_challenge(payload: bytes) -> bool:
    """Return whether an HTML answer is a JavaScript or captcha gate instead of content."""
    if len(payload) > _MAX_CHALLENGE:
        return False
    page = payload.decode("utf-8", "replace")
    has_few_words = len(plain_text(page)) < _MAX_CHALLENGE_WORDS
    return has_few_words and "<script" in page.lower() and bool(_CHALLENGE.search(page))


def _parse_xml(
    document: str, head: str, payload: bytes, notes: list[str]
) -> tuple[Mapping[str, Any], str]:
    # Imported here, for a worker alone parses and needs the second one seldom.
    import fastfeedparser

    try:
        if not _has_rich_titles(document, head):
            parsed = fastfeedparser.parse(
                payload,
                include_content="content" in document,
                include_media=False,
                include_enclosures=False,
            )
            if parsed.entries:
                return parsed, "fastfeedparser"
            reason = "no entries"
        else:
            reason = "titles in XHTML or base64"
    except Exception as error:  # noqa: BLE001 - whatever it trips over, feedparser may not
        reason = f"{type(error).__name__}: {str(error)[:120]}"
    import feedparser

    # Bytes with a header, so that feedparser neither guesses nor fetches anything.
    found = feedparser.parse(
        payload,
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    notes.append(f"feedparser after fastfeedparser: {reason}")
    return found, "feedparser"


def _has_rich_titles(document: str, head: str) -> bool:
    """Whether a title is more than escaped text; only Atom knows such titles."""
    if "<rss" in head and "<feed" not in head and "xmlns:atom" not in head:
        return False
    may_be = "xhtml" in document or "base64" in document or "mode=" in document
    return may_be and _RICH_TITLE.search(document) is not None


def _refuse_too_many(text: str, source_id: str) -> None:
    if len(text) < _MAX_ENTRIES * len("<item/>"):
        return
    if (count := text.count("<item") + text.count("<entry")) > _MAX_ENTRIES:
        raise FeedParseError(source_id, f"{count} entries, more than {_MAX_ENTRIES}")


def _refuse_unless_feed(start: str, source_id: str) -> None:
    """Raise FeedParseError unless the document's root is that of a feed."""
    without_comments = re.sub(r"<!--.*?-->", "", start[:50_000], flags=re.S)
    root = _ROOT.search(without_comments)
    name = root.group(1).lower().rpartition(":")[2] if root else ""
    if name in _FEED_ROOTS:
        return
    if name == "html" or "<html" in start[:2000].lower():
        is_gate = looks_like_challenge(start.encode())
        what = "a JavaScript challenge" if is_gate else "an HTML page"
        raise FeedParseError(source_id, f"{what}, not a feed")
    raise FeedParseError(source_id, f"not a feed: root element <{name}>" if name else "not XML")


def _item(entry: Mapping[str, Any], base: str) -> FeedItem:
    get = entry.get
    summary = get("summary") or get("description") or ""
    parts = get("content")
    content = _longest_content(parts) if parts else ""
    guid = str(get("id") or get("guid") or "").strip()
    link = _absolute(str(get("link") or _other_link(get("links"))).strip(), base)
    if not link and is_web_url(guid):
        link = guid
    lead = plain_text(str(summary))
    text = lead if content == summary else plain_text(content)
    if not text and len(lead) > _MAX_LEAD:
        text, lead = lead, ""
    if text and (not lead or text.startswith(lead[:-4] if lead.endswith("...") else lead)):
        lead = lead if 0 < len(lead) <= _MAX_LEAD else _first_paragraph(text)
    author, tags = get("author"), get("tags")
    published = _date(value) if (value := get("published")) else None
    updated = _date(value) if (value := get("updated")) else None
    return FeedItem(
        url=link,
        guid=guid or link,
        title=title_text(str(get("title") or "")),
        lead=lead,
        text="" if text == lead else text,
        published_at=published or updated,
        modified_at=updated if published and updated and updated > published else None,
        author=title_text(str(author)) if author else "",
        section=_section(tags) if tags else "",
    )


def _other_link(links: Any) -> str:
    for candidate in links or ():
        if candidate.get("rel", "alternate") == "alternate" and candidate.get("href"):
            return str(candidate["href"])
    return ""


def _absolute(link: str, base: str) -> str:
    if _PLAIN_LINK.fullmatch(link):
        return link
    link = html.unescape("".join(link.split()))
    with contextlib.suppress(ValueError):
        if link and base and not is_web_url(link):
            link = urljoin(base, link)
        if is_web_url(link):
            return link
    return ""


def _longest_content(parts: Any) -> str:
    values = [str(part.get("value") or "") for part in parts if isinstance(part, Mapping)]
    return max(values, key=len, default="")


def _first_paragraph(text: str) -> str:
    first = text.split("\n", 1)[0]
    return first if len(first) <= _MAX_LEAD else ""


def _section(tags: Any) -> str:
    for tag in tags:
        if isinstance(tag, Mapping) and (term := tag.get("label") or tag.get("term")):
            return title_text(str(term))[:120]
    return ""


def _date(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)  # what harmless_xml made of it
    except (ValueError, TypeError):
        return parse_date(str(value))
    return moment if moment.tzinfo is not None else parse_date(value)


def _first_link(feed: Mapping[str, Any]) -> str:
    return str(feed.get("link") or "").strip()


def _parse_json(
    text: str,
    url: str,
    encoding: str,
    now: datetime | None,
    source_id: str,
    notes: tuple[str, ...],
) -> ParsedFeed:
    """Return a JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise FeedParseError(source_id, f"neither XML nor JSON: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise FeedParseError(source_id, "JSON, but not a JSON Feed (no list of items)")
    home = str(data.get("home_page_url") or "")
    rows = [row for row in data["items"][:MAX_ITEMS] if isinstance(row, dict)]
    hubs = [hub.get("url", "") for hub in data.get("hubs") or () if isinstance(hub, dict)]
    return ParsedFeed(
        title=title_text(str(data.get("title") or "")),
        url=home if is_web_url(home) else "",
        items=tuple(_json_item(row, url or home, now) for row in rows),
        via="json",
        encoding=encoding,
        hub_url=next((hub for hub in hubs if is_web_url(str(hub))), ""),
        topic_url=str(data.get("feed_url") or ""),
        notes=notes,
    )


def _json_item(row: Mapping[str, Any], base: str, now: datetime | None) -> FeedItem:
    def moment(name: str) -> datetime | None:
        return parse_date(str(row[name]), now) if row.get(name) else None

    as_html = plain_text(str(row.get("content_html") or ""))
    text = as_html or plain_text(html.escape(str(row.get("content_text") or ""), quote=False))
    lead = plain_text(str(row.get("summary") or "")) or _first_paragraph(text)
    guid = str(row.get("id") or "")
    link = _absolute(str(row.get("url") or row.get("external_url") or ""), base)
    authors = row.get("authors") or [row.get("author")]
    names = [str(a.get("name") or "") for a in authors if isinstance(a, Mapping)]
    tags = row.get("tags") or [""]
    published, modified = moment("date_published"), moment("date_modified")
    return FeedItem(
        url=link or (guid if is_web_url(guid) else ""),
        guid=guid or link,
        title=title_text(str(row.get("title") or "")),
        lead=lead,
        text="" if text == lead else text,
        published_at=published or modified,
        modified_at=modified if published and modified and modified > published else None,
        author=title_text(", ".join(name for name in names if name)),
        section=title_text(str(tags[0])) if isinstance(tags, list) and tags else "",
    )
