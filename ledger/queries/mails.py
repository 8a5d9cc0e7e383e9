"""The outbox as the room shows it: what left, what waits, what could not be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from alerts.model import Message
from ledger.border import reading
from ledger.deliveries import message_from
from ledger.models import DeliveryRow


@dataclass(frozen=True)
class MailView:
    """One message to one recipient; ``alert_id`` or ``digest_key`` says what it is about."""

    id: str
    subject: str
    recipient: str
    address: str
    channel: str
    state: str
    level: int
    attempts: int
    error: str
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    alert_id: str
    digest_key: str


@dataclass(frozen=True)
class MailPage:
    """One page of mails. ``next`` opens the following page ("" = the end)."""

    mails: tuple[MailView, ...]
    total: int
    next: str = ""


@reading
def mails(
    state: str = "", *, only_digests: bool = False, limit: int = 50, before: str = ""
) -> MailPage:
    """Return messages, newest first; ``before`` is a page's ``next``."""
    rows = DeliveryRow.objects.all()
    if state:
        rows = rows.filter(state=state)
    if only_digests:
        rows = rows.exclude(digest_key="")
    total = rows.count()
    if before:
        moment, _, mail_id = before.partition("|")
        at = datetime.fromisoformat(moment)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=mail_id))
    found = list(rows.order_by("-created_at", "-pk")[: limit + 1])
    page, rest = found[:limit], found[limit:]
    last = page[-1] if rest else None
    return MailPage(
        tuple(_view(row) for row in page),
        total,
        f"{last.created_at.isoformat()}|{last.pk}" if last else "",
    )


@reading
def mail(mail_id: str) -> tuple[MailView, Message] | None:
    """Return one message with what it says, None if there is none of that id."""
    row = DeliveryRow.objects.filter(pk=mail_id).first()
    return (_view(row), message_from(row.message)) if row else None


def _view(row: DeliveryRow) -> MailView:
    return MailView(
        id=row.pk,
        subject=str(row.message.get("subject", "")),
        recipient=row.recipient,
        address=row.address,
        channel=row.channel,
        state=row.state,
        level=row.level,
        attempts=row.attempts,
        error=row.error,
        created_at=row.created_at,
        due_at=row.due_at,
        sent_at=row.sent_at,
        alert_id=row.alert_id or "",
        digest_key=row.digest_key,
    )
