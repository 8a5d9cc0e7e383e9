"""The outbox: messages that wait, claimed by compare-and-set, marked after they were sent.

1. A delivery is inserted in the transaction that opens or raises its alert; its id is unique.
2. ``claim`` stamps due rows with a token and makes them due again at the end of a lease.
3. The channel sends; ``mark_sent`` updates only a row that still carries the token.
4. Killed between 2 and 3: after the lease the message goes once more, with the same Message-ID.

Leases and tries run on the caller's clock.

Nobody is flooded: within SPAN an address gets one message about an alert and RATE in all, of which
"theo dõi" may use LOW_RATE; what is over waits. A message about an alert that still waits is
replaced by a newer one. "Khẩn" passes at once, and so do digests and answers (level 0).
"""

from __future__ import annotations

import base64
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q

from alerts.model import Attachment, Delivery, DeliveryState, Headline, Message, Recipient, Waiting
from langnghe.clock import parse_moment
from ledger import audit
from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import DeliveryRow

LEASE_S = 120.0
RATE = 20
LOW_RATE = 12
SPAN = timedelta(minutes=15)
_CALM = (1, 2)


@dataclass(frozen=True)
class OutboxHealth:
    """What the room's banner shows: what waits, what fails, what is dead."""

    waiting: int
    failing: int
    dead: int


class LedgerOutbox:
    """The outbox as :class:`alerts.ports.Outbox` wants it."""

    def claim(self, limit: int, now: datetime) -> list[Delivery]:
        """Return due deliveries, the most urgent first, that are ours until the lease ends."""
        return claim_deliveries(limit, now)

    def mark_sent(self, delivery: Delivery, now: datetime) -> None:
        """Record that the channel took it."""
        _close(delivery, now, state=DeliveryState.SENT.value, sent_at=now, error="")

    def mark_failed(self, delivery: Delivery, error: str, due_at: datetime) -> None:
        """Record a temporary failure; it is tried again at ``due_at``."""
        _close(delivery, due_at, error=storable(error)[:2000])

    def mark_dead(self, delivery: Delivery, error: str, now: datetime) -> None:
        """Move it to the dead-letter list."""
        _close(delivery, now, state=DeliveryState.DEAD.value, error=storable(error)[:2000])


@writing
def claim_deliveries(limit: int, now: datetime) -> list[Delivery]:
    """Return up to ``limit`` due deliveries under a fresh lease that nobody else holds."""
    due = DeliveryRow.objects.filter(state="waiting", due_at__lte=now)
    rows = list(due.order_by("-level", "due_at", "id").select_for_update(skip_locked=True)[:limit])
    rows = _within_rate(_spaced(rows, now), now)
    token = uuid.uuid4().hex
    DeliveryRow.objects.filter(pk__in=[row.pk for row in rows]).update(
        claim=token, due_at=now + timedelta(seconds=LEASE_S)
    )
    for row in rows:
        row.claim = token
    return [delivery_from(row) for row in rows]


@writing
def add_deliveries(
    deliveries: Iterable[Delivery], now: datetime, *, alert_id: str = "", digest_key: str = ""
) -> int:
    """Put messages into the outbox, each id once, and return how many are new."""
    rows = [
        DeliveryRow(
            id=delivery.id,
            alert_id=alert_id or None,
            digest_key=digest_key,
            level=delivery.message.level,
            channel=delivery.recipient.channel,
            address=storable(delivery.recipient.address),
            recipient=storable(delivery.recipient.name),
            role=delivery.recipient.role,
            message=message_data(delivery.message),
            due_at=delivery.due_at,
            created_at=now,
        )
        for delivery in deliveries
    ]
    known = set(
        DeliveryRow.objects.filter(pk__in=[r.pk for r in rows]).values_list("pk", flat=True)
    )
    fresh = [row for row in rows if row.pk not in known]
    for row in fresh:
        _replace_waiting(row)
    DeliveryRow.objects.bulk_create(fresh, ignore_conflicts=True)
    return len({row.pk for row in fresh})


@writing
def resend(delivery_id: str, actor: str, now: datetime) -> bool:
    """Take a dead message back into the outbox ("Gửi lại"); False where it is not dead."""
    taken = DeliveryRow.objects.filter(pk=delivery_id, state="dead").update(
        state="waiting", due_at=now, attempts=0, claim=""
    )
    if taken:
        audit.record(actor, "delivery.resend", delivery_id, now)
    return bool(taken)


@reading
def outbox_health() -> OutboxHealth:
    """Return what waits, what fails and what is dead, for the room's banner and ``doctor``."""
    failing = Q(state="waiting", attempts__gt=0)
    found = DeliveryRow.objects.aggregate(
        waiting=Count("pk", filter=Q(state="waiting")),
        failing=Count("pk", filter=failing),
        dead=Count("pk", filter=Q(state="dead")),
    )
    return OutboxHealth(**found)


def message_data(message: Message) -> dict[str, Any]:
    """Return a message as JSON values."""
    data = {f.name: getattr(message, f.name) for f in fields(message)}
    data["made_at"] = message.made_at.isoformat()
    data["headlines"] = [
        {**asdict(h), "published_at": h.published_at.isoformat()} for h in message.headlines
    ]
    data["attachments"] = [
        {**asdict(a), "payload": base64.b64encode(a.payload).decode()} for a in message.attachments
    ]
    data["waiting"] = [asdict(each) for each in message.waiting]
    stored: dict[str, Any] = _storable(data)
    return stored


def message_from(data: dict[str, Any]) -> Message:
    """Return the message of :func:`message_data`."""
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in data.items()
    }
    values["made_at"] = parse_moment(data["made_at"])
    values["headlines"] = tuple(headline_from(row) for row in data["headlines"])
    values["attachments"] = tuple(
        Attachment(**{**row, "payload": base64.b64decode(row["payload"])})
        for row in data["attachments"]
    )
    values["waiting"] = tuple(
        Waiting(**{**row, "why": tuple(row["why"])}) for row in data.get("waiting", ())
    )
    return Message(**values)


def headline_from(row: dict[str, str]) -> Headline:
    """Return a headline from its JSON values."""
    return Headline(row["title"], row["outlet"], row["url"], parse_moment(row["published_at"]))


def delivery_from(row: DeliveryRow) -> Delivery:
    """Return the delivery of a row; ``claim`` travels in it as proof of the lease."""
    return Delivery(
        id=row.pk,
        message=message_from(row.message),
        recipient=Recipient(row.recipient, row.channel, row.address, row.role),
        due_at=row.due_at,
        attempts=row.attempts,
        state=DeliveryState(row.state),
        error=row.error,
        claim=row.claim,
    )


@writing
def _close(delivery: Delivery, due_at: datetime, **changes: Any) -> None:
    held = DeliveryRow.objects.filter(pk=delivery.id, claim=delivery.claim, state="waiting")
    held.update(claim="", due_at=due_at, attempts=F("attempts") + 1, **changes)


def _replace_waiting(row: DeliveryRow) -> None:
    """Take back what still waits to tell the same person of the same alert, unless it is being
    sent or is more urgent."""
    if row.alert_id is None or not row.level:
        return
    DeliveryRow.objects.filter(
        alert_id=row.alert_id,
        channel=row.channel,
        address=row.address,
        state="waiting",
        claim="",
        level__range=(1, row.level),
    ).update(state=DeliveryState.REPLACED.value)


def _spaced(rows: Sequence[DeliveryRow], now: datetime) -> list[DeliveryRow]:
    """Return the rows whose alert their recipient was not told of within SPAN; others wait."""
    sent = DeliveryRow.objects.filter(
        alert__in={row.alert_id for row in rows if row.level in _CALM and row.alert_id},
        state="sent",
        level__gte=1,
        sent_at__gt=now - SPAN,
    )
    last: dict[tuple[str | None, str, str], datetime] = {
        (alert_id, channel, address): at
        for alert_id, channel, address, at in sent.order_by("sent_at").values_list(
            "alert_id", "channel", "address", "sent_at"
        )
        if at is not None
    }
    kept: list[DeliveryRow] = []
    for row in rows:
        about = (row.alert_id, row.channel, row.address)
        told_at = last.get(about) if row.alert_id else None
        if told_at is not None and row.level in _CALM:
            DeliveryRow.objects.filter(pk=row.pk).update(due_at=told_at + SPAN)
            continue
        if row.level:
            last[about] = now
        kept.append(row)
    return kept


def _within_rate(rows: Sequence[DeliveryRow], now: datetime) -> list[DeliveryRow]:
    """Return the rows that their recipients may get now; the others wait for a minute."""
    sent = Counter(
        dict(
            DeliveryRow.objects.filter(
                address__in={row.address for row in rows},
                state="sent",
                level__gte=1,
                sent_at__gt=now - SPAN,
            )
            .values_list("address")
            .annotate(Count("pk"))
        )
    )
    kept: list[DeliveryRow] = []
    for row in rows:
        if row.level in _CALM and sent[row.address] >= (LOW_RATE if row.level == 1 else RATE):
            DeliveryRow.objects.filter(pk=row.pk).update(due_at=now + timedelta(minutes=1))
            continue
        sent[row.address] += row.level > 0
        kept.append(row)
    return kept


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {key: _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value
