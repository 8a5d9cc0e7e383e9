"""Posts of the last days are asked for again, so that one that its author deleted is not kept.

What the listing of a source still shows has been read again by that; only a post that left it is
asked for alone, on the ages of :mod:`crawlers.rereading`. One "not there" may be a service's bad
moment: an hour later it is asked for a second time before it counts as gone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from crawlers.answers import Answer, Ask, AskFailed, Parse
from crawlers.documents import ReadContext
from crawlers.lanes import Errand, HostPace, Lanes
from crawlers.options import CrawlOptions
from crawlers.ports import Inbox
from crawlers.readers import reader_for
from crawlers.readers.reader import Fetch, PageLink, Reading, Rechecker
from crawlers.rereading import PagesRead
from crawlers.workers import FEED_LIMITS
from langnghe.document import Document
from langnghe.errors import LangNgheError
from langnghe.source import Source
from langnghe.url import host_of

logger = logging.getLogger(__name__)

_AGAIN = 2


class PostsAgain:
    """Remembers the posts that were read and asks for those that left their source's listing."""

    def __init__(
        self,
        inbox: Inbox,
        options: CrawlOptions,
        lanes: Lanes,
        *,
        ask: Ask,
        parse: Parse,
        pace: HostPace,
    ) -> None:
        self._inbox, self._options, self._lanes = inbox, options, lanes
        self._ask, self._parse, self._pace = ask, parse, pace
        self._read = PagesRead(options.cache_dir and options.cache_dir / "posts-read.json")

    def listed(self, source: Source, documents: Sequence[Document]) -> None:
        """Note the posts that the source's listing shows now."""
        reader = reader_for(source.kind)
        if not isinstance(reader, Rechecker):
            return
        now = self._options.clock.now()
        for doc in documents:
            if reader.again(source, doc.url, doc.id):
                self._read.remember(PageLink(doc.url, doc.id), source.id, {}, now)

    def submit(self, source: Source, until_s: float) -> None:
        """Ask for the posts of the source that are due; its report does not wait for them."""
        reader = reader_for(source.kind)
        if not isinstance(reader, Rechecker):
            return

        async def drop() -> None:
            """The next batch asks."""

        for page, reason in self._read.due_reads(source.id, self._options.clock.now()):
            fetch = reader.again(source, page.url, page.document_id)
            if fetch is None:  # the source's address was changed
                self._read.forget(page.document_id)
                continue
            logger.info("post %s: %s", fetch.url, reason)
            fetch = replace(fetch, page=PageLink(page.url, page.document_id))
            go = partial(self._go, source, reader, fetch)
            self._lanes.submit(Errand(host_of(fetch.url), _AGAIN, until_s, go, drop))

    def save(self) -> None:
        """Keep what the next batch should know."""
        self._read.save(self._options.clock.now())

    async def _go(
        self, source: Source, reader: Rechecker, fetch: Fetch
    ) -> Callable[[], Awaitable[None]]:
        try:
            answer = await self._ask(fetch, self._options.feed_max_bytes)
        except AskFailed as error:
            logger.info("post %s: %s", fetch.url, error)
            return _nothing
        self._pace.heed(answer)
        return partial(self._take, source, reader, fetch, answer)

    async def _take(self, source: Source, reader: Rechecker, fetch: Fetch, answer: Answer) -> None:
        assert fetch.page is not None
        document_id, now = fetch.page.document_id, self._options.clock.now()
        try:
            if reader.is_gone(answer.status, answer.body):
                if self._read.missed(document_id, now):
                    self._read.forget(document_id)
                    await asyncio.to_thread(self._inbox.gone, document_id)
            elif 200 <= answer.status < 300:
                await self._revise(source, fetch, answer)
                self._read.tried(document_id, now)
        except LangNgheError as error:
            logger.warning("post %s: %s", fetch.url, error)
        except Exception:
            logger.exception("post %s", fetch.url)

    async def _revise(self, source: Source, fetch: Fetch, answer: Answer) -> None:
        """Hand in what the post says now; the ledger tells an edit from what it holds."""
        context = ReadContext(now=self._options.clock.now(), author_key=self._options.author_key)
        reading: Reading = await asyncio.to_thread(
            self._parse, "answer", FEED_LIMITS, answer.body, fetch, source, context
        )
        assert fetch.page is not None
        found = [doc for doc in reading.documents if doc.id == fetch.page.document_id]
        if found:
            await asyncio.to_thread(self._inbox.put, found)


async def _nothing() -> None:
    """No answer came; it is asked for again in the next batch."""
