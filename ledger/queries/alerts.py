"""Alerts as the room shows them: what a message does not say too (who has it, why it is held)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Value, When

from alerts.model import Alert
from ledger.alerts import alert_from
from ledger.border import reading
from ledger.models import AlertRow

_ORDER = Case(
    When(state="open", then=Value(0)), When(state="acknowledged", then=Value(1)), default=Value(2)
)


@dataclass(frozen=True)
class AlertView:
    """One alert with what people did about it. ``held_reason``: why no message left, if so."""

    alert: Alert
    department: str
    held_reason: str
    raised_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    resolved_at: datetime | None
    resolved_by: str
    escalation_step: int
    escalate_at: datetime | None
    crisis: int = 0
    """The number of the declared crisis that it belongs to, 0 = none."""


@reading
def alert_views(
    *,
    states: Sequence[str] = (),
    ids: Sequence[str] | None = None,
    least_level: int = 1,
    story_id: str = "",
    since: datetime | None = None,
    limit: int = 200,
) -> list[AlertView]:
    """Return alerts, the open ones first, then the higher, then the newer."""
    rows = AlertRow.objects.filter(level__gte=least_level)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    if states:
        rows = rows.filter(state__in=states)
    if story_id:
        rows = rows.filter(story_id=story_id)
    if since is not None:
        rows = rows.filter(opened_at__gte=since)
    return [_view(row) for row in rows.order_by(_ORDER, "-level", "-opened_at", "-pk")[:limit]]


@reading
def alert_view(alert_id: str) -> AlertView | None:
    """Return one alert, None if there is none of that id."""
    row = AlertRow.objects.filter(pk=alert_id).first()
    return _view(row) if row else None


def _view(row: AlertRow) -> AlertView:
    return AlertView(
        alert=alert_from(row),
        department=row.department,
        held_reason=row.held_reason,
        raised_at=row.raised_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        escalation_step=row.escalation_step,
        escalate_at=row.escalate_at,
        crisis=row.crisis_id or 0,
    )
