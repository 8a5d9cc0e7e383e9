"""What the machine inferred goes in; what people correct wins over it and is kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from langnghe.analysis import Analysis, Intent, Stance, Tone, Topic
from langnghe.claim import ClaimSuggestion
from langnghe.errors import InvalidDocument
from langnghe.story import StoryChange
from ledger import audit, claims, clustering, work
from ledger.border import writing
from ledger.bulk import update_rows
from ledger.documents import corrections
from ledger.mapping import LABELS, analysis_row, storable
from ledger.models import (
    AgencyRow,
    AnalysisRow,
    CorrectionRow,
    DocumentRow,
    DocumentState,
    PlaceRow,
)

_VALUES: dict[str, frozenset[str]] = {
    "topic": frozenset(Topic),
    "tone": frozenset(Tone),
    "stance": frozenset(Stance),
    "intent": frozenset(Intent),
}
_ANALYSIS_COLUMNS = [f.name for f in AnalysisRow._meta.fields if not f.primary_key]


@writing
def record_analyses(
    items: Sequence[work.WorkItem],
    analyses: Sequence[Analysis],
    change: StoryChange,
    now: datetime,
    *,
    suggestions: Sequence[ClaimSuggestion] = (),
) -> list[str]:
    """Store labels, stories and suggestions of claimed documents and ask for the next stages.

    1. Only documents whose claim still holds are taken; returns their ids.
    2. Their labels are stored; a person's corrections stay and keep winning.
    3. The story change is applied, where no person decided otherwise.
    4. "analyse" is done, "index" and "match" are added: all in one transaction.
    """
    # Documents before steps, as ingest locks them: two that meet wait, neither is ended.
    wanted = DocumentRow.objects.filter(pk__in={item.document_id for item in items})
    rows = {row.pk: row for row in wanted.order_by("pk").select_for_update(no_key=True)}
    held = {row.document_id for row in work.held(items)}
    rows = {doc_id: row for doc_id, row in rows.items() if doc_id in held}
    current = [
        analysis
        for analysis in analyses
        if analysis.document_id in rows and analysis.revision == rows[analysis.document_id].revision
    ]
    _store(current, rows, now)
    moved = clustering.apply_change(change, {a.document_id for a in current}, now)
    claims.record_suggestions(suggestions, now)
    done = [analysis.document_id for analysis in current]
    work.complete([item for item in items if item.document_id in set(done)])
    work.add(
        [(doc_id, rows[doc_id].revision) for doc_id in done],
        [work.Stage.INDEX, work.Stage.MATCH],
        now,
    )
    work.reindex(moved - set(done), now)
    return done


@writing
def correct_label(document_id: str, name: str, value: str, actor: str, now: datetime) -> None:
    """Let a person's word hold for one label, now and after any later analysis.

    The machine's label stays stored beside it, with its model, as material to learn from.
    Raises InvalidDocument for an unknown document, label or value.
    """
    if value not in _VALUES.get(name, frozenset()):
        raise InvalidDocument(document_id, f"{value!r} is no value of {name!r}")
    rows = DocumentRow.objects.select_for_update().filter(pk=document_id)
    row = rows.first()
    analysis = AnalysisRow.objects.filter(document_id=document_id).first()
    if row is None or analysis is None:
        raise InvalidDocument(document_id, "no analysed document has this id")
    CorrectionRow.objects.create(
        document=row,
        label=name,
        value=value,
        machine_value=analysis.labels.get(name, {}).get("value", ""),
        model=analysis.model,
        model_version=analysis.model_version,
        actor=actor,
        corrected_at=now,
    )
    rows.update(**{name: value})
    if row.story_id:
        clustering.refresh({row.story_id})
    audit.record(actor, "label.correct", document_id, now, {"label": name, "value": value})
    work.reindex([document_id], now)


def _store(analyses: Sequence[Analysis], rows: Mapping[str, DocumentRow], now: datetime) -> None:
    ids = [analysis.document_id for analysis in analyses]
    AnalysisRow.objects.bulk_create(
        [analysis_row(analysis, now) for analysis in analyses],
        batch_size=200,
        update_conflicts=True,
        unique_fields=["document"],
        update_fields=_ANALYSIS_COLUMNS,
    )
    _store_mentions(ids, analyses)
    corrected = corrections(ids)
    changed: list[DocumentRow] = []
    for analysis in analyses:
        row = rows[analysis.document_id]
        for name in LABELS:
            label = getattr(analysis, name)
            machine = label.value if label is not None else ""
            setattr(row, name, corrected.get(row.pk, {}).get(name, machine))
        row.state = DocumentState.ANALYSED
        changed.append(row)
    update_rows(changed, [*LABELS, "state"])


def _store_mentions(ids: Sequence[str], analyses: Sequence[Analysis]) -> None:
    PlaceRow.objects.filter(document_id__in=ids).delete()
    AgencyRow.objects.filter(document_id__in=ids).delete()
    places: list[PlaceRow] = []
    agencies: list[AgencyRow] = []
    for analysis in analyses:
        doc_id = analysis.document_id
        units = {(p.name, p.code, p.level, p.province) for p in analysis.places}
        bodies = {(a.name, a.kind) for a in analysis.agencies}
        places += [
            PlaceRow(document_id=doc_id, name=storable(n), code=c, level=lv[:10], province=pr[:20])
            for n, c, lv, pr in sorted(units)
        ]
        agencies += [
            AgencyRow(document_id=doc_id, name=storable(n), kind=k) for n, k in sorted(bodies)
        ]
    PlaceRow.objects.bulk_create(places, batch_size=200)
    AgencyRow.objects.bulk_create(agencies, batch_size=200)
