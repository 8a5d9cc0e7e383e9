"""Subscriptions at the hubs of feeds: what the feeds offer, what the hubs confirmed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta

from django.db.models import F

from crawlers.websub import Step, Subscription, SubscriptionState, next_step
from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import SubscriptionRow

_FIELDS = [f.name for f in fields(Subscription) if f.name not in ("source_id", "state")]


def note_hub(source_id: str, hub_url: str, topic_url: str) -> None:
    """Keep what a feed says of its hub, within the caller's transaction."""
    row = SubscriptionRow.objects.filter(pk=source_id).first()
    if row is not None and (row.hub_url, row.topic_url) == (hub_url, topic_url):
        return
    SubscriptionRow.objects.update_or_create(
        source_id=source_id,
        defaults={
            "hub_url": storable(hub_url),
            "topic_url": storable(topic_url),
            "token": secrets.token_urlsafe(32),
            "secret": secrets.token_urlsafe(32),
            "state": SubscriptionState.WANTED,
            "asked_at": None,
            "expires_at": None,
            "failure_count": 0,
        },
    )


def is_pushed(source_id: str, now: datetime) -> bool:
    """Return whether a hub pushes what is new of the source."""
    return SubscriptionRow.objects.filter(
        pk=source_id, state=SubscriptionState.ACTIVE, expires_at__gt=now
    ).exists()


@reading
def due_steps(now: datetime, *, is_enabled: bool) -> list[tuple[Subscription, Step]]:
    """Return what the hubs are to be asked for now; ``is_enabled``: pushes are wanted at all."""
    found: list[tuple[Subscription, Step]] = []
    for row in SubscriptionRow.objects.select_related("source").order_by("pk"):
        subscription = _subscription(row)
        is_wanted = is_enabled and row.source.is_enabled
        if step := next_step(subscription, now, is_wanted=is_wanted):
            found.append((subscription, step))
    return found


@writing
def asked(source_id: str, mode: str, now: datetime) -> None:
    """Note that the hub is asked now."""
    row = SubscriptionRow.objects.select_for_update().filter(pk=source_id).first()
    if row is None:
        return
    row.asked_at, row.error = now, ""
    if mode == "unsubscribe":
        row.state = SubscriptionState.LEAVING
    elif row.state != SubscriptionState.ACTIVE:
        row.state = SubscriptionState.ASKED
    row.save()


@writing
def failed(source_id: str, error: str) -> None:
    """Note that the hub did not take the request."""
    SubscriptionRow.objects.filter(pk=source_id).update(
        error=storable(error)[:500], failure_count=F("failure_count") + 1
    )


@reading
def by_token(token: str) -> Subscription | None:
    """Return the subscription whose callback has this address."""
    row = SubscriptionRow.objects.filter(token=token).first()
    return None if row is None else _subscription(row)


@writing
def confirm(token: str, mode: str, topic_url: str, lease: timedelta, now: datetime) -> bool:
    """Take the hub's question whether we meant it; False for what we did not ask for."""
    row = SubscriptionRow.objects.select_for_update().filter(token=token).first()
    if row is None or row.topic_url != topic_url:
        return False
    rule = _ANSWERS.get(mode)
    if rule is None or row.state not in rule[0]:
        return False
    rule[1](row, lease, now)
    row.save()
    return True


@writing
def note_push(source_id: str, now: datetime) -> None:
    """Note that the hub pushed something that it signed."""
    SubscriptionRow.objects.filter(pk=source_id).update(pushed_at=now)


def _begin(row: SubscriptionRow, lease: timedelta, now: datetime) -> None:
    row.state, row.verified_at, row.expires_at = SubscriptionState.ACTIVE, now, now + lease
    row.failure_count, row.error = 0, ""


def _end(row: SubscriptionRow, lease: timedelta, now: datetime) -> None:
    row.state, row.expires_at = SubscriptionState.ENDED, now


def _refuse(row: SubscriptionRow, lease: timedelta, now: datetime) -> None:
    row.state, row.asked_at = SubscriptionState.REFUSED, now


_ASKED = (SubscriptionState.ASKED, SubscriptionState.ACTIVE)
_Answer = Callable[[SubscriptionRow, timedelta, datetime], None]
_ANSWERS: dict[str, tuple[tuple[SubscriptionState, ...], _Answer]] = {
    "subscribe": (_ASKED, _begin),
    "unsubscribe": ((SubscriptionState.LEAVING,), _end),
    "denied": (_ASKED, _refuse),
}


def _subscription(row: SubscriptionRow) -> Subscription:
    values = {name: getattr(row, name) for name in _FIELDS}
    return Subscription(source_id=row.pk, state=SubscriptionState(row.state), **values)
