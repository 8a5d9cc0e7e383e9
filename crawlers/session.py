"""A batch, apart from how requests are made: ask what readers want, understand, tell the inbox.

How one source is read:

1. Its reader names the first requests; feeds are asked conditionally.
2. The answer is understood in a limited worker; what kills the worker is quarantined.
3. All documents go into the inbox in one transaction, before any page is asked for.
4. Pages are read only for documents whose full text is not stored, newest first, while the
   batch has time; they go into the inbox a few at a time (crawlers.handover).
5. Pages of the last days are read again, a few at a time and last (crawlers.rereading).
6. Pages of links that people added are read first (crawlers.added).
7. Posts that left their source's listing are asked for alone (crawlers.social.again).
8. When nothing is open any more, the source is reported once. A batch killed before that leaves
   the source leased, and it is simply read again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol

from crawlers.added import HTML, PASSING, Added, AddedLinks
from crawlers.answers import Answer, Ask, AskFailed, Parse
from crawlers.documents import ReadContext
from crawlers.feeds import looks_like_challenge
from crawlers.handover import Handover
from crawlers.headers import max_age_s, retry_after_s, validators
from crawlers.lanes import Errand, HostPace, Lanes
from crawlers.mailbox.read import read_mailbox
from crawlers.options import CrawlOptions
from crawlers.polling import wants_unconditional
from crawlers.ports import CrawlJob, Inbox, Pushed
from crawlers.readers import reader_for
from crawlers.readers.reader import Fetch, PageLink, Reading
from crawlers.rereading import PagesRead, is_elsewhere, is_front_page
from crawlers.run import SourceRun
from crawlers.social.again import PostsAgain
from crawlers.social.trouble import is_of_one_item, service_words
from crawlers.workers import FEED_LIMITS, PAGE_LIMITS, WorkerLimit
from langnghe.errors import LangNgheError
from langnghe.source import SourceKind
from langnghe.url import host_of

__all__ = ["Answer", "Ask", "AskFailed", "Parse", "Session"]

logger = logging.getLogger(__name__)

_MAX_FOLLOW = 40
_MAX_FETCHES = 200
_SOURCE, _PAGE, _AGAIN = 0, 1, 2
_KEPT_BYTES = 200_000
_GONE = {404, 410}


class Understand(Protocol):
    """Makes sense of an answer; True where its request is closed later by the handover."""

    async def __call__(self, run: SourceRun, fetch: Fetch, answer: Answer) -> bool: ...


class Session:
    """Reads the jobs of one batch."""

    def __init__(
        self,
        jobs: Sequence[CrawlJob],
        inbox: Inbox,
        options: CrawlOptions,
        *,
        ask: Ask,
        parse: Parse,
        pushed: Sequence[Pushed] = (),
        added: Added | None = None,
    ) -> None:
        self._jobs, self._inbox, self._options = jobs, inbox, options
        self._ask, self._parse, self._pushed, self._added = ask, parse, pushed, added
        started = time.monotonic()
        self._pages_until_s = started + options.batch_s
        self._sources_until_s = started + 2 * options.batch_s
        self._rereads_until_s = started + options.batch_s / 4
        path = options.cache_dir and options.cache_dir / "hosts.json"
        self._pace = HostPace(options.host_delay_s, path)
        self._lanes = Lanes(self._pace, options.concurrency, backlog=4 * options.workers)
        self._wanted_pages: set[str] = set()
        self._pages_read = PagesRead(options.cache_dir and options.cache_dir / "pages-read.json")
        self._posts = PostsAgain(inbox, options, self._lanes, ask=ask, parse=parse, pace=self._pace)
        self._handover = Handover(inbox, self._close)

    async def run(self) -> None:
        """Read all jobs and report each; a source's failure stays with that source."""
        mailboxes = [job for job in self._jobs if job.source.kind is SourceKind.MAILBOX]
        reading = [asyncio.create_task(self._read_mailbox(job)) for job in mailboxes]
        if self._added is not None:
            self._submit_added(self._added)
        for job in self._jobs:
            if job.source.kind is SourceKind.MAILBOX:
                continue
            run = SourceRun(job, self._options.clock.now())
            try:
                secret = self._options.secrets.get(job.source.id, "")
                fetches = reader_for(job.source.kind).first(job.source, job.state, secret)
            except LangNgheError as error:
                run.settle("refused", str(error))
                await self._report(run)
                continue
            run.open_requests = len(fetches)
            for fetch in fetches:
                self._submit(run, self._with_validators(fetch, job))
            self._submit_rereads(job)
        await asyncio.gather(*map(self._understand_push, self._pushed))
        await self._lanes.finish()
        await self._handover.finish()
        await asyncio.gather(*reading)
        self._pace.save()
        self._pages_read.save(self._options.clock.now())
        self._posts.save()

    async def _understand_push(self, pushed: Pushed) -> None:
        """Read what a hub pushed as if the source had answered it; the poll's report is another."""
        source = pushed.job.source
        run = SourceRun(pushed.job, self._options.clock.now(), open_requests=1, is_reported=True)
        fetch = reader_for(source.kind).first(source, pushed.job.state, "")[0]
        answer = Answer(source.url, 200, {"content-type": pushed.content_type}, pushed.body)
        await self._understand(run, fetch, answer, self._source_answer)

    async def _read_mailbox(self, job: CrawlJob) -> None:
        """A mailbox is no web host: it is read over IMAP, in a thread."""
        options = self._options
        password = options.secrets.get(job.source.id, "")
        try:
            report = await asyncio.to_thread(
                read_mailbox,
                job,
                self._inbox,
                password,
                now=options.clock.now(),
                author_key=options.author_key,
            )
            await asyncio.to_thread(self._inbox.report, report)
        except LangNgheError:
            logger.exception("mailbox %s", job.source.id)

    def _submit_added(self, added: Added) -> None:
        links = AddedLinks(added, self._options, ask=self._ask, parse=self._parse, pace=self._pace)
        for entry in added.entries:
            self._lanes.submit(links.errand(entry, self._pages_until_s))

    def _submit(self, run: SourceRun, fetch: Fetch) -> None:
        async def drop() -> None:
            await self._close(run)

        self._lanes.submit(
            Errand(
                host_of(fetch.url),
                _SOURCE,
                self._sources_until_s,
                partial(self._go, run, fetch, self._options.feed_max_bytes, self._source_answer),
                drop,
            )
        )

    def _submit_page(self, run: SourceRun, link: PageLink) -> None:
        async def drop() -> None:
            run.postponed_pages += 1
            await self._close(run)

        fetch = Fetch(link.url, headers=(("Accept", HTML),), page=link)
        self._lanes.submit(
            Errand(
                host_of(link.url),
                _PAGE,
                self._pages_until_s,
                partial(self._go, run, fetch, self._options.page_max_bytes, self._page_answer),
                drop,
            )
        )

    def _submit_rereads(self, job: CrawlJob) -> None:
        """Ask again for pages of the source; its report does not wait for them."""
        if not (self._options.fetch_pages and job.source.fetch_pages):
            return
        run = SourceRun(job, self._options.clock.now(), is_reported=True)

        async def drop() -> None:
            """The next batch asks."""

        for fetch, reason in self._pages_read.due(job.source.id, run.started_at):
            logger.info("page %s: %s", fetch.url, reason)
            fetch = fetch.with_headers(("Accept", HTML))
            max_bytes = self._options.page_max_bytes
            go = partial(self._go, run, fetch, max_bytes, self._reread_answer)
            self._lanes.submit(Errand(host_of(fetch.url), _AGAIN, self._rereads_until_s, go, drop))

    async def _go(
        self,
        run: SourceRun,
        fetch: Fetch,
        max_bytes: int,
        understand: Understand,
    ) -> Callable[[], Awaitable[None]]:
        """Make the request; return what understands the answer and closes the request."""
        try:
            answer = await self._ask(fetch, max_bytes)
        except AskFailed as error:
            if fetch.page is None:
                run.settle(error.outcome, str(error))
            elif error.outcome == "network-error" and not fetch.is_again:
                run.postponed_pages += 1
            return partial(self._close, run)
        run.was_answered = True
        self._pace.heed(answer)
        return partial(self._understand, run, fetch, answer, understand)

    async def _understand(
        self,
        run: SourceRun,
        fetch: Fetch,
        answer: Answer,
        understand: Understand,
    ) -> None:
        """Whatever goes wrong with an answer stays with its source."""
        try:
            if await understand(run, fetch, answer):
                return  # the handover closes the request
        except LangNgheError as error:
            logger.warning("source %s: %s", run.job.source.id, error)
            run.fail(str(error))
        except Exception as error:
            logger.exception("source %s", run.job.source.id)
            run.fail(f"{type(error).__name__}: {error}")
        await self._close(run)

    async def _source_answer(self, run: SourceRun, fetch: Fetch, answer: Answer) -> bool:
        run.status = answer.status
        run.retry_after_s = retry_after_s(answer.headers)
        if answer.status == 304:
            run.settle("not-modified")
            return False
        if not 200 <= answer.status < 300:
            self._refused(run, fetch, answer)
            return False
        if fetch.is_conditional:
            run.etag = answer.headers.get("etag", "")[:500]
            run.last_modified = answer.headers.get("last-modified", "")[:200]
        reading = await self._reading(run, fetch, answer)
        if reading is None:
            return False
        run.item_count += reading.item_count
        run.ttl_s = reading.ttl_s or max_age_s(answer.headers)
        run.hub_url, run.topic_url = reading.hub_url, reading.topic_url
        is_empty = not (reading.item_count or reading.follow or reading.is_quiet_normal)
        run.settle("empty" if is_empty else "ok", "200 without items" if is_empty else "")
        if reading.documents:
            result = await asyncio.to_thread(self._inbox.put, reading.documents)
            run.new_count += len(result.new)
            self._posts.listed(run.job.source, reading.documents)
        run.is_listing_read |= fetch.is_api and not fetch.note
        for follow in reading.follow[:_MAX_FOLLOW]:
            if run.fetch_count < _MAX_FETCHES:
                run.fetch_count += 1
                run.open_requests += 1
                self._submit(run, follow)
        await self._want_pages(run, reading.pages)
        return False

    def _refused(self, run: SourceRun, fetch: Fetch, answer: Answer) -> None:
        """Take a refusal with the service's own words; one post's refusal is not the source's."""
        words = service_words(answer.body) if fetch.is_api else ""
        if secret := self._options.secrets.get(run.job.source.id, ""):
            words = words.replace(secret, "…")
        if fetch.is_api and fetch.note and is_of_one_item(answer.status, words):
            logger.info("source %s: %s: %s", run.job.source.id, fetch.url, words)
            run.settle("ok")
            return
        run.settle("http-error", f"HTTP {answer.status} {words}".strip())

    async def _reading(self, run: SourceRun, fetch: Fetch, answer: Answer) -> Reading | None:
        """Return what the answer holds, or None when it could not be understood."""
        source, context = run.job.source, self._context(answer)
        try:
            reading: Reading = await asyncio.to_thread(
                self._parse, "answer", FEED_LIMITS, answer.body, fetch, source, context
            )
        except LangNgheError as error:
            is_gate = looks_like_challenge(answer.body)
            run.settle("challenge" if is_gate else "parse-error", str(error))
            if isinstance(error, WorkerLimit):
                await self._quarantine(source.id, answer.url, str(error), answer.body)
            return None
        for problem in reading.problems[:20]:
            logger.info("source %s: %s", source.id, problem)
        return reading

    async def _want_pages(self, run: SourceRun, pages: Sequence[PageLink]) -> None:
        """Ask for the pages whose text is not stored yet, in the order given (newest first)."""
        if not self._options.fetch_pages or not pages:
            return
        links = {link.document_id: link for link in pages}
        unknown = await asyncio.to_thread(self._inbox.unknown, list(links))
        wanted = [i for i in links if i in unknown and i not in self._wanted_pages]
        limit = self._options.pages_per_source
        run.postponed_pages += max(0, len(wanted) - limit)
        for document_id in wanted[:limit]:
            self._wanted_pages.add(document_id)
            run.open_requests += 1
            self._submit_page(run, links[document_id])

    async def _page_answer(self, run: SourceRun, fetch: Fetch, answer: Answer) -> bool:
        """Hand the page's document over, which closes the request later (then True)."""
        if not 200 <= answer.status < 300:
            logger.info("page %s: HTTP %d", answer.url, answer.status)
            if answer.status in PASSING:
                run.postponed_pages += 1
            else:
                await self._quarantine(run.job.source.id, fetch.url, f"HTTP {answer.status}", b"")
            return False
        source, context = run.job.source, self._context(answer)
        try:
            doc = await asyncio.to_thread(
                self._parse, "article", PAGE_LIMITS, answer.body, fetch.page, source, context
            )
        except LangNgheError as error:
            logger.info("page %s: %s", answer.url, error)
            if not fetch.is_again:
                await self._quarantine(source.id, fetch.url, str(error), answer.body)
            return False
        assert fetch.page is not None
        self._pages_read.remember(fetch.page, source.id, answer.headers, context.now)
        await self._handover.add(doc, run)
        return True

    async def _reread_answer(self, run: SourceRun, fetch: Fetch, answer: Answer) -> bool:
        """Take over what a page says now; one that is gone is marked, one that moved is left."""
        assert fetch.page is not None
        document_id = fetch.page.document_id
        is_moved = is_elsewhere(fetch.url, answer.url)
        if answer.status in _GONE or (is_moved and is_front_page(answer.url)):
            self._pages_read.forget(document_id)
            await asyncio.to_thread(self._inbox.gone, document_id)
            return False
        self._pages_read.tried(document_id, self._options.clock.now())
        if is_moved or not 200 <= answer.status < 300:  # 304 among them
            return False
        return await self._page_answer(run, fetch, answer)

    async def _quarantine(self, source_id: str, url: str, reason: str, body: bytes) -> None:
        await asyncio.to_thread(self._inbox.quarantine, source_id, url, reason, body[:_KEPT_BYTES])

    def _context(self, answer: Answer) -> ReadContext:
        return ReadContext(
            now=self._options.clock.now(),
            author_key=self._options.author_key,
            url=answer.url,
            content_type=answer.headers.get("content-type", ""),
            max_bytes=self._options.feed_max_bytes,
        )

    def _with_validators(self, fetch: Fetch, job: CrawlJob) -> Fetch:
        """Return a conditional request; every few polls an unconditional one."""
        state = job.state
        if not fetch.is_conditional or wants_unconditional(state):
            return fetch
        return fetch.with_headers(*validators(state.etag, state.last_modified))

    async def _close(self, run: SourceRun) -> None:
        run.open_requests -= 1
        if run.open_requests > 0:
            return
        if run.is_listing_read:  # with all that followed: what they show is not asked for alone
            self._posts.submit(run.job.source, self._rereads_until_s)
        await self._report(run)

    async def _report(self, run: SourceRun) -> None:
        """Report once; a source that the batch had no time for is left to the next one."""
        if run.is_reported or not (run.was_answered or run.outcome):
            return
        run.is_reported = True
        report = run.report(self._options.clock.now())
        try:
            await asyncio.to_thread(self._inbox.report, report)
        except LangNgheError:
            logger.exception("source %s: the report was not taken", run.job.source.id)
