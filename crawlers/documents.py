"""From what was read to what is stored: identity, possible times, and no private person's data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from crawlers.dates import clamp_published
from crawlers.feeds import FeedItem
from crawlers.masking import HANDLE, mask
from crawlers.pseudonym import author_key, quarter_of
from langnghe.claim import FactCheck
from langnghe.clock import to_local
from langnghe.document import Channel, Document, DocumentKind, document_id
from langnghe.errors import InvalidDocument
from langnghe.source import Source
from langnghe.text import normalize
from langnghe.url import canonical_url, identity_url, is_web_url

if TYPE_CHECKING:  # the crawl itself loads no parser of pages
    from crawlers.pages import PageArticle

_REPLY = re.compile(r"^\s*(?:re|trả lời|tra loi|phản hồi)\s*:\s*", re.I)
_MIN_HANDLE = 3
_MAX_TEXT = 200_000


@dataclass(frozen=True)
class ReadContext:
    """What a reader needs beside the bytes: when, under which key, with which limits."""

    now: datetime
    author_key: bytes = b""
    url: str = ""
    content_type: str = ""
    max_bytes: int = 10_000_000


@dataclass(frozen=True)
class SocialPost:
    """A post or comment as an API gives it, before anything private is taken out of it."""

    identity: str
    author: str
    text: str
    published_at: datetime | None
    url: str = ""
    title: str = ""
    parent_identity: str = ""
    parent_title: str = ""
    kind: DocumentKind = DocumentKind.POST
    modified_at: datetime | None = None
    author_names: tuple[str, ...] = ()
    reach: int | None = None


def article_from_item(item: FeedItem, source: Source, via: str, context: ReadContext) -> Document:
    """Return the press document of a feed item; raises InvalidDocument without link or words."""
    if not item.url:
        raise InvalidDocument("", f"item without a link: {item.title[:80]!r}")
    if not (item.title or item.lead or item.text):
        raise InvalidDocument("", f"item without words: {item.url[:120]}")
    published_at, notes = clamp_published(item.published_at, context.now)
    return Document(
        id=document_id(identity_url(item.url)),
        kind=source.document_kind,
        source_id=source.id,
        outlet=source.outlet,
        url=canonical_url(item.url),
        title=normalize(item.title) or normalize(item.lead)[:120],
        lead=normalize(item.lead),
        text=normalize(item.text)[:_MAX_TEXT],
        published_at=published_at,
        first_seen_at=context.now,
        fetched_at=context.now,
        modified_at=_possible(item.modified_at, context.now),
        guid=item.guid[:500],
        section=normalize(item.section),
        byline=normalize(item.author)[:200],
        channel=Channel.FEED,
        outlet_kind=source.outlet_kind,
        province=source.province,
        weight=source.weight,
        notes=notes,
        extraction=f"feed {via}",
    )


def article_from_page(
    page: PageArticle,
    source: Source,
    context: ReadContext,
    *,
    known_id: str = "",
    known: Document | None = None,
) -> Document:
    """Return the press document of an article page that was read at ``context.url``.

    ``known`` is what the item that led here told; it fills what the page does not say.
    """
    published_at, notes = clamp_published(page.published_at, context.now)
    if page.published_at is None and known is not None:
        published_at, notes = known.published_at, known.notes
    url = page.canonical_url or canonical_url(context.url)
    id = known_id or document_id(identity_url(url))
    return Document(
        id=id,
        kind=source.document_kind,
        source_id=source.id,
        outlet=source.outlet,
        url=url,
        title=normalize(page.title),
        lead=normalize(page.lead) or (known.lead if known else ""),
        text=normalize(page.text)[:_MAX_TEXT],
        published_at=published_at,
        first_seen_at=context.now,
        fetched_at=context.now,
        modified_at=_possible(page.modified_at, context.now),
        section=normalize(page.section) or (known.section if known else ""),
        byline=normalize(page.byline)[:200] or (known.byline if known else ""),
        guid=known.guid if known else "",
        channel=Channel.PAGE,
        outlet_kind=source.outlet_kind,
        province=source.province,
        weight=source.weight,
        captions=tuple(normalize(caption) for caption in page.captions),
        notes=notes,
        extraction=f"page {page.via.get('text', '')}".strip(),
        review=_fact_check(page, id, url, source.outlet, published_at),
    )


def _fact_check(
    page: PageArticle, document_id: str, url: str, outlet: str, published_at: datetime
) -> FactCheck | None:
    """Return the page's review of a claim as a filled form; the page fills what it leaves out."""
    review = page.review
    if review is None:
        return None
    return FactCheck(
        id=document_id,
        claim=normalize(review.claim),
        correction=normalize(page.title),
        dated=review.dated or to_local(published_at).date(),
        url=url,
        quote=normalize(review.body or page.lead),
        verdict=review.verdict,
        publisher=normalize(review.publisher) or outlet,
    )


def post_from_item(item: FeedItem, source: Source, via: str, context: ReadContext) -> Document:
    """Return the social document of a feed item (a forum's or a community's RSS)."""
    post = SocialPost(
        identity=item.guid or item.url or f"{item.title}\x1f{item.text or item.lead}",
        author=item.author,
        text=item.text or item.lead,
        published_at=item.published_at,
        url=item.url,
        title=item.title,
        kind=source.document_kind,
        modified_at=item.modified_at,
    )
    return social_document(post, source, via, context)


def post_id(source: Source, identity: str) -> str:
    """Return the id of the document of a post."""
    return document_id(f"{source.id}\x1f{identity}")


def social_document(
    post: SocialPost,
    source: Source,
    via: str,
    context: ReadContext,
    channel: Channel = Channel.FEED,
) -> Document:
    """Return a post or comment with its author replaced by a pseudonym and its text masked.

    The pseudonym's quarter is that of publication, so that reading a post again gives the same one.
    Raises InvalidDocument for a post without words.
    """
    published_at, notes = clamp_published(post.published_at, context.now)
    network = source.kind.value if source.kind.value != "feed" else source.id
    handles = tuple(dict.fromkeys((post.author, *post.author_names)))
    title, parent_title = _thread(post)
    title, text, parent_title = (
        normalize(mask(_without_handles(part, handles)))
        for part in (title, post.text, parent_title)
    )
    if not title and not text:
        raise InvalidDocument("", "post without words")
    return Document(
        id=post_id(source, post.identity),
        kind=post.kind,
        source_id=source.id,
        outlet=source.outlet,
        url=_private_url(post.url, handles, is_api=channel is Channel.API),
        title=title,
        lead="",
        text=text[:_MAX_TEXT],
        published_at=published_at,
        first_seen_at=context.now,
        fetched_at=context.now,
        modified_at=_possible(post.modified_at, context.now),
        parent_id=(post_id(source, post.parent_identity) if post.parent_identity else ""),
        parent_title=parent_title,
        author_key=author_key(post.author, network, context.author_key, quarter_of(published_at))
        if context.author_key
        else "",
        channel=channel,
        outlet_kind=source.outlet_kind,
        province=source.province,
        weight=source.weight,
        notes=notes,
        extraction=f"{'feed' if channel is Channel.FEED else 'api'} {via}",
        reach=post.reach,
    )


def _thread(post: SocialPost) -> tuple[str, str]:
    """Return a post's own title and its thread's: "Trả lời: X" has none of its own."""
    if post.parent_title:
        return post.title, post.parent_title
    if match := _REPLY.match(post.title):
        return "", post.title[match.end() :].strip()
    return post.title, ""


def _without_handles(text: str, handles: tuple[str, ...]) -> str:
    for handle in handles:
        if len(handle) >= _MIN_HANDLE:
            text = re.sub(rf"(?<!\w)@?{re.escape(handle)}(?!\w)", HANDLE, text, flags=re.I)
    return text


def _private_url(url: str, handles: tuple[str, ...], *, is_api: bool) -> str:
    """Return the post's address unless it names its author (then ""); an API's is made of ids."""
    if not is_web_url(url):
        return ""
    lower = url.lower()
    if any(len(h) >= _MIN_HANDLE and h.lower().lstrip("@") in lower for h in handles):
        return ""
    return url if is_api or mask(url) == url else ""


def _possible(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment <= now else None
