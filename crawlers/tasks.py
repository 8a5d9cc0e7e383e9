"""What the limited workers can do, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crawlers.documents import ReadContext, article_from_page
from crawlers.feeds import parse_feed
from crawlers.pages import extract_page
from crawlers.readers import reader_for
from crawlers.readers.reader import Fetch, PageLink, Reading
from crawlers.rows import feed_rows, page_row
from langnghe.document import Document
from langnghe.source import Source


def read_answer(payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
    """Return what a source's answer holds."""
    return reader_for(source.kind).read(payload, fetch, source, context)


def read_article(payload: bytes, link: PageLink, source: Source, context: ReadContext) -> Document:
    """Return the document of an article page."""
    page = extract_page(
        payload, url=context.url, content_type=context.content_type, now=context.now
    )
    return article_from_page(page, source, context, known_id=link.document_id, known=link.known)


def read_front_page(payload: bytes, url: str, content_type: str) -> Any:
    """Return what a paper's front page offers."""
    from crawlers.discover import front_page

    return front_page(payload, url, content_type)


TASKS: dict[str, Callable[..., Any]] = {
    "answer": read_answer,
    "article": read_article,
    "front-page": read_front_page,
    "feed": parse_feed,
    "page": extract_page,
    "feed-rows": feed_rows,
    "page-row": page_row,
}
