"""The preview page of a channel (t.me/s/…) as posts."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crawlers.blocks import body_lines
from crawlers.dates import parse_date
from crawlers.documents import SocialPost
from crawlers.sites.rule import select


def posts(tree: etree._Element) -> Iterator[SocialPost]:
    """Yield the messages with words; ``data-post`` is "channel/number"."""
    for message in select(tree, "div.tgme_widget_message[data-post]"):
        texts = select(message, "div.tgme_widget_message_text")
        if not texts:
            continue
        identity = message.get("data-post") or ""
        times = select(message, "time[datetime]")
        yield SocialPost(
            identity=identity,
            author=identity.partition("/")[0],
            text="\n".join(body_lines(texts[-1])),
            published_at=parse_date(times[-1].get("datetime") or "") if times else None,
            url=f"https://t.me/{identity}",
        )
