"""The queue of work: what each document still needs, claimed by compare-and-set with a lease.

A document needs "analyse", then "index" and "match"; a step is one row, unique per document and
stage. How a step survives anything:

1. Whoever stores a document adds its step in the same transaction.
2. ``claim`` picks due rows (PostgreSQL: SELECT … FOR UPDATE SKIP LOCKED; SQLite: one writer at a
   time), stamps them with a fresh token and makes them due again at the end of the lease.
3. The worker does the step, which is idempotent, and commits its result together with
   ``complete``, which deletes only rows that still carry the token.
4. Killed before that commit: the lease runs out, another worker claims the row, nothing is lost.
   Killed after it: the row is gone, nothing is doubled.
5. A document that changes meanwhile is asked for again (``add``): the row loses its token, so the
   late ``complete`` of the old state deletes nothing and the new state is worked on.
6. ``fail`` backs off. A batch that fails is taken apart: its documents are claimed alone, so that
   one bad document stops nothing but itself. After MAX_FAILURES of its own, or after killing its
   worker MAX_ABANDONED times, it goes to quarantine, where a person sees it.

Leases and back-off run on the machine's clock, which the caller passes as ``now``.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.db.models import Count, F, Q

from langnghe.errors import LangNgheError
from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import DocumentRow, DocumentState, QuarantineRow, QuarantineState, WorkRow

MAX_FAILURES = 6
MAX_ABANDONED = 6
ALONE_AFTER_ABANDONED = 2
BACKOFF_S = 5.0
BACKOFF_LIMIT_S = 300.0
RETRYABLE_LIMIT_S = 30.0
# Due at once, whatever clock the service runs on (a replay's is not the machine's).
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
# At once too, but behind what arrives meanwhile: nobody waits for an old export.
BEHIND = datetime(2000, 1, 2, tzinfo=UTC)


class Stage(StrEnum):
    """What a document still needs."""

    ANALYSE = "analyse"
    INDEX = "index"
    MATCH = "match"


@dataclass(frozen=True)
class WorkItem:
    """One claimed step. ``attempts`` counts the earlier ones; ``claim`` proves the lease."""

    document_id: str
    revision: int
    stage: Stage
    attempts: int = 0
    claim: str = ""


@writing
def claim(stage: Stage, limit: int, now: datetime, lease_s: float, worker: str) -> list[WorkItem]:
    """Return up to ``limit`` due steps, oldest first, that are ours until the lease ends.

    A step that must be taken alone is returned alone.
    """
    # Nobody waits longer than this: a later moment was set before the clock was set back.
    latest = now + timedelta(seconds=max(lease_s, BACKOFF_LIMIT_S))
    is_due = Q(due_at__lte=now) | Q(due_at__gt=latest)
    due = WorkRow.objects.filter(is_due, stage=stage).order_by("due_at", "id")
    rows = list(due.select_for_update(skip_locked=True)[:limit])
    rows = [row for row in rows if not _quarantine_killer(row, now)]
    alone = [row for row in rows if row.is_alone]
    is_alone_next = bool(alone) and rows[0].is_alone
    rows = alone[:1] if is_alone_next else [row for row in rows if not row.is_alone]
    token = uuid.uuid4().hex
    for was_held in (False, True):
        # A token still there means that its holder never came back.
        WorkRow.objects.filter(pk__in=[r.pk for r in rows if bool(r.claim) is was_held]).update(
            claim=token,
            claimed_by=worker,
            due_at=now + timedelta(seconds=lease_s),
            abandoned=F("abandoned") + int(was_held),
        )
    return [
        WorkItem(row.document_id, row.revision, stage, row.failures + row.abandoned, token)
        for row in rows
    ]


@writing
def add(
    revisions: Iterable[tuple[str, int]],
    stages: Sequence[Stage],
    now: datetime,
    *,
    is_behind: bool = False,
) -> None:
    """Ask for ``stages`` of the documents in these revisions, at once and from the beginning;
    ``is_behind`` lets everything else go first."""
    due_at = BEHIND if is_behind else AT_ONCE
    rows = [
        WorkRow(document_id=doc_id, stage=stage, revision=revision, due_at=due_at, added_at=now)
        for doc_id, revision in sorted(revisions)
        for stage in stages
    ]
    WorkRow.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["document", "stage"],
        update_fields=[
            "revision", "due_at", "claim", "claimed_by", "failures", "abandoned", "is_alone",
            "last_error", "added_at",
        ],
    )  # fmt: skip
    QuarantineRow.objects.filter(
        state=QuarantineState.OPEN,
        document_id__in={row.document_id for row in rows},
        stage__in=stages,
    ).update(state=QuarantineState.REQUEUED, resolved_at=now, resolved_by="system")


def reindex(document_ids: Collection[str], now: datetime) -> None:
    """Ask for analysed documents to be indexed again, in the caller's transaction."""
    rows = DocumentRow.objects.filter(pk__in=document_ids, state=DocumentState.ANALYSED)
    add(list(rows.values_list("pk", "revision")), [Stage.INDEX], now)


@writing
def complete(items: Sequence[WorkItem]) -> list[str]:
    """Delete the steps that are still ours and return their document ids.

    A step whose lease another worker took, or that was asked for again, stays.
    """
    rows = held(items)
    WorkRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return [row.document_id for row in rows]


def held(items: Sequence[WorkItem]) -> list[WorkRow]:
    """Return the rows of the items whose lease is still ours, locked until the commit."""
    claims = {(item.document_id, item.stage.value): item.claim for item in items if item.claim}
    rows = WorkRow.objects.filter(
        document_id__in={doc_id for doc_id, _ in claims}, claim__in=set(claims.values())
    )
    return [
        row
        for row in rows.order_by("id").select_for_update()
        if claims.get((row.document_id, row.stage)) == row.claim
    ]


@writing
def fail(items: Sequence[WorkItem], error: Exception | str, now: datetime) -> list[str]:
    """Give the steps back after ``error`` and return the documents that went to quarantine.

    An error that is retryable (an engine that is down) never quarantines. A batch of several is
    taken apart without counting against any of them.
    """
    is_retryable = isinstance(error, LangNgheError) and error.retryable
    reason = f"{type(error).__name__}: {error}" if isinstance(error, Exception) else error
    given_up: list[str] = []
    for row in held(items):
        row.claim, row.claimed_by, row.last_error = "", "", reason[:2000]
        if is_retryable:
            row.failures += 1
            wait_s = min(BACKOFF_S * row.failures, RETRYABLE_LIMIT_S)
        elif len(items) > 1:
            row.is_alone, wait_s = True, 0.0
        else:
            row.failures += 1
            wait_s = min(BACKOFF_S * 2 ** (row.failures - 1), BACKOFF_LIMIT_S)
        if not is_retryable and row.failures >= MAX_FAILURES:
            _set_aside(row, reason, now)
            given_up.append(row.document_id)
        else:
            row.due_at = now + timedelta(seconds=wait_s)
            row.save()
    return given_up


@reading
def backlog() -> dict[Stage, int]:
    """Return how many documents wait at each stage, claimed ones included."""
    counts = dict(WorkRow.objects.values_list("stage").annotate(Count("id")))
    return {stage: counts.get(stage.value, 0) for stage in Stage}


def _quarantine_killer(row: WorkRow, now: datetime) -> bool:
    """Put a step aside that keeps killing its worker; mark one that may be the reason."""
    if not row.claim:
        return False
    lost = row.abandoned + 1
    if lost >= MAX_ABANDONED:
        _set_aside(row, f"worker died {lost} times during {row.stage}", now)
        return True
    if lost > ALONE_AFTER_ABANDONED and not row.is_alone:
        row.is_alone = True
        row.save(update_fields=["is_alone"])
    return False


def _set_aside(row: WorkRow, reason: str, now: datetime) -> None:
    """Move a step to quarantine."""
    QuarantineRow.objects.update_or_create(
        stage=row.stage,
        document_id=row.document_id,
        state=QuarantineState.OPEN,
        defaults={
            "revision": row.revision,
            "source_id": row.document.source_id,
            "url": row.document.url,
            "reason": storable(reason)[:2000],
            "quarantined_at": now,
        },
    )
    if row.stage == Stage.ANALYSE:
        DocumentRow.objects.filter(pk=row.document_id).update(state=DocumentState.QUARANTINED)
    row.delete()
