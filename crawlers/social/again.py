"""Posts of the last days are asked for again, so that one that its author deleted is not kept.

What the listings of a source still show has been read again by them; only what left them is asked
for, on the ages of :mod:`crawlers.rereading`. One "not there" may be a service's bad moment: an
hour later it is asked for a second time before it counts as gone.
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
from crawlers.readers.reader import PageLink, PostLink, Reading, Recheck, Rechecker
from crawlers.rereading import PagesRead
from crawlers.workers import FEED_LIMITS
from langnghe.document import Document
from langnghe.errors import LangNgheError
from langnghe.source import Source
from langnghe.url import host_of

logger = logging.getLogger(__name__)

_AGAIN = 2
_REQUESTS_AT_ONCE = 5
_POSTS_AT_ONCE = 200


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
        """Note the posts that a listing of the source shows now."""
        reader = reader_for(source.kind)
        if not isinstance(reader, Rechecker):
            return
        now = self._options.clock.now()
        posts = [PostLink(doc.url, doc.id, doc.parent_id) for doc in documents]
        for recheck in reader.again(source, posts, self._secret(source)):
            for post in recheck.posts:
                link = PageLink(post.url, post.document_id)
                self._read.remember(link, source.id, {}, now, post.parent_id)

    def submit(self, source: Source, until_s: float) -> None:
        """Ask for the posts of the source that are due; its report does not wait for them."""
        reader = reader_for(source.kind)
        if not isinstance(reader, Rechecker):
            return

        async def drop() -> None:
            """The next batch asks."""

        due = self._read.due_reads(source.id, self._options.clock.now(), _POSTS_AT_ONCE)
        posts = [PostLink(page.url, page.document_id, page.parent_id) for page, _ in due]
        rechecks = reader.again(source, posts, self._secret(source))
        asked = {post.document_id for recheck in rechecks for post in recheck.posts}
        for post in posts:
            if post.document_id not in asked:  # the source's address was changed
                self._read.forget(post.document_id)
        reasons = {page.document_id: reason for page, reason in due}
        for recheck in rechecks[:_REQUESTS_AT_ONCE]:
            fetch = replace(recheck.fetch, is_again=True)
            reason = reasons[recheck.posts[0].document_id]
            logger.info("%d posts by %s: %s", len(recheck.posts), fetch.url, reason)
            go = partial(self._go, source, reader, replace(recheck, fetch=fetch))
            self._lanes.submit(Errand(host_of(fetch.url), _AGAIN, until_s, go, drop))

    def save(self) -> None:
        """Keep what the next batch should know."""
        self._read.save(self._options.clock.now())

    def _secret(self, source: Source) -> str:
        return self._options.secrets.get(source.id, "")

    async def _go(
        self, source: Source, reader: Rechecker, recheck: Recheck
    ) -> Callable[[], Awaitable[None]]:
        try:
            answer = await self._ask(recheck.fetch, self._options.feed_max_bytes)
        except AskFailed as error:
            logger.info("posts by %s: %s", recheck.fetch.url, error)
            return _nothing
        self._pace.heed(answer)
        return partial(self._take, source, reader, recheck, answer)

    async def _take(
        self, source: Source, reader: Rechecker, recheck: Recheck, answer: Answer
    ) -> None:
        now = self._options.clock.now()
        try:
            gone = reader.gone(source, answer.status, answer.body, recheck)
            for document_id in gone:
                if self._read.missed(document_id, now):
                    self._read.forget(document_id)
                    await asyncio.to_thread(self._inbox.gone, document_id)
            there = {post.document_id for post in recheck.posts} - gone
            if there and 200 <= answer.status < 300:
                await self._revise(source, recheck, answer, there)
                for document_id in there:
                    self._read.tried(document_id, now)
        except LangNgheError as error:
            logger.warning("posts by %s: %s", recheck.fetch.url, error)
        except Exception:
            logger.exception("posts by %s", recheck.fetch.url)

    async def _revise(
        self, source: Source, recheck: Recheck, answer: Answer, there: set[str]
    ) -> None:
        """Hand in what the posts say now; the ledger tells an edit from what it holds."""
        context = ReadContext(now=self._options.clock.now(), author_key=self._options.author_key)
        reading: Reading = await asyncio.to_thread(
            self._parse, "answer", FEED_LIMITS, answer.body, recheck.fetch, source, context
        )
        found = [doc for doc in reading.documents if doc.id in there]
        if found:
            await asyncio.to_thread(self._inbox.put, found)


async def _nothing() -> None:
    """No answer came; it is asked for again in the next batch."""
