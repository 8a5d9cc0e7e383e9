"""Feedback to answer: what people complain of, suggest or ask becomes work, grouped by matter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from langnghe.analysis import AnalysedDocument
from langnghe.document import DocumentKind
from ledger import documents, feedback, queries
from ledger.queries import DocumentFilter
from nlp.feedback import ANSWERABLE, FeedbackGroup, group_feedback
from runtime.wiring import Runtime

_SPAN = timedelta(days=7)
_BATCH = 500


def renew_feedback(runtime: Runtime) -> list[str]:
    """Group the last week's feedback anew and return the matters that are new or opened again.

    Safe to repeat: a matter keeps its identity (matter and place), its state and its answer.
    """
    now = runtime.clock.now()
    groups = group_feedback(_answerable(now - _SPAN), runtime.profile)
    return feedback.record_feedback([_matter(group) for group in groups], now)


def _answerable(since: datetime) -> Iterator[AnalysedDocument]:
    wanted = DocumentFilter(
        kinds=(DocumentKind.POST.value, DocumentKind.COMMENT.value),
        intents=tuple(intent.value for intent in ANSWERABLE),
        seen_from=since,
    )
    before = ""
    while True:
        page = queries.newest(_BATCH, before, wanted)
        yield from documents.load_analysed([doc.id for doc in page.documents])
        before = page.next
        if not before:
            return


def _matter(group: FeedbackGroup) -> feedback.Feedback:
    return feedback.Feedback(
        matter=group.matter,
        place=group.place,
        intent=max(group.intents, key=lambda pair: pair[1])[0],
        topic=group.topic,
        department=group.departments[0] if group.departments else "",
        document_ids=group.document_ids,
        first_at=group.first_at,
        last_at=group.last_at,
    )
