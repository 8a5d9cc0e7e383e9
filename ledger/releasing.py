"""What a silence or a declared crisis held is told of when that ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from alerts.escalate import due_at
from alerts.model import Action, AlertIntent, AlertState
from ledger import drills
from ledger.alerts import Compose, alert_from, note
from ledger.border import writing
from ledger.deliveries import add_deliveries
from ledger.holding import SILENCED, Holding
from ledger.mapping import storable
from ledger.models import AlertRow

_RELEASED_FOR = timedelta(days=3)


@writing
def release_silenced(compose: Compose, now: datetime) -> list[str]:
    """Tell of the open alerts whose silence has ended, each once, and return their ids.

    Escalation begins now. What was opened or rose longer than three days ago is news no more.
    """
    rows = _recent(AlertRow.objects.filter(held_reason__startswith=SILENCED), now)
    return release(rows, compose, "hết tạm ngưng", now)


@writing
def release(rows: Iterable[AlertRow], compose: Compose, reason: str, now: datetime) -> list[str]:
    """Tell of held alerts that nothing holds any more, and return their ids; what something else
    holds now says so and waits on."""
    holding, is_drill = Holding(now), drills.running_drill(now) is not None
    released: list[str] = []
    for row in rows:
        known = alert_from(row)
        hold = holding.of(known, Action.OPEN)
        if hold.reason:
            row.held_reason = storable(hold.reason)
            row.crisis_id = hold.crisis or row.crisis_id
            row.save(update_fields=["held_reason", "crisis"])
            continue
        row.held_reason, row.raised_at = "", now
        row.escalation_step, row.escalate_at = 0, due_at(row.level, 0, now)
        row.save(update_fields=["held_reason", "raised_at", "escalation_step", "escalate_at"])
        note(row.pk, "released", "", reason, now)
        told = replace(known, is_drill=known.is_drill or is_drill)
        add_deliveries(compose(AlertIntent(Action.OPEN, told, reason)), now, alert_id=row.pk)
        released.append(row.pk)
    return released


def _recent(rows: QuerySet[AlertRow], now: datetime) -> QuerySet[AlertRow]:
    since = now - _RELEASED_FOR
    recent = Q(raised_at__gte=since) | Q(raised_at=None, opened_at__gte=since)
    found = rows.filter(recent, state=AlertState.OPEN).order_by("-level", "opened_at", "pk")
    return found.select_for_update(skip_locked=True)
