"""Reddit's Atom entries as posts."""

from __future__ import annotations

import re

from crawlers.documents import SocialPost
from crawlers.feeds import FeedItem

_SUBMITTED = re.compile(r"\s*submitted by\s+/u/\S+(?:\s+to\s+r/\S+)?.*$", re.S | re.I)


def post_of(item: FeedItem) -> SocialPost:
    """Return the post of an entry without the line that names its author."""
    author = item.author.removeprefix("/u/")
    return SocialPost(
        identity=item.guid,
        author=author,
        author_names=(f"/u/{author}", f"u/{author}"),
        title=item.title,
        text=_SUBMITTED.sub("", item.text or item.lead),
        published_at=item.published_at,
        url=item.url,
    )
