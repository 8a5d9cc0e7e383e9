"""Links that people added: which wait for their page, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import QuerySet

from langnghe.document import Channel, Document, DocumentKind
from langnghe.source import BY_HAND_ID
from ledger import ingest, quarantine, retention
from ledger.border import reading, writing
from ledger.mapping import document_from
from ledger.models import DocumentRow, QuarantineRow, QuarantineState

_WAITS = timedelta(days=30)
_AT_ONCE = 100


@reading
def waiting_links(now: datetime) -> list[Document]:
    """Return the entries whose page is neither read nor given up, oldest first."""
    rows = _waiting().filter(first_seen_at__gte=now - _WAITS).order_by("first_seen_at", "pk")
    return [document_from(row, "") for row in rows[:_AT_ONCE]]


@reading
def is_waiting(document_id: str) -> bool:
    """Return whether the page of an entry is still to be read."""
    return _waiting().filter(pk=document_id).exists()


@writing
def take_page(entry_id: str, page: Document, now: datetime) -> str:
    """Give an entry its page and return the document under which both now stand.

    1. Where the page is held already (its own identity, or the same address and moment of
       publication), the entry's notes join it and the entry ceases; its address leads there.
    2. Where the page's identity is another than the link's, it becomes the entry's.
    3. Otherwise the entry becomes fuller. It counts as added by hand but in the first case.

    "" where the entry was removed meanwhile.
    """
    entry = DocumentRow.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None:
        return ""
    kept_id = _held_page(entry_id, page) or page.id
    doc = replace(page, id=kept_id, first_seen_at=entry.first_seen_at)
    is_new = not DocumentRow.objects.filter(pk=kept_id).exists()
    if is_new:
        doc = replace(doc, channel=Channel(entry.channel))
    ingest.record_ingest([doc], now, added_by=entry.added_by)
    kept = DocumentRow.objects.filter(pk=kept_id).first()
    if kept is None:
        quarantine.add(entry.source_id, entry.url, "removed", b"", now)
        return entry_id
    if kept_id != entry_id:
        ingest.join_notes(kept, entry.notes)
        retention.drop_twin(entry_id, kept_id, now)
    return kept_id


class LedgerDesk:
    """What came of links goes into the ledger (``crawlers.ports.LinkDesk``)."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def read(self, entry_id: str, doc: Document) -> None:
        """Give the entry its page."""
        take_page(entry_id, doc, self._now())

    def unreadable(self, entry: Document, reason: str) -> None:
        """Put the entry's address into quarantine with the reason."""
        quarantine.add(entry.source_id, entry.url, reason, b"", self._now())


def _held_page(entry_id: str, page: Document) -> str:
    """Return the id under which a feed's link brought the same page, "" where none did."""
    rows = DocumentRow.objects.filter(
        published_at=page.published_at, url=page.url, kind=DocumentKind.ARTICLE
    )
    return rows.exclude(pk=entry_id).values_list("pk", flat=True).first() or ""


def _waiting() -> QuerySet[DocumentRow]:
    settled = QuarantineRow.objects.filter(stage=quarantine.FETCH).exclude(
        state=QuarantineState.REQUEUED
    )
    return (
        DocumentRow.objects.filter(
            source_id=BY_HAND_ID, kind=DocumentKind.ARTICLE, extraction="manual"
        )
        .exclude(url="")
        .exclude(pk__in=settled.values("document_id"))
    )
