"""One crawl batch in a process of its own: a Twisted reactor cannot be started twice.

``python -m runtime.child crawl`` claims the sources that are due, reads them and ends.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from crawlers.added import Added, LinksTried
from crawlers.batch import CrawlOptions, run_batch
from crawlers.cursors import Cursors
from crawlers.outage import SpoolingInbox
from crawlers.ports import CrawlJob, Inbox, Pushed, PutResult
from crawlers.pushes import Push, Pushes
from crawlers.secrets import load_secrets
from crawlers.spool import Spool
from langnghe import __version__
from langnghe.document import Document
from langnghe.errors import LedgerUnavailable
from langnghe.settings import Settings
from langnghe.source import FetchReport
from ledger import added, ingest, sources
from runtime.process import Heartbeat
from runtime.wiring import Runtime, author_key

logger = logging.getLogger(__name__)

_BATCH_SOURCES = 200


class BeatingInbox:
    """An inbox that says with each call that the batch goes on."""

    def __init__(self, inbox: Inbox, heartbeat: Heartbeat) -> None:
        self._inbox = inbox
        self._heartbeat = heartbeat

    def put(self, documents: Sequence[Document]) -> PutResult:
        self._heartbeat.beat()
        return self._inbox.put(documents)

    def unknown(self, ids: Sequence[str]) -> set[str]:
        self._heartbeat.beat()
        return self._inbox.unknown(ids)

    def report(self, report: FetchReport) -> None:
        self._heartbeat.beat()
        self._inbox.report(report)

    def gone(self, document_id: str) -> None:
        self._heartbeat.beat()
        self._inbox.gone(document_id)

    def quarantine(self, source_id: str, url: str, reason: str, payload: bytes) -> None:
        self._heartbeat.beat()
        self._inbox.quarantine(source_id, url, reason, payload)


def crawl_options(runtime: Runtime) -> CrawlOptions:
    """Return how the settings want sources to be read; delays in seconds of the wall clock."""
    settings = runtime.settings
    contact = settings.contact or settings.room_url
    return CrawlOptions(
        user_agent=f"LangNghe/{__version__} (+{contact})",
        contact=contact,
        host_delay_s=settings.host_delay_s,
        concurrency=settings.crawl_concurrency,
        fetch_pages=settings.fetch_pages,
        page_max_bytes=settings.page_max_bytes,
        feed_max_bytes=settings.feed_max_bytes,
        loopback_ports=settings.open_ports,
        author_key=author_key(settings),
        clock=runtime.clock,
        cache_dir=settings.data_dir / "crawl",
        secrets=load_secrets(tokens_folder(settings)),
    )


def tokens_folder(settings: Settings) -> Path:
    """Return where the sources' access tokens lie, a file each, apart from the ledger."""
    return settings.config_file.parent / "tokens"


def open_spool(settings: Settings) -> Spool:
    """Return where what is read waits while the ledger is down."""
    return Spool(settings.data_dir / "spool", settings.spool_max_bytes)


def open_cursors(settings: Settings) -> Cursors:
    """Return the copy of where each source stands."""
    return Cursors(settings.data_dir / "crawl")


def open_pushes(settings: Settings) -> Pushes:
    """Return where what hubs pushed waits to be read."""
    return Pushes(settings.data_dir / "pushed")


def due_links(runtime: Runtime) -> tuple[list[Document], list[Document], LinksTried]:
    """Return the links that people added and whose page is asked for now, all that wait, and
    their tries; none where pages are not to be read."""
    tried = LinksTried(runtime.settings.data_dir / "crawl" / "links-tried.json")
    now = runtime.clock.now()
    entries = added.waiting_links(now) if runtime.settings.fetch_pages else []
    return tried.due(entries, now), entries, tried


def _added_links(runtime: Runtime) -> Added | None:
    due, entries, tried = due_links(runtime)
    if not due:
        return None
    tried.begin(due, entries, runtime.clock.now())
    return Added(due, tried, added.LedgerDesk(runtime.clock.now))


def main(runtime: Runtime, stop: Event) -> None:
    """Hand in what waited for the ledger, read the sources that are due, and end.

    While the ledger is down the sources are taken from their cursors and what they hold goes to
    the spool; a full spool ends the reading until the ledger is back.
    """
    now = runtime.clock.now()
    spool, cursors = open_spool(runtime.settings), open_cursors(runtime.settings)
    inbox = ingest.LedgerInbox(now=runtime.clock.now)
    is_down = False
    try:
        if spool.has_waiting():
            logger.info("%d documents of the spool handed in", spool.drain(inbox))
        if not cursors.is_fresh():
            cursors.renew(CrawlJob(source, state) for source, state in sources.load_sources())
        jobs = ingest.due_jobs(now, _BATCH_SOURCES)
    except LedgerUnavailable as error:
        is_down = True
        jobs = [] if spool.is_full() else cursors.due(now, _BATCH_SOURCES)
        logger.warning("the ledger is down (%s), %d sources go to the spool", error, len(jobs))
    pushes = open_pushes(runtime.settings)
    waiting = [] if is_down else pushes.waiting()
    links = None if is_down else _added_links(runtime)
    if not (jobs or waiting or links):
        return
    logger.info("reading %d sources and %d pushes", len(jobs), len(waiting))
    shelter = SpoolingInbox(inbox, spool, cursors, jobs, is_down=is_down)
    beating = BeatingInbox(shelter, Heartbeat(runtime.settings.data_dir / "run", "crawl"))
    try:
        run_batch(jobs, beating, crawl_options(runtime), _pushed(waiting), links)
        pushes.drop(waiting)
    finally:
        shelter.close()


def _pushed(waiting: Sequence[Push]) -> list[Pushed]:
    """Return the pushes with their sources; one of a source that was deleted is dropped."""
    found = sources.load_sources([push.source_id for push in waiting]) if waiting else []
    jobs = {source.id: CrawlJob(source, state) for source, state in found}
    return [
        Pushed(jobs[push.source_id], push.content_type, push.body)
        for push in waiting
        if push.source_id in jobs
    ]
