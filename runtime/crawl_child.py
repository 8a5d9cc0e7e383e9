"""One crawl batch in a process of its own: a Twisted reactor cannot be started twice.

``python -m runtime.child crawl`` claims the sources that are due, reads them and ends.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from threading import Event

from crawlers.batch import CrawlOptions, run_batch
from crawlers.ports import Inbox, PutResult
from crawlers.secrets import load_secrets
from langnghe import __version__
from langnghe.document import Document
from langnghe.source import FetchReport
from ledger import ingest
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

    def quarantine(self, source_id: str, url: str, reason: str, payload: bytes) -> None:
        self._heartbeat.beat()
        self._inbox.quarantine(source_id, url, reason, payload)


def crawl_options(runtime: Runtime) -> CrawlOptions:
    """Return how the settings want sources to be read; delays in seconds of the wall clock."""
    settings = runtime.settings
    ports = tuple(int(port) for port in settings.loopback_ports.split(",") if port.strip())
    contact = settings.contact or settings.room_url
    return CrawlOptions(
        user_agent=f"LangNghe/{__version__} (+{contact})",
        contact=contact,
        host_delay_s=settings.host_delay_s,
        concurrency=settings.crawl_concurrency,
        fetch_pages=settings.fetch_pages,
        page_max_bytes=settings.page_max_bytes,
        feed_max_bytes=settings.feed_max_bytes,
        loopback_ports=ports,
        author_key=author_key(settings),
        clock=runtime.clock,
        cache_dir=settings.data_dir / "crawl",
        secrets=load_secrets(settings.config_file.parent / "tokens"),
    )


def main(runtime: Runtime, stop: Event) -> None:
    """Read the sources that are due and end."""
    jobs = ingest.due_jobs(runtime.clock.now(), _BATCH_SOURCES)
    if jobs:
        logger.info("reading %d sources", len(jobs))
        inbox = BeatingInbox(
            ingest.LedgerInbox(now=runtime.clock.now),
            Heartbeat(runtime.settings.data_dir / "run", "crawl"),
        )
        run_batch(jobs, inbox, crawl_options(runtime))
