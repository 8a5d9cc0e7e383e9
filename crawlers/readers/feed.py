"""RSS, Atom, RDF and JSON feeds: of papers (articles) and of forums (posts)."""

from __future__ import annotations

from crawlers.documents import ReadContext, article_from_item, post_from_item
from crawlers.feeds import parse_feed
from crawlers.readers.reader import Fetch, PageLink, Reading
from langnghe.document import Document
from langnghe.errors import InvalidDocument
from langnghe.source import FetchState, Source

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.8, */*;q=0.5"
)


class FeedReader:
    """Reads one feed document."""

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        return (Fetch(source.url, headers=(("Accept", ACCEPT),), is_conditional=True),)

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        feed = parse_feed(
            payload,
            url=context.url or fetch.url,
            content_type=context.content_type,
            now=context.now,
            max_bytes=context.max_bytes,
            source_id=source.id,
        )
        make = post_from_item if source.document_kind.is_social else article_from_item
        documents: dict[str, Document] = {}
        problems: list[str] = []
        for item in feed.items:
            try:
                doc = make(item, source, feed.via, context)
            except (InvalidDocument, ValueError) as error:
                problems.append(str(error))
                continue
            documents.setdefault(doc.id, doc)
        wants_pages = source.fetch_pages and not source.document_kind.is_social
        return Reading(
            documents=tuple(documents.values()),
            pages=tuple(PageLink(d.url, d.id, d) for d in documents.values())
            if wants_pages
            else (),
            item_count=len(feed.items),
            title=feed.title,
            ttl_s=feed.ttl_s,
            hub_url=feed.hub_url,
            topic_url=feed.topic_url or source.url,
            problems=tuple(problems),
        )
