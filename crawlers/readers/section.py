"""Section pages of papers without a feed: only the links are taken, the pages tell the rest."""

from __future__ import annotations

from crawlers.documents import ReadContext, article_from_item
from crawlers.feeds import FeedItem
from crawlers.links import article_links
from crawlers.readers.reader import Fetch, PageLink, Reading
from langnghe.document import document_id
from langnghe.errors import FeedParseError, InvalidDocument
from langnghe.source import FetchState, Source
from langnghe.url import identity_url

_MAX_LINKS = 60


class SectionReader:
    """Reads one section page; with pages switched off, its titles become documents."""

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        return (Fetch(source.url, headers=(("Accept", "text/html"),), is_conditional=True),)

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        url = context.url or fetch.url
        try:
            links = article_links(payload, url, context.content_type)[:_MAX_LINKS]
        except InvalidDocument as error:
            raise FeedParseError(source.id, str(error)) from error
        if not links:
            raise FeedParseError(source.id, "no article links found on the section page")
        if source.fetch_pages:
            return Reading(
                pages=tuple(PageLink(a, document_id(identity_url(a))) for a, _ in links),
                item_count=len(links),
            )
        items = (FeedItem(url=a, guid=a, title=t, lead="", text="") for a, t in links)
        documents = tuple(article_from_item(i, source, "section", context) for i in items)
        return Reading(documents=documents, item_count=len(links))
