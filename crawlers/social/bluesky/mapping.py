"""Bluesky's answers as posts (docs.bsky.app, lexicon app.bsky.feed)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crawlers.dates import parse_date
from crawlers.documents import SocialPost
from crawlers.social.api import part, rows, text_at
from langnghe.document import DocumentKind


def posts(data: Mapping[str, Any]) -> Iterator[SocialPost]:
    """Yield the posts of getAuthorFeed or searchPosts; reposts are left out."""
    for row in rows(data, "feed"):
        post = row.get("post")
        if isinstance(post, dict) and not row.get("reason"):
            yield _post(post)
    for row in rows(data, "posts"):
        yield _post(row)


def _post(row: Mapping[str, Any]) -> SocialPost:
    uri = text_at(row, "uri")
    parent = text_at(row, "record", "reply", "parent", "uri")
    likes = part(row, "likeCount")
    return SocialPost(
        identity=uri,
        author=text_at(row, "author", "handle"),
        author_names=(text_at(row, "author", "displayName"),),
        text=text_at(row, "record", "text"),
        published_at=parse_date(text_at(row, "record", "createdAt") or text_at(row, "indexedAt")),
        url=_link(uri),
        parent_identity=parent,
        kind=DocumentKind.COMMENT if parent else DocumentKind.POST,
        reach=likes if isinstance(likes, int) else None,
    )


def _link(uri: str) -> str:
    """Return the post's page by the account's opaque identifier, never by its handle."""
    account, _, rest = uri.removeprefix("at://").partition("/")
    key = rest.rpartition("/")[2]
    return f"https://bsky.app/profile/{account}/post/{key}" if account and key else ""
