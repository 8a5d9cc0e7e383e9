"""The way in: what crawlers collected becomes documents, revisions and work, in one transaction.

Promise: a document that was accepted is stored once and has its work item, whatever is killed and
however often, in whatever order, by however many crawlers it is handed in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F

from crawlers.ports import PutResult
from langnghe.document import Channel, Document, DocumentKind
from langnghe.errors import InvalidDocument
from langnghe.source import FetchReport
from ledger import claims, quarantine, retention, sources, work
from ledger.border import reading, writing
from ledger.bulk import update_rows
from ledger.mapping import document_row, revision_row, valid_document
from ledger.models import (
    DocumentRow,
    DocumentState,
    QuarantineRow,
    QuarantineState,
    RemovalRow,
    RevisionRow,
    SightingRow,
)
from ledger.revising import (
    Decision,
    Fullness,
    Held,
    Sighting,
    Step,
    changed_parts,
    decide,
    fullness,
    surplus_revisions,
    title_hash,
)
from ledger.sources import due_jobs, has_due

__all__ = [
    "IngestResult",
    "LedgerInbox",
    "due_jobs",
    "has_due",
    "known_ids",
    "record_gone",
    "record_ingest",
]


# A statement can hold only so many parameters.
_ROUND_LIMIT = 500


@dataclass(frozen=True)
class IngestResult:
    """What became of each document, by id. ``enriched``: fuller text of the same revision."""

    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    enriched: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@writing
def record_ingest(
    documents: Iterable[Document], now: datetime, *, added_by: str = "", is_behind: bool = False
) -> IngestResult:
    """Store documents and what they need next, all or none; repeating it changes nothing.

    A document that breaks a rule is quarantined, not dropped; one that retention or a person
    removed is not collected again and counts as unchanged. ``is_behind``: what arrives meanwhile
    is understood first (an import of old documents).
    """
    outcome: dict[str, list[str]] = defaultdict(list)
    valid: list[Document] = []
    for doc in documents:
        try:
            valid.append(valid_document(doc, now))
        except InvalidDocument as error:
            outcome["refused"].append(doc.id)
            quarantine.add(doc.source_id, doc.url, str(error), b"", now)
    removed = set(
        RemovalRow.objects.filter(pk__in={doc.id for doc in valid}).values_list("pk", flat=True)
    )
    outcome["unchanged"].extend(doc.id for doc in valid if doc.id in removed)
    for unique in _rounds([doc for doc in valid if doc.id not in removed]):
        for start in range(0, len(unique), _ROUND_LIMIT):
            _record_round(
                unique[start : start + _ROUND_LIMIT], now, added_by, outcome, is_behind=is_behind
            )
    if reviewed := [doc for doc in valid if doc.review is not None and doc.id not in removed]:
        claims.record_reviews(reviewed)
    new = set(outcome["new"])
    return IngestResult(
        **{
            name: tuple(dict.fromkeys(i for i in ids if name == "new" or i not in new))
            for name, ids in outcome.items()
        }
    )


def _rounds(documents: Sequence[Document]) -> list[list[Document]]:
    """Split a batch so that no round holds one document twice, in the order of arrival."""
    rounds: list[list[Document]] = []
    seen: dict[str, int] = defaultdict(int)
    for doc in documents:
        if seen[doc.id] == len(rounds):
            rounds.append([])
        rounds[seen[doc.id]].append(doc)
        seen[doc.id] += 1
    return rounds


def _record_round(
    documents: Sequence[Document],
    now: datetime,
    added_by: str,
    outcome: dict[str, list[str]],
    *,
    is_behind: bool,
) -> None:
    """Store documents that are all different."""
    ids = sorted(doc.id for doc in documents)
    rows = {
        row.pk: row
        for row in DocumentRow.objects.filter(pk__in=ids)
        .order_by("pk")
        .select_for_update(no_key=True)
    }
    sightings = {
        (row.document_id, row.source_id): row
        for row in SightingRow.objects.filter(document_id__in=ids)
    }
    decided: list[tuple[Document, Decision]] = []
    for doc in documents:
        sighting = sightings.get((doc.id, doc.source_id))
        decided.append((doc, decide(_held(rows.get(doc.id)), _seen(sighting), doc)))
    _insert([d for d, decision in decided if decision.step is Step.NEW], now, added_by)
    changed: list[DocumentRow] = []
    words = _words([doc.id for doc, d in decided if d.step in (Step.ENRICHED, Step.REVISED)])
    for doc, decision in decided:
        step = decision.step
        if step in (Step.ENRICHED, Step.REVISED):
            is_changed = _update(rows[doc.id], words[doc.id], doc, decision, now)
            step = step if is_changed else Step.UNCHANGED
            if is_changed:
                changed.append(rows[doc.id])
        elif decision.is_page_due and not rows[doc.id].is_page_due:
            rows[doc.id].is_page_due = True
            rows[doc.id].save(update_fields=["is_page_due"])
        if doc.channel is Channel.MANUAL and doc.id in rows:
            join_notes(rows[doc.id], doc.notes)
        outcome[Step.UNCHANGED if step is Step.SIGHTED else step].append(doc.id)
    update_rows(changed, [*_TAKEN_OVER, "is_page_due", "gone_at", "state"])
    update_rows([words[row.pk] for row in changed if words[row.pk].number == row.revision], _WORDS)
    _record_sightings(documents, sightings, now)
    new = [(doc.id, doc.revision) for doc, decision in decided if decision.step is Step.NEW]
    asked = [*new, *((row.pk, row.revision) for row in changed)]
    work.add(asked, [work.Stage.ANALYSE], now, is_behind=is_behind)


def join_notes(row: DocumentRow, notes: Sequence[str]) -> None:
    """Add what a person noted to a document that we hold."""
    joined = list(dict.fromkeys((*row.notes, *notes)))
    if joined != row.notes:
        row.notes = joined
        row.save(update_fields=["notes"])


def _held(row: DocumentRow | None) -> Held | None:
    if row is None:
        return None
    return Held(row.content_hash, row.title, fullness(row.extraction))


def _seen(row: SightingRow | None) -> Sighting | None:
    return None if row is None else Sighting(row.seen_hash, row.seen_title_hash)


def _insert(documents: Sequence[Document], now: datetime, added_by: str) -> None:
    rows = [document_row(replace(doc, revision=1)) for doc in documents]
    for row in rows:
        row.added_by = added_by
    # Sorted, so that two crawlers with the same articles wait for each other in one order.
    DocumentRow.objects.bulk_create(sorted(rows, key=lambda row: row.pk), batch_size=200)
    RevisionRow.objects.bulk_create(
        [revision_row(replace(doc, revision=1), now) for doc in documents], batch_size=200
    )


def _words(ids: Sequence[str]) -> dict[str, RevisionRow]:
    """Return the newest revision of each document, read at once."""
    if not ids:
        return {}
    rows = RevisionRow.objects.filter(document_id__in=ids, number=F("document__revision"))
    return {row.document_id: row for row in rows}


def _update(
    row: DocumentRow, held: RevisionRow, incoming: Document, decision: Decision, now: datetime
) -> bool:
    """Take over fuller or edited words; False when only white space differs.

    The caller writes ``row`` and, where no new revision begins, ``held``.
    """
    doc = incoming
    if decision.title_only:
        doc = replace(incoming, lead=row.lead, text=held.text, extraction="feed-title")
    parts = changed_parts((row.title, row.lead, held.text), (doc.title, doc.lead, doc.text))
    is_edit = decision.step is Step.REVISED
    if is_edit and not parts:
        return False
    number = row.revision + 1 if is_edit else row.revision
    kept = replace(
        doc,
        revision=number,
        source_id=row.source_id,
        first_seen_at=row.first_seen_at,
        published_at=row.published_at if decision.title_only else doc.published_at,
        modified_at=doc.modified_at or (now if is_edit else row.modified_at),
        author_key=doc.author_key or row.author_key,
        parent_title=doc.parent_title or row.parent_title,
        notes=_kept_notes(row, doc),
    )
    fresh = document_row(kept)
    for name in _TAKEN_OVER:
        setattr(row, name, getattr(fresh, name))
    row.is_page_due = decision.is_page_due
    row.gone_at = None
    row.state = DocumentState.WAITING
    if is_edit:
        revision_row(kept, now, parts).save()
        _drop_surplus(row)
    else:
        held.title, held.lead, held.text = kept.title, kept.lead, kept.text
        held.content_hash = kept.content_hash
    return True


def _kept_notes(row: DocumentRow, doc: Document) -> tuple[str, ...]:
    """Return the notes of the new state; what a person noted stays."""
    if row.channel != Channel.MANUAL:
        return doc.notes
    return tuple(dict.fromkeys((*row.notes, *doc.notes)))


_WORDS = ["title", "lead", "text", "content_hash"]
# What a later state of a document may change; its identity, source and labels stay.
_TAKEN_OVER = [
    "url",
    "title",
    "lead",
    "revision",
    "content_hash",
    "published_at",
    "published_day",
    "fetched_at",
    "modified_at",
    "section",
    "byline",
    "parent_id",
    "parent_title",
    "author_key",
    "captions",
    "notes",
    "extraction",
    "reach",
]


def _drop_surplus(row: DocumentRow) -> None:
    numbers = list(row.revisions.values_list("number", flat=True))
    surplus = surplus_revisions(numbers)
    if surplus:
        row.revisions.filter(number__in=surplus).delete()


def _record_sightings(
    documents: Sequence[Document], known: dict[tuple[str, str], SightingRow], now: datetime
) -> None:
    """Keep which source showed what, and when it did so first."""
    added: list[SightingRow] = []
    for doc in documents:
        is_page = fullness(doc.extraction) is Fullness.PAGE
        said = ("", "") if is_page else (doc.content_hash, title_hash(doc.title))
        row = known.get((doc.id, doc.source_id))
        if row is None:
            added.append(
                SightingRow(
                    document_id=doc.id,
                    source_id=doc.source_id,
                    first_seen_at=doc.first_seen_at,
                    seen_hash=said[0],
                    seen_title_hash=said[1],
                )
            )
        elif not is_page and (row.seen_hash, row.seen_title_hash) != said:
            row.seen_hash, row.seen_title_hash = said
            row.save(update_fields=["seen_hash", "seen_title_hash"])
    SightingRow.objects.bulk_create(added, batch_size=500)


@writing
def record_gone(document_id: str, now: datetime) -> bool:
    """Note that its publisher took a document down. False if it was known.

    An article stays, marked: what the press published is a matter of record. A private person who
    deletes a post takes the words back, so nothing of them is kept but counts.
    """
    row = DocumentRow.objects.filter(pk=document_id, gone_at=None).first()
    if row is None:
        return False
    if DocumentKind(row.kind).is_social:
        retention.remove_taken_back(row.pk, row.url, now)
    else:
        DocumentRow.objects.filter(pk=document_id).update(gone_at=now)
    return True


@reading
def unknown_pages(ids: Sequence[str]) -> set[str]:
    """Return which documents have no full text yet, or one that their feed says has changed.

    A page in quarantine is not asked for again until a person requeues it.
    """
    wanted = set(ids)
    for row in DocumentRow.objects.filter(pk__in=wanted, is_page_due=False).only("extraction"):
        if fullness(row.extraction) is Fullness.PAGE:
            wanted.discard(row.pk)
    wanted -= set(RemovalRow.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    blocked = QuarantineRow.objects.filter(
        stage=quarantine.FETCH, state=QuarantineState.OPEN, document_id__in=wanted
    )
    return wanted - set(blocked.values_list("document_id", flat=True))


@reading
def known_ids(ids: Sequence[str]) -> set[str]:
    """Return which documents are stored, or were and may not be taken in again."""
    wanted = set(ids)
    found = set(DocumentRow.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    return found | set(RemovalRow.objects.filter(pk__in=wanted).values_list("pk", flat=True))


# The publisher's own word that a page is no longer there.
_GONE = frozenset({"HTTP 404", "HTTP 410"})


class LedgerInbox:
    """The crawlers' way into the ledger (``crawlers.ports.Inbox``); safe to call from threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def put(self, documents: Sequence[Document]) -> PutResult:
        """Store documents; when this returns they are safe, whatever happens next."""
        result = record_ingest(documents, self._now())
        return PutResult(
            new=result.new,
            revised=result.revised,
            unchanged=(*result.enriched, *result.unchanged),
        )

    def unknown(self, ids: Sequence[str]) -> set[str]:
        """Return the ids whose page is worth fetching."""
        return unknown_pages(ids)

    def report(self, report: FetchReport) -> None:
        """Keep what a fetch did and when the source is due again; releases its lease."""
        sources.record_report(report, self._now())

    def gone(self, document_id: str) -> None:
        """Mark an article that was taken down, remove a post that its author deleted."""
        record_gone(document_id, self._now())

    def quarantine(self, source_id: str, url: str, reason: str, payload: bytes) -> None:
        """Keep what could not be read, with the reason."""
        now = self._now()
        quarantine.add(source_id, url, reason, payload, now)
        if reason in _GONE:
            record_gone(quarantine.document_id_of(url), now)
