"""Quarantine: what could not go on is kept with its reason until a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from langnghe.document import document_id
from langnghe.errors import LangNgheError
from langnghe.url import identity_url
from ledger import audit, work
from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import (
    DocumentRow,
    DocumentState,
    QuarantineRow,
    QuarantineState,
    SourceRow,
)

FETCH = "fetch"
PAYLOAD_LIMIT_BYTES = 200_000


@dataclass(frozen=True)
class Quarantined:
    """One entry as a person sees it."""

    id: int
    stage: str
    document_id: str
    source_id: str
    url: str
    reason: str
    quarantined_at: datetime
    has_payload: bool


class UnknownEntry(LangNgheError):
    """There is no open quarantine entry of that number."""

    code = "not-found"


@writing
def add(source_id: str, url: str, reason: str, payload: bytes, now: datetime) -> None:
    """Keep an address that a crawler could not read, once while it is open.

    The payload is kept for press alone: a social one would carry unmasked names.
    """
    source = SourceRow.objects.filter(pk=source_id).first()
    is_press = source is not None and source.document_kind == "article"
    QuarantineRow.objects.update_or_create(
        stage=FETCH,
        document_id=document_id_of(url),
        state=QuarantineState.OPEN,
        defaults={
            "source_id": storable(source_id),
            "url": storable(url),
            "reason": storable(reason)[:2000],
            "payload": payload[:PAYLOAD_LIMIT_BYTES] if is_press and payload else None,
            "quarantined_at": now,
        },
    )


@reading
def entries(limit: int = 100) -> list[Quarantined]:
    """Return the open entries, newest first."""
    rows = QuarantineRow.objects.filter(state=QuarantineState.OPEN).order_by("-quarantined_at")
    return [
        Quarantined(
            id=row.pk,
            stage=row.stage,
            document_id=row.document_id,
            source_id=row.source_id,
            url=row.url,
            reason=row.reason,
            quarantined_at=row.quarantined_at,
            has_payload=row.payload is not None,
        )
        for row in rows[:limit]
    ]


@reading
def payload(entry_id: int) -> bytes:
    """Return what was received, b"" if it was not kept; raises UnknownEntry."""
    row = QuarantineRow.objects.filter(pk=entry_id).first()
    if row is None:
        raise UnknownEntry(f"quarantine entry {entry_id}")
    return bytes(row.payload or b"")


@reading
def why_unread(document_id: str) -> str:
    """Return why a document's page cannot be read, "" where nothing stands against it."""
    rows = QuarantineRow.objects.filter(
        stage=FETCH, document_id=document_id, state=QuarantineState.OPEN
    )
    return rows.values_list("reason", flat=True).first() or ""


@writing
def requeue(entry_id: int, actor: str, now: datetime) -> None:
    """Try the entry again: a step goes back to the queue, an address may be fetched again.

    Raises UnknownEntry when it is not open (any more).
    """
    row = _resolve(entry_id, QuarantineState.REQUEUED, actor, now)
    doc = DocumentRow.objects.filter(pk=row.document_id).first()
    if row.stage != FETCH and doc is not None:
        work.add([(doc.pk, doc.revision)], [work.Stage(row.stage)], now)
        if row.stage == work.Stage.ANALYSE:
            DocumentRow.objects.filter(pk=doc.pk).update(state=DocumentState.WAITING)
    audit.record(actor, "quarantine.requeue", f"{row.stage}:{row.document_id}", now)


@writing
def dismiss(entry_id: int, actor: str, now: datetime) -> None:
    """Let the entry go; the document, where there is one, stays stored. Raises UnknownEntry."""
    row = _resolve(entry_id, QuarantineState.DISMISSED, actor, now)
    audit.record(actor, "quarantine.dismiss", f"{row.stage}:{row.document_id}", now)


def _resolve(entry_id: int, state: QuarantineState, actor: str, now: datetime) -> QuarantineRow:
    rows = QuarantineRow.objects.select_for_update()
    row = rows.filter(pk=entry_id, state=QuarantineState.OPEN).first()
    if row is None:
        raise UnknownEntry(f"quarantine entry {entry_id} is not open")
    row.state, row.resolved_at, row.resolved_by = state, now, actor
    row.save(update_fields=["state", "resolved_at", "resolved_by"])
    return row


def document_id_of(url: str) -> str:
    """Return the id of the document at ``url``, "" if it is no address."""
    try:
        return document_id(identity_url(url))
    except ValueError:
        return ""
