"""Between the frozen dataclasses of the domain and the rows of the ledger, both ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from langnghe.analysis import (
    AgencyMention,
    Analysis,
    Importance,
    Label,
    PlaceMention,
    SentenceStance,
)
from langnghe.clock import to_local
from langnghe.document import Channel, Document, DocumentKind, Revision
from langnghe.errors import InvalidDocument
from langnghe.source import FetchState, OutletKind, Source, SourceKind
from ledger.models import AnalysisRow, DocumentRow, FetchStateRow, RevisionRow, SourceRow

LABELS = ("topic", "tone", "stance", "intent")
ID_LIMIT = 200
# A publisher's clock may be a little ahead of ours; more than this is a wrong date.
_FUTURE_TOLERANCE = timedelta(minutes=10)
_OLDEST = datetime(1970, 1, 2, tzinfo=UTC)
# A keyed pseudonym (hexadecimal, perhaps with the quarter of its key before it), never a handle.
_PSEUDONYM = re.compile(r"(?:[0-9A-Za-z-]{1,10}[:._])?[0-9a-f]{16,64}")
_DOCUMENT_COLUMNS = [
    "id",
    "source_id",
    "outlet",
    "outlet_kind",
    "url",
    "title",
    "lead",
    "revision",
    "published_at",
    "first_seen_at",
    "fetched_at",
    "modified_at",
    "guid",
    "section",
    "byline",
    "parent_id",
    "parent_title",
    "author_key",
    "province",
    "weight",
    "extraction",
    "reach",
]
_STATE_FIELDS = tuple(f.name for f in fields(FetchState) if f.name not in ("source_id",))


def storable(text: str) -> str:
    """Return ``text`` without what a database cannot hold: NUL and lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text


def valid_document(doc: Document, now: datetime) -> Document:
    """Return ``doc`` as it may be stored; raises InvalidDocument naming the broken rule.

    A publication time that lies ahead of ``now``, or none at all, becomes the time we first saw
    it, with a note; what nobody dated at all was first seen now.
    """
    if not doc.id or len(doc.id) > ID_LIMIT:
        raise InvalidDocument(doc.id[:ID_LIMIT], "the id is empty or too long")
    if not (doc.title.strip() or doc.lead.strip() or doc.text.strip()):
        raise InvalidDocument(doc.id, "there is no word in it")
    for name in ("published_at", "first_seen_at", "fetched_at"):
        if getattr(doc, name).tzinfo is None:
            raise InvalidDocument(doc.id, f"{name} has no zone")
    if doc.author_key and not _PSEUDONYM.fullmatch(doc.author_key):
        raise InvalidDocument(doc.id, "author_key is no keyed pseudonym")
    changes: dict[str, Any] = {
        f.name: storable(value)
        for f in fields(doc)
        if isinstance(value := getattr(doc, f.name), str) and f.name not in ("kind", "channel")
    }
    changes["captions"] = tuple(map(storable, doc.captions))
    changes["notes"] = tuple(map(storable, doc.notes))
    if doc.kind.is_social:
        changes["byline"] = ""
    if doc.first_seen_at < _OLDEST:
        changes["first_seen_at"] = now
    first_seen_at = changes.get("first_seen_at", doc.first_seen_at)
    if doc.fetched_at < _OLDEST:
        changes["fetched_at"] = first_seen_at
    if doc.published_at > max(now, doc.fetched_at) + _FUTURE_TOLERANCE:
        changes["published_at"] = first_seen_at
        changes["notes"] = (*changes["notes"], "published-in-the-future")
    elif doc.published_at < _OLDEST:
        changes["published_at"] = first_seen_at
        changes["notes"] = (*changes["notes"], "published-unknown")
    return replace(doc, **changes)


def document_row(doc: Document) -> DocumentRow:
    """Return the unsaved row of ``doc``."""
    row = DocumentRow(**{name: getattr(doc, name) for name in _DOCUMENT_COLUMNS})
    row.kind, row.channel = doc.kind.value, doc.channel.value
    row.captions, row.notes = list(doc.captions), list(doc.notes)
    row.content_hash = doc.content_hash
    row.published_day = to_local(doc.published_at).date()
    return row


def document_from(row: DocumentRow, text: str) -> Document:
    """Return the document of ``row`` and the text of its newest revision."""
    return Document(
        **{name: getattr(row, name) for name in _DOCUMENT_COLUMNS},
        kind=DocumentKind(row.kind),
        channel=Channel(row.channel),
        text=text,
        captions=tuple(row.captions),
        notes=tuple(row.notes),
    )


def revision_row(doc: Document, seen_at: datetime, notes: tuple[str, ...] = ()) -> RevisionRow:
    """Return the unsaved row of the words that ``doc`` has now."""
    return RevisionRow(
        document_id=doc.id,
        number=doc.revision,
        title=doc.title,
        lead=doc.lead,
        text=doc.text,
        content_hash=doc.content_hash,
        seen_at=seen_at,
        notes=list(notes),
    )


def revision_from(row: RevisionRow) -> Revision:
    """Return the revision of ``row``."""
    return Revision(
        document_id=row.document_id,
        number=row.number,
        title=row.title,
        lead=row.lead,
        text=row.text,
        content_hash=row.content_hash,
        seen_at=row.seen_at,
        notes=tuple(row.notes),
    )


def analysis_row(analysis: Analysis, now: datetime) -> AnalysisRow:
    """Return the unsaved row of the machine's labels; corrections are not part of it."""
    labels = {name: getattr(analysis, name) for name in LABELS}
    return AnalysisRow(
        document_id=analysis.document_id,
        revision=analysis.revision,
        labels={name: _label_data(label) for name, label in labels.items() if label is not None},
        places=[
            [storable(v) for v in (p.text, p.name, p.level, p.code, p.province, p.valid_until)]
            for p in analysis.places
        ],
        agencies=[
            [storable(v) for v in (a.text, a.name, a.kind, a.place, a.role)]
            for a in analysis.agencies
        ],
        keywords=[storable(word) for word in analysis.keywords],
        importance=asdict(analysis.importance) if analysis.importance else None,
        language=analysis.language[:8],
        model=analysis.model,
        model_version=analysis.model_version,
        analysed_at=analysis.analysed_at or now,
    )


def analysis_from(row: AnalysisRow, corrected: Mapping[str, str]) -> Analysis:
    """Return the analysis of ``row`` with the people's corrections beside it."""
    labels = {name: _label_from(data) for name, data in row.labels.items()}
    return Analysis(
        document_id=row.document_id,
        revision=row.revision,
        topic=labels["topic"],
        tone=labels["tone"],
        stance=labels["stance"],
        intent=labels.get("intent"),
        places=tuple(
            PlaceMention(text, name, level, code, province, valid_until)
            for text, name, level, code, province, valid_until in row.places
        ),
        agencies=tuple(AgencyMention(*values) for values in row.agencies),
        language=row.language,
        model=row.model,
        model_version=row.model_version,
        analysed_at=row.analysed_at,
        keywords=tuple(row.keywords),
        importance=Importance(**row.importance) if row.importance else None,
        corrected=dict(corrected),
    )


def _label_data(label: Label) -> dict[str, Any]:
    data: dict[str, Any] = {
        "value": label.value,
        "confidence": label.confidence,
        "evidence": [storable(words) for words in label.evidence],
        "is_unsure": label.is_unsure,
    }
    if label.sentences:
        data["sentences"] = [
            [storable(s.agency), s.value, s.confidence, storable(s.sentence)]
            for s in label.sentences
        ]
    return data


def _label_from(data: Mapping[str, Any]) -> Label:
    return Label(
        data["value"],
        data["confidence"],
        tuple(data["evidence"]),
        data["is_unsure"],
        sentences_from(data),
    )


def sentences_from(data: Mapping[str, Any]) -> tuple[SentenceStance, ...]:
    """Return what the stored label ``data`` tells sentence by sentence."""
    return tuple(SentenceStance(*values) for values in data.get("sentences", ()))


def source_row(source: Source, added_at: datetime) -> SourceRow:
    """Return the unsaved row of ``source``."""
    return SourceRow(id=source.id, added_at=added_at, **source_columns(source))


def source_columns(source: Source) -> dict[str, Any]:
    """Return the columns of ``source`` but its id."""
    return {
        "name": source.name,
        "outlet": source.outlet,
        "kind": source.kind.value,
        "url": source.url,
        "outlet_kind": source.outlet_kind.value,
        "province": source.province,
        "weight": source.weight,
        "document_kind": source.document_kind.value,
        "fetch_pages": source.fetch_pages,
        "is_enabled": source.is_enabled,
        "options": [list(pair) for pair in source.options],
    }


def source_from(row: SourceRow) -> Source:
    """Return the source of ``row``."""
    return Source(
        id=row.id,
        name=row.name,
        outlet=row.outlet,
        kind=SourceKind(row.kind),
        url=row.url,
        outlet_kind=OutletKind(row.outlet_kind),
        province=row.province,
        weight=row.weight,
        document_kind=DocumentKind(row.document_kind),
        fetch_pages=row.fetch_pages,
        is_enabled=row.is_enabled,
        options=tuple((name, value) for name, value in row.options),
    )


def fetch_state_columns(state: FetchState) -> dict[str, Any]:
    """Return the columns of ``state`` but its source."""
    columns = {name: getattr(state, name) for name in _STATE_FIELDS}
    return {**columns, "item_gaps_s": list(state.item_gaps_s)}


def fetch_state_from(row: FetchStateRow) -> FetchState:
    """Return the fetch state of ``row``."""
    columns = {name: getattr(row, name) for name in _STATE_FIELDS}
    return FetchState(source_id=row.source_id, **{**columns, "item_gaps_s": tuple(row.item_gaps_s)})
