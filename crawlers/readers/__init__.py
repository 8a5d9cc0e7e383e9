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

    return {
        SourceKind.FEED: FeedReader(),
        SourceKind.SECTION: SectionReader(),
        SourceKind.SITEMAP: SitemapReader(),
    }
