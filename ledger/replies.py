"""Replies to alert mails in the ledger: acknowledged or noted once, with the mailbox's cursor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from alerts.model import Alert, Delivery
from alerts.replies import Reply, ReplyVerdict
from ledger import alerts
from ledger.border import reading, writing
from ledger.deliveries import add_deliveries
from ledger.models import AlertEventRow, DeliveryRow, StateRow

_CURSOR = "replies.cursor"
Answer = Callable[[Alert, bool], Delivery]


@reading
def cursor() -> str:
    """Return up to where the mailbox was read ("" before the first time)."""
    row = StateRow.objects.filter(pk=_CURSOR).first()
    return "" if row is None else str(row.value)


@reading
def read_at() -> datetime | None:
    """Return when the mailbox last answered, None before the first time."""
    row = StateRow.objects.filter(pk=_CURSOR).first()
    return None if row is None else row.changed_at


@writing
def keep_cursor(value: str, now: datetime) -> None:
    """Remember up to where the mailbox was read."""
    StateRow.objects.update_or_create(pk=_CURSOR, defaults={"value": value, "changed_at": now})


@reading
def told_person(alert_id: str, address: str) -> str:
    """Return the name under which an alert was mailed to ``address``, "" where it was not."""
    told = DeliveryRow.objects.filter(alert_id=alert_id, channel="email", address__iexact=address)
    row = told.order_by("-created_at").first()
    return "" if row is None else row.recipient


@writing
def record_reply(
    reply: Reply,
    verdict: ReplyVerdict,
    person: str,
    answer: Answer,
    next_cursor: str,
    now: datetime,
) -> bool:
    """Do what ``verdict`` says, queue the answer and move the cursor: all of it or nothing.

    The same reply read again changes nothing: the alert is taken, the note stands, the answer has
    an identity. Returns whether this reply took the alert.
    """
    keep_cursor(next_cursor, now)
    found = alerts.alert(reply.mark.alert_id)
    if found is None:
        return False
    taken = verdict.is_taken and alerts.acknowledge(found.id, person, now)
    actor = person or reply.address
    known = AlertEventRow.objects.filter(
        alert_id=found.id, kind="replied", actor=actor, reason=verdict.note
    )
    if not known.exists():
        alerts.note(found.id, "replied", actor, verdict.note, now)
    if verdict.is_theirs:
        current = alerts.alert(found.id) or found
        is_theirs = taken or (verdict.is_taken and current.assignee == person)
        add_deliveries([answer(current, is_theirs)], now, alert_id=found.id)
    return taken
