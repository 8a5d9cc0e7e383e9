"""News sitemaps (sitemaps.org with Google's news extension) and indexes of them."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from crawlers.dates import parse_date
from crawlers.decoding import decode_text
from crawlers.documents import ReadContext, article_from_item
from crawlers.feeds import FeedItem
from crawlers.markup import title_text
from crawlers.readers.reader import Fetch, PageLink, Reading
from langnghe.document import Document, document_id
from langnghe.errors import FeedParseError, InvalidDocument
from langnghe.source import FetchState, Source
from langnghe.url import identity_url, is_web_url

_MAX_URLS = 300
_MAX_CHILDREN = 2
_RECENT = timedelta(days=2)
_ENTRY = re.compile(r"<(url|sitemap)\b[^<>]*>(.*?)</\1\s*>", re.I | re.S)
_FIELD = re.compile(
    r"<(?:\w+:)?(loc|lastmod|publication_date|title|keywords)\b[^<>]*>\s*(?:<!\[CDATA\[)?(.*?)"
    r"(?:\]\]>)?\s*</(?:\w+:)?\1\s*>",
    re.I | re.S,
)


class SitemapReader:
    """Reads a news sitemap, or the newest parts of an index."""

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        return (Fetch(source.url, headers=(("Accept", "application/xml"),), is_conditional=True),)

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        if len(payload) > context.max_bytes:
            raise FeedParseError(source.id, f"larger than {context.max_bytes} bytes")
        text, _ = decode_text(payload, context.content_type)
        if not re.search(r"<(?:\w+:)?(?:urlset|sitemapindex)\b", text[:5000], re.I):
            raise FeedParseError(source.id, "not a sitemap")
        entries = [(kind.lower(), _fields(body)) for kind, body in _ENTRY.findall(text)]
        if fetch.note != "child" and entries and entries[0][0] == "sitemap":
            return Reading(follow=_children([row for _, row in entries]))
        return self._urls([row for _, row in entries], source, context)

    def _urls(self, rows: list[dict[str, str]], source: Source, context: ReadContext) -> Reading:
        rows = [row for row in rows if is_web_url(row.get("loc", ""))]
        rows = sorted(rows, key=_moment, reverse=True)[:_MAX_URLS]
        documents: list[Document] = []
        pages: list[PageLink] = []
        problems: list[str] = []
        for row in rows:
            published = parse_date(row.get("publication_date", "") or row.get("lastmod", ""))
            if published is None or published < context.now - _RECENT:
                continue
            item = FeedItem(
                url=row["loc"],
                guid=row["loc"],
                title=title_text(row.get("title", "")),
                lead="",
                text="",
                published_at=published,
            )
            try:
                doc = article_from_item(item, source, "sitemap", context) if item.title else None
            except (InvalidDocument, ValueError) as error:
                problems.append(str(error))
                continue
            if doc is not None:
                documents.append(doc)
            if source.fetch_pages:
                pages.append(_page(item, doc))
        return Reading(
            documents=tuple(documents),
            pages=tuple(pages),
            item_count=len(rows),
            problems=tuple(problems),
        )


def _page(item: FeedItem, doc: Document | None) -> PageLink:
    return PageLink(item.url, doc.id if doc else document_id(identity_url(item.url)), doc)


def _fields(body: str) -> dict[str, str]:
    return {name.lower(): html.unescape(value).strip() for name, value in _FIELD.findall(body)}


def _moment(row: dict[str, str]) -> str:
    moment = parse_date(row.get("publication_date", "") or row.get("lastmod", ""))
    return moment.isoformat() if moment else ""


def _children(rows: list[dict[str, str]]) -> tuple[Fetch, ...]:
    """Return the sitemaps of an index worth reading: news ones first, then the newest."""
    good = [row for row in rows if is_web_url(row.get("loc", ""))]
    good.sort(key=lambda row: ("news" in row["loc"].lower(), _moment(row)), reverse=True)
    return tuple(Fetch(row["loc"], note="child") for row in good[:_MAX_CHILDREN])
