"""Feedback to answer (Góp ý cần trả lời): by matter and place, never by author.

States: mới (new) → đã giao (assigned) → đã trả lời (answered) → đóng (closed). New posts on an
answered matter open it again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.model import Delivery
from langnghe.errors import ConfigError
from ledger import audit
from ledger.border import reading, writing
from ledger.deliveries import add_deliveries
from ledger.mapping import storable
from ledger.models import FeedbackRow

ASKED_OFTEN = 5
STATES = {"new": "Mới", "assigned": "Đã giao", "answered": "Đã trả lời", "closed": "Đóng"}


@dataclass(frozen=True)
class Feedback:
    """One matter in one place that people ask or complain about."""

    matter: str
    place: str
    intent: str
    topic: str
    department: str
    document_ids: tuple[str, ...]
    first_at: datetime
    last_at: datetime

    @property
    def id(self) -> str:
        """The identity of the matter in its place."""
        return "f" + hashlib.sha256(f"{self.matter}\x1f{self.place}".encode()).hexdigest()[:19]


@dataclass(frozen=True)
class FeedbackCounts:
    """How many matters stand in each state; ``asked_often`` ones have no official answer yet."""

    states: dict[str, int]
    overdue: int
    asked_often: int


@writing
def record_feedback(found: Iterable[Feedback], now: datetime) -> list[str]:
    """Add groups, or their new documents, and return the ids that are new or opened again."""
    opened: list[str] = []
    for group in found:
        row = FeedbackRow.objects.select_for_update().filter(pk=group.id).first()
        if row is None:
            row = FeedbackRow(
                pk=group.id,
                matter=storable(group.matter),
                place=storable(group.place),
                intent=group.intent,
                topic=group.topic,
                department=storable(group.department),
                first_at=group.first_at,
                last_at=group.last_at,
            )
            opened.append(row.pk)
        fresh = [i for i in group.document_ids if i not in row.document_ids]
        if fresh and row.state in ("answered", "closed"):
            row.state = "new"
            opened.append(row.pk)
        row.document_ids = [*row.document_ids, *fresh]
        row.document_count = len(row.document_ids)
        row.last_at = max(row.last_at, group.last_at)
        row.save()
    return opened


@writing
def assign_feedback(
    feedback_id: str,
    department: str,
    actor: str,
    now: datetime,
    due_at: datetime,
    deliveries: Sequence[Delivery] = (),
) -> None:
    """Give a matter to a department with its due date; ``deliveries`` tell it so."""
    if not department.strip():
        raise ConfigError("feedback: name a department")
    FeedbackRow.objects.filter(pk=feedback_id).update(
        state="assigned", department=storable(department), due_at=due_at, assigned_by=actor
    )
    add_deliveries(deliveries, now)
    audit.record(actor, "feedback.assign", feedback_id, now, {"to": department})


@writing
def answer_feedback(feedback_id: str, answer: str, url: str, actor: str, now: datetime) -> None:
    """Record the answer with its link."""
    if not answer.strip():
        raise ConfigError("feedback: the answer's text is needed")
    FeedbackRow.objects.filter(pk=feedback_id).update(
        state="answered", answer=storable(answer), answer_url=storable(url), answered_at=now
    )
    audit.record(actor, "feedback.answer", feedback_id, now, {"url": url})


@writing
def close_feedback(feedback_id: str, actor: str, now: datetime) -> None:
    """Close a matter."""
    FeedbackRow.objects.filter(pk=feedback_id).update(state="closed", closed_at=now)
    audit.record(actor, "feedback.close", feedback_id, now)


@reading
def feedback(states: Iterable[str] = ("new", "assigned"), limit: int = 100) -> list[FeedbackRow]:
    """Return matters, the most asked first."""
    rows = FeedbackRow.objects.filter(state__in=list(states))
    return list(rows.order_by("-document_count", "first_at", "pk")[:limit])


def is_asked_often(matter: FeedbackRow) -> bool:
    """Whether many ask and no official answer is known yet: an early sign."""
    return matter.state in ("new", "assigned") and matter.document_count >= ASKED_OFTEN


def feedback_counts(matters: Iterable[FeedbackRow], now: datetime) -> FeedbackCounts:
    """Return how many of ``matters`` stand in each state, are overdue, or are asked often."""
    known = list(matters)
    states = Counter(matter.state for matter in known)
    return FeedbackCounts(
        states={state: states[state] for state in STATES},
        overdue=sum(is_overdue(matter, now) for matter in known),
        asked_often=sum(is_asked_often(matter) for matter in known),
    )


def is_overdue(matter: FeedbackRow, now: datetime) -> bool:
    """Whether a department has not answered by its due date."""
    return matter.state == "assigned" and matter.due_at is not None and matter.due_at < now
