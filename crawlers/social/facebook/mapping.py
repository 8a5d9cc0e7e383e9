"""Facebook's answers as posts (developers.facebook.com/docs/graph-api)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crawlers.dates import parse_date
from crawlers.documents import SocialPost
from crawlers.social.api import rows, text_at
from langnghe.document import DocumentKind

_TITLE_LENGTH = 80


def posts(data: Mapping[str, Any]) -> Iterator[SocialPost]:
    """Yield the posts of a page's feed; those without words (a photo alone) are left out."""
    for row in rows(data, "data"):
        message = text_at(row, "message") or text_at(row, "story")
        if not message:
            continue
        yield SocialPost(
            identity=text_at(row, "id"),
            author=text_at(row, "from", "id") or text_at(row, "id").partition("_")[0],
            author_names=(text_at(row, "from", "name"),),
            text=message,
            published_at=parse_date(text_at(row, "created_time")),
            modified_at=parse_date(text_at(row, "updated_time")),
            url=text_at(row, "permalink_url"),
        )


def comments(data: Mapping[str, Any], post_id: str, title: str) -> Iterator[SocialPost]:
    """Yield the comments under a post."""
    for row in rows(data, "data"):
        likes = row.get("like_count")
        yield SocialPost(
            identity=text_at(row, "id"),
            author=text_at(row, "from", "id"),
            author_names=(text_at(row, "from", "name"),),
            text=text_at(row, "message"),
            published_at=parse_date(text_at(row, "created_time")),
            url=text_at(row, "permalink_url"),
            parent_identity=text_at(row, "parent", "id") or post_id,
            parent_title=title,
            kind=DocumentKind.COMMENT,
            reach=likes if isinstance(likes, int) else None,
        )


def title_of(post: SocialPost) -> str:
    """Return the beginning of a post: what its comments are listed under."""
    first = post.text.split("\n", 1)[0]
    return first if len(first) <= _TITLE_LENGTH else first[:_TITLE_LENGTH].rsplit(" ", 1)[0] + "…"
