"""Mastodon's answers as posts (docs.joinmastodon.org/entities/Status)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crawlers.dates import parse_date
from crawlers.documents import SocialPost
from crawlers.markup import plain_text
from crawlers.social.api import rows, text_at
from langnghe.document import DocumentKind


def posts(statuses: Sequence[Any], base: str) -> Iterator[SocialPost]:
    """Yield public posts; boosts are left out, since the boosted post comes by itself."""
    for row in statuses:
        if not isinstance(row, dict) or row.get("reblog") or row.get("visibility") != "public":
            continue
        yield _post(row, base)


def _post(row: Mapping[str, Any], base: str) -> SocialPost:
    mentions = [text_at(mention, "acct") for mention in rows(row, "mentions")]
    reply_to = text_at(row, "in_reply_to_id")
    names = (text_at(row, "account", "username"), text_at(row, "account", "display_name"))
    return SocialPost(
        identity=text_at(row, "uri") or text_at(row, "id"),
        author=text_at(row, "account", "acct"),
        author_names=(*names, *mentions),
        title=plain_text(text_at(row, "spoiler_text")),
        text=plain_text(text_at(row, "content")),
        published_at=parse_date(text_at(row, "created_at")),
        modified_at=parse_date(text_at(row, "edited_at")),
        # The post's own address holds its author's name; this one does not.
        url=f"{base}/web/statuses/{text_at(row, 'id')}",
        parent_identity=reply_to,
        kind=DocumentKind.COMMENT if reply_to else DocumentKind.POST,
    )
