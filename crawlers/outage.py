"""The crawl goes on while the ledger is down: what it reads goes to the spool instead.

``SpoolingInbox`` stands before the ledger's inbox. Once the ledger fails it stays with the spool to
the end of the batch, so that everything is handed in later in the order in which it was read.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from crawlers.cursors import Cursors
from crawlers.ports import CrawlJob, Inbox, PutResult
from crawlers.spool import Record, Spool, TakenDown, unreadable
from langnghe.document import Document
from langnghe.errors import LedgerUnavailable
from langnghe.source import FetchReport

logger = logging.getLogger(__name__)


class SpoolingInbox:
    """An inbox that never loses what was read; safe to call from threads.

    Where the spool is full too, every call raises LedgerUnavailable, so that a source is read again
    later from where it stands.
    """

    def __init__(
        self,
        inbox: Inbox,
        spool: Spool,
        cursors: Cursors,
        jobs: Sequence[CrawlJob],
        *,
        is_down: bool = False,
    ) -> None:
        self._inbox, self._spool, self._cursors = inbox, spool, cursors
        self._is_down = is_down
        self._lock = threading.Lock()
        self._last_item_at: Mapping[str, datetime | None] = {
            job.source.id: job.state.last_item_at for job in jobs
        }
        self._pages: dict[str, None] = {}
        self._held: dict[str, str] | None = None

    def put(self, documents: Sequence[Document]) -> PutResult:
        """Store ``documents``, or keep those that the spool does not hold as they are."""
        if not self._is_down:
            try:
                result = self._inbox.put(documents)
            except LedgerUnavailable as error:
                self._goes_down(error)
            else:
                self._pages.update((doc.id, None) for doc in documents if _is_page(doc))
                return result
        with self._lock:
            held = self._in_spool()
            fresh = [doc for doc in documents if held.get(_key(doc)) != doc.content_hash]
            new = tuple(doc.id for doc in fresh if self._is_news(doc, held))
            self._append(fresh)
            held.update((_key(doc), doc.content_hash) for doc in fresh)
            self._pages.update((doc.id, None) for doc in fresh if _is_page(doc))
        return PutResult(new=new)

    def unknown(self, ids: Sequence[str]) -> set[str]:
        """Return the ids whose page is neither stored nor kept, as far as is known."""
        if not self._is_down:
            try:
                missing = self._inbox.unknown(ids)
            except LedgerUnavailable as error:
                self._goes_down(error)
            else:
                self._pages.update((i, None) for i in ids if i not in missing)
                return missing
        with self._lock:
            held = self._in_spool()
            known = self._cursors.known_pages()
            return {i for i in ids if i not in known and f"{i} page" not in held}

    def report(self, report: FetchReport) -> None:
        """Record how a fetch went, in the ledger or in the spool and the cursors."""
        if not self._is_down:
            try:
                self._inbox.report(report)
                return
            except LedgerUnavailable as error:
                self._goes_down(error)
        with self._lock:
            self._append([report])
            self._cursors.advance(report)

    def gone(self, document_id: str) -> None:
        """Note that the publisher took a document down."""
        if not self._is_down:
            try:
                self._inbox.gone(document_id)
                return
            except LedgerUnavailable as error:
                self._goes_down(error)
        with self._lock:
            self._append([TakenDown(document_id)])

    def quarantine(self, source_id: str, url: str, reason: str, payload: bytes) -> None:
        """Keep input that could not be understood."""
        if not self._is_down:
            try:
                self._inbox.quarantine(source_id, url, reason, payload)
                return
            except LedgerUnavailable as error:
                self._goes_down(error)
        with self._lock:
            self._append([unreadable(source_id, url, reason, payload)])

    def close(self) -> None:
        """Let go of the spool and keep what the next outage should know."""
        self._spool.close()
        self._cursors.keep_pages(self._pages)

    def _goes_down(self, error: LedgerUnavailable) -> None:
        if not self._is_down:
            logger.warning("the ledger is down, what is read goes to the spool: %s", error)
        self._is_down = True

    def _append(self, records: Sequence[Record]) -> None:
        if records:
            self._spool.append(records)

    def _in_spool(self) -> dict[str, str]:
        """Return what the spool holds: the content of each document in its newest state."""
        if self._held is None:
            waiting = self._spool.records()
            self._held = {
                _key(doc): doc.content_hash for doc in waiting if isinstance(doc, Document)
            }
        return self._held

    def _is_news(self, doc: Document, held: Mapping[str, str]) -> bool:
        """Whether a document counts as new: not kept before, and after the source's last news.

        The ledger will know better; this only keeps the source's rhythm meanwhile.
        """
        last = self._last_item_at.get(doc.source_id)
        is_first = _key(doc) not in held and f"{doc.id} page" not in held and not _is_page(doc)
        return is_first and (last is None or doc.published_at > last)


def _is_page(doc: Document) -> bool:
    return doc.extraction.startswith("page")


def _key(doc: Document) -> str:
    """A feed's words and the page's are two states of one document."""
    return f"{doc.id} page" if _is_page(doc) else doc.id
