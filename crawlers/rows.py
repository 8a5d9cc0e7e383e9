"""What was understood of one saved page or feed, as plain rows for the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crawlers.feeds import parse_feed
from crawlers.outlets import outlet_name
from crawlers.pages import extract_page
from langnghe.clock import to_local


def page_row(payload: bytes, url: str, now: datetime) -> dict[str, Any]:
    """Return the fields of an article page; times are ISO 8601 with the Vietnamese zone."""
    page = extract_page(payload, url=url, now=now)
    return {
        "title": page.title,
        "lead": page.lead,
        "text": page.text,
        "published_at": _moment(page.published_at),
        "modified_at": _moment(page.modified_at),
        "outlet": page.outlet,
        "section": page.section,
        "canonical_url": page.canonical_url,
        "byline": page.byline,
        "captions": list(page.captions),
        "via": page.via,
    }


def feed_rows(payload: bytes, url: str, now: datetime, max_bytes: int) -> dict[str, Any]:
    """Return a feed's own fields and its items in order."""
    feed = parse_feed(payload, url=url, now=now, max_bytes=max_bytes)
    address = next((item.url for item in feed.items if item.url), "")
    outlet = outlet_name(feed.title, url or feed.url or address)
    return {
        "title": feed.title,
        "url": feed.url,
        "via": feed.via,
        "encoding": feed.encoding,
        "ttl_s": feed.ttl_s,
        "hub_url": feed.hub_url,
        "notes": list(feed.notes),
        "items": [
            {
                "title": item.title,
                "lead": item.lead,
                "text": item.text,
                "published_at": _moment(item.published_at),
                "modified_at": _moment(item.modified_at),
                "outlet": outlet,
                "section": item.section,
                "canonical_url": item.canonical_url,
                "url": item.url,
                "guid": item.guid,
                "via": feed.via,
            }
            for item in feed.items
        ],
    }


def _moment(moment: datetime | None) -> str | None:
    return to_local(moment).isoformat() if moment else None
