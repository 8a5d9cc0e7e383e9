"""Documents out of the ledger, with or without what was inferred of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db.models import F, QuerySet

from langnghe.analysis import AnalysedDocument, Analysis
from langnghe.document import Document, Revision
from ledger.border import reading
from ledger.clustering import resolve
from ledger.mapping import analysis_from, document_from, revision_from
from ledger.models import (
    AnalysisRow,
    CorrectionRow,
    DocumentRow,
    RevisionRow,
    StoryDecisionRow,
    SuggestionRow,
)

_BATCH = 500


@reading
def load_documents(ids: Sequence[str]) -> list[Document]:
    """Return the documents in the order of ``ids``; one that is no longer there is left out."""
    rows = _with_texts(DocumentRow.objects.filter(pk__in=set(ids)))
    found = {row.pk: document_from(row, text) for row, text in rows}
    return [found[i] for i in dict.fromkeys(ids) if i in found]


@reading
def load_analysed(ids: Sequence[str]) -> list[AnalysedDocument]:
    """Return documents with analysis, corrections, story and claims, in the order of ``ids``."""
    rows = _with_texts(DocumentRow.objects.filter(pk__in=set(ids)))
    found = {item.document.id: item for item in _analysed(rows)}
    return [found[i] for i in dict.fromkeys(ids) if i in found]


def iter_analysed(after_id: str = "", batch: int = _BATCH) -> Iterator[list[AnalysedDocument]]:
    """Yield every analysed document once, in batches by id, as a reindex reads them.

    It can be resumed with the last id of a batch; documents that arrive meanwhile have their own
    work item.
    """
    while True:
        items = _batch_after(after_id, batch)
        if not items:
            return
        yield items
        after_id = items[-1].document.id


@reading
def _batch_after(after_id: str, batch: int) -> list[AnalysedDocument]:
    rows = DocumentRow.objects.filter(pk__gt=after_id, analysis__isnull=False).order_by("pk")
    return _analysed(_with_texts(rows, batch))


def recent_story_items(
    since: datetime,
) -> Iterator[tuple[Document, Analysis | None, str, bool]]:
    """Yield (document, analysis, story id, whether a person brought the story together) of what
    was seen since, in the order of arrival."""
    joined = _joined_by_people()
    for item in arrivals(since):
        yield item.document, item.analysis, item.story_id, item.story_id in joined


def arrivals(since: datetime) -> Iterator[AnalysedDocument]:
    """Yield what was seen since and has a story, in the order of arrival."""
    after = (since, "")
    while True:
        items = _arrivals_after(*after)
        yield from items
        if len(items) < _BATCH:
            return
        after = (items[-1].document.first_seen_at, items[-1].document.id)


@reading
def _joined_by_people() -> frozenset[str]:
    """Return the living stories into which a person merged or moved something."""
    decisions = StoryDecisionRow.objects.filter(kind__in=("merge", "move"))
    keepers = decisions.values_list("story_id", flat=True).distinct()
    return frozenset(resolve(story_id) for story_id in keepers)


@reading
def _arrivals_after(moment: datetime, after_id: str) -> list[AnalysedDocument]:
    rows = DocumentRow.objects.filter(story__isnull=False, first_seen_at__gte=moment)
    rows = rows.exclude(first_seen_at=moment, pk__lte=after_id).order_by("first_seen_at", "pk")
    return _analysed(_with_texts(rows, _BATCH))


@reading
def revisions(document_id: str) -> list[Revision]:
    """Return the kept states of a document's words, oldest first."""
    rows = RevisionRow.objects.filter(document_id=document_id).order_by("number")
    return [revision_from(row) for row in rows]


@reading
def corrected_documents() -> list[AnalysedDocument]:
    """Return the documents of which a person corrected a label, in the order of their ids."""
    ids = CorrectionRow.objects.order_by("document_id").values_list("document_id", flat=True)
    return _in_batches(list(ids.distinct()))


@reading
def uncorrected_documents(limit: int) -> list[AnalysedDocument]:
    """Return the newest ``limit`` analysed documents of which nobody corrected a label."""
    rows = DocumentRow.objects.filter(analysis__isnull=False, corrections__isnull=True)
    return _in_batches(
        list(rows.order_by("-first_seen_at", "pk").values_list("pk", flat=True)[:limit])
    )


def _in_batches(ids: Sequence[str]) -> list[AnalysedDocument]:
    parts = (ids[at : at + _BATCH] for at in range(0, len(ids), _BATCH))
    return [item for part in parts for item in load_analysed(part)]


@reading
def document_count() -> int:
    """Return how many analysed documents there are, for the progress of a reindex."""
    return AnalysisRow.objects.count()


def _with_texts(
    rows: QuerySet[DocumentRow], limit: int | None = None
) -> list[tuple[DocumentRow, str]]:
    found = list(rows[:limit])
    texts = dict(
        RevisionRow.objects.filter(
            document_id__in=[row.pk for row in found], number=F("document__revision")
        ).values_list("document_id", "text")
    )
    return [(row, texts.get(row.pk, "")) for row in found]


def _analysed(rows: Sequence[tuple[DocumentRow, str]]) -> list[AnalysedDocument]:
    ids = [row.pk for row, _ in rows]
    corrected = corrections(ids)
    claims: dict[str, list[str]] = defaultdict(list)
    suggested = SuggestionRow.objects.filter(document_id__in=ids).exclude(state="rejected")
    for doc_id, fact_check_id in suggested.order_by("pk").values_list(
        "document_id", "fact_check_id"
    ):
        claims[doc_id].append(fact_check_id)
    analyses = {
        row.document_id: analysis_from(row, corrected.get(row.document_id, {}))
        for row in AnalysisRow.objects.filter(document_id__in=ids)
    }
    return [
        AnalysedDocument(
            document=document_from(row, text),
            analysis=analyses.get(row.pk),
            story_id=row.story_id or "",
            claim_ids=tuple(claims[row.pk]),
        )
        for row, text in rows
    ]


def corrections(ids: Iterable[str]) -> Mapping[str, dict[str, str]]:
    """Return the labels that people corrected, by document; the newest word of a person holds."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    rows = CorrectionRow.objects.filter(document_id__in=list(ids)).order_by("pk")
    for doc_id, label, value in rows.values_list("document_id", "label", "value"):
        found[doc_id][label] = value
    return found
