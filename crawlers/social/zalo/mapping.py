"""Zalo's answers as posts (developers.zalo.me/docs/official-account)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crawlers.dates import parse_date
from crawlers.documents import SocialPost
from crawlers.markup import title_text
from crawlers.social.api import part, rows, text_at


def posts(data: Mapping[str, Any]) -> Iterator[SocialPost]:
    """Yield the account's shown articles."""
    inner = part(data, "data")
    for row in rows(inner, "medias") if isinstance(inner, dict) else []:
        if row.get("status", "show") != "show":
            continue
        views = row.get("total_view")
        yield SocialPost(
            identity=text_at(row, "id"),
            author="official-account",
            title=title_text(text_at(row, "title")),
            text="",
            published_at=parse_date(text_at(row, "create_date")),
            modified_at=parse_date(text_at(row, "update_date")),
            url=text_at(row, "link_view"),
            reach=views if isinstance(views, int) else None,
        )
