"""One reader per kind of source."""

from __future__ import annotations

from functools import cache

from crawlers.readers.reader import Reader
from langnghe.errors import ConfigError
from langnghe.source import SourceKind


def reader_for(kind: SourceKind) -> Reader:
    """Return the reader of ``kind``; raises ConfigError for a kind that is not read over HTTP."""
    readers = _readers()
    if kind not in readers:
        raise ConfigError(f"no reader for sources of kind {kind.value!r}")
    return readers[kind]


@cache
def _readers() -> dict[SourceKind, Reader]:
    from crawlers.readers.feed import FeedReader
    from crawlers.readers.section import SectionReader
    from crawlers.readers.sitemap import SitemapReader
    from crawlers.social.bluesky.client import BlueskyReader
    from crawlers.social.facebook.client import FacebookReader
    from crawlers.social.mastodon.client import MastodonReader
    from crawlers.social.reddit.client import RedditReader
    from crawlers.social.telegram.client import TelegramReader
    from crawlers.social.youtube.client import YouTubeReader
    from crawlers.social.zalo.client import ZaloReader

    return {
        SourceKind.BLUESKY: BlueskyReader(),
        SourceKind.FACEBOOK: FacebookReader(),
        SourceKind.MASTODON: MastodonReader(),
        SourceKind.REDDIT: RedditReader(),
        SourceKind.TELEGRAM: TelegramReader(),
        SourceKind.YOUTUBE: YouTubeReader(),
        SourceKind.ZALO: ZaloReader(),
        SourceKind.FEED: FeedReader(),
        SourceKind.SECTION: SectionReader(),
        SourceKind.SITEMAP: SitemapReader(),
    }
