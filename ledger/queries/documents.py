"""Lists of documents as screens show them: headline, lead and link, never the full text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from langnghe.analysis import SentenceStance
from langnghe.clock import to_local
from langnghe.document import DocumentKind
from langnghe.wording import agency_note, place_note
from ledger.border import reading
from ledger.documents import corrections
from ledger.mapping import analysis_from, sentences_from
from ledger.models import AnalysisRow, DocumentRow, RevisionRow, SightingRow
from ledger.queries import filters
from ledger.queries.filters import DocumentFilter

SNIPPET_LENGTH = 320
_PART_LABELS = {"title": "tiêu đề", "lead": "sapo", "text": "nội dung"}


@dataclass(frozen=True)
class LabelView:
    """A label as people see it; ``machine`` is what a person's correction replaced."""

    value: str
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    is_unsure: bool = False
    is_corrected: bool = False
    machine: str = ""
    sentences: tuple[SentenceStance, ...] = ()


@dataclass(frozen=True)
class NamedView:
    """A unit or body by its name; ``note`` says until when it was, where it is, which office."""

    name: str
    note: str = ""


@dataclass(frozen=True)
class DocumentView:
    """One line of a list. Press gives its snippet from the lead; a short post is shown whole."""

    id: str
    kind: DocumentKind
    title: str
    snippet: str
    url: str
    outlet: str
    outlet_kind: str
    source_id: str
    published_at: datetime
    first_seen_at: datetime
    revision: int
    state: str
    topic: str
    tone: str
    stance: str
    intent: str
    story_id: str
    parent_title: str = ""
    province: str = ""
    channel: str = ""
    edits: tuple[str, ...] = ()
    is_gone: bool = False
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DocumentPage:
    """One page of a list. ``next`` opens the following page ("" = the end)."""

    documents: tuple[DocumentView, ...]
    next: str = ""


@dataclass(frozen=True)
class DocumentDetail:
    """One document with the evidence of its labels and who else showed it."""

    document: DocumentView
    labels: dict[str, LabelView]
    places: tuple[NamedView, ...]
    agencies: tuple[NamedView, ...]
    keywords: tuple[str, ...]
    model: str
    model_version: str
    analysed_at: datetime | None
    fetched_at: datetime
    modified_at: datetime | None
    notes: tuple[str, ...]
    sightings: tuple[tuple[str, datetime], ...] = field(default=())


@reading
def newest(limit: int = 50, before: str = "", wanted: DocumentFilter | None = None) -> DocumentPage:
    """Return documents by publication, newest first; ``before`` is a page's ``next``."""
    rows = filters.documents(wanted or DocumentFilter())
    if before:
        moment, _, doc_id = before.partition("|")
        at = datetime.fromisoformat(moment)
        rows = rows.filter(
            Q(published_at__lte=at) & (Q(published_at__lt=at) | Q(published_at=at, pk__lt=doc_id))
        )
    found = list(rows.order_by("-published_at", "-pk")[: limit + 1])
    page, rest = found[:limit], found[limit:]
    last = page[-1] if rest else None
    return DocumentPage(
        documents=tuple(views(page)),
        next=f"{last.published_at.isoformat()}|{last.pk}" if last else "",
    )


@reading
def count(wanted: DocumentFilter | None = None) -> int:
    """Return how many documents the whole list of ``wanted`` holds."""
    return filters.documents(wanted or DocumentFilter()).count()


@reading
def matching_ids(wanted: DocumentFilter) -> set[str]:
    """Return the ids of all documents of ``wanted``."""
    return set(filters.documents(wanted).values_list("pk", flat=True))


@reading
def distinct_authors(wanted: DocumentFilter | None = None) -> int:
    """Return how many different people wrote; a report hides a cell with fewer than ten."""
    rows = filters.documents(wanted or DocumentFilter()).exclude(author_key="")
    return rows.order_by().values("author_key").distinct().count()


@reading
def by_ids(ids: Sequence[str]) -> list[DocumentView]:
    """Return documents in the order of ``ids``, as a search result shows them."""
    found = {view.id: view for view in views(list(DocumentRow.objects.filter(pk__in=set(ids))))}
    return [found[i] for i in dict.fromkeys(ids) if i in found]


@reading
def detail(document_id: str) -> DocumentDetail | None:
    """Return one document with its evidence, None if there is none of that id."""
    row = DocumentRow.objects.filter(pk=document_id).first()
    if row is None:
        return None
    analysis = AnalysisRow.objects.filter(document=row).first()
    found = analysis_from(analysis, {}) if analysis else None
    sightings = SightingRow.objects.filter(document=row).order_by("first_seen_at", "pk")
    return DocumentDetail(
        document=views([row])[0],
        labels=_labels(row, analysis),
        places=_named((p.name, place_note(p)) for p in found.places) if found else (),
        agencies=_named((a.name, agency_note(a)) for a in found.agencies) if found else (),
        keywords=tuple(analysis.keywords) if analysis else (),
        model=analysis.model if analysis else "",
        model_version=analysis.model_version if analysis else "",
        analysed_at=analysis.analysed_at if analysis else None,
        fetched_at=row.fetched_at,
        modified_at=row.modified_at,
        notes=tuple(row.notes),
        sightings=tuple(sightings.values_list("source_id", "first_seen_at")),
    )


def views(rows: Sequence[DocumentRow]) -> list[DocumentView]:
    """Return rows as lines of a list, with their visible edits and unsure labels."""
    ids = [row.pk for row in rows]
    edits = _edits([row.pk for row in rows if row.revision > 1])
    unsure = _unsure(ids)
    texts = _texts([row.pk for row in rows if row.kind != DocumentKind.ARTICLE])
    return [
        DocumentView(
            id=row.pk,
            kind=DocumentKind(row.kind),
            title=row.title,
            snippet=_shortened(row.lead or texts.get(row.pk, "")),
            url=row.url,
            outlet=row.outlet,
            outlet_kind=row.outlet_kind,
            source_id=row.source_id,
            published_at=row.published_at,
            first_seen_at=row.first_seen_at,
            revision=row.revision,
            state=row.state,
            topic=row.topic,
            tone=row.tone,
            stance=row.stance,
            intent=row.intent,
            story_id=row.story_id or "",
            parent_title=row.parent_title,
            province=row.province,
            channel=row.channel,
            edits=edits.get(row.pk, ()),
            is_gone=row.gone_at is not None,
            unsure=unsure.get(row.pk, frozenset()),
        )
        for row in rows
    ]


def _shortened(text: str) -> str:
    if len(text) <= SNIPPET_LENGTH:
        return text
    return text[:SNIPPET_LENGTH].rsplit(" ", 1)[0] + "…"


def _texts(ids: Sequence[str]) -> dict[str, str]:
    """Return the newest words of posts; press text never leaves by a list."""
    rows = RevisionRow.objects.filter(document_id__in=ids).order_by("number")
    return dict(rows.values_list("document_id", "text"))


def _edits(ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the sentences "đã sửa tiêu đề lúc …" of edited documents, oldest first."""
    found: dict[str, tuple[str, ...]] = {}
    rows = RevisionRow.objects.filter(document_id__in=ids, number__gt=1).order_by("number")
    for doc_id, notes, seen_at in rows.values_list("document_id", "notes", "seen_at"):
        parts = ", ".join(_PART_LABELS.get(part, part) for part in notes)
        moment = to_local(seen_at).strftime("%H:%M %d/%m/%Y")
        found[doc_id] = (*found.get(doc_id, ()), f"đã sửa {parts} lúc {moment}")
    return found


def _unsure(ids: Sequence[str]) -> dict[str, frozenset[str]]:
    corrected = corrections(ids)
    rows = AnalysisRow.objects.filter(document_id__in=ids).values_list("document_id", "labels")
    return {
        doc_id: frozenset(
            name
            for name, data in labels.items()
            if data["is_unsure"] and name not in corrected.get(doc_id, {})
        )
        for doc_id, labels in rows
    }


def _labels(row: DocumentRow, analysis: AnalysisRow | None) -> dict[str, LabelView]:
    corrected = corrections([row.pk]).get(row.pk, {})
    machine = analysis.labels if analysis else {}
    return {
        name: LabelView(
            value=corrected.get(name, data["value"]),
            confidence=data["confidence"],
            evidence=tuple(data["evidence"]),
            is_unsure=data["is_unsure"] and name not in corrected,
            is_corrected=name in corrected,
            machine=data["value"],
            sentences=sentences_from(data),
        )
        for name, data in machine.items()
    }


def _named(mentions: Iterable[tuple[str, str]]) -> tuple[NamedView, ...]:
    """Return every name once, with all that its mentions say of it."""
    notes: dict[str, dict[str, None]] = {}
    for name, note in mentions:
        notes.setdefault(name, {}).update({note: None} if note else {})
    return tuple(
        NamedView(name, "; ".join(n for n in found if not _is_said(n, found)))
        for name, found in notes.items()
    )


def _is_said(note: str, notes: Iterable[str]) -> bool:
    """Return whether a longer note ends with the same words."""
    return any(other.endswith(note) and other != note for other in notes)
