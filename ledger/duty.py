"""The duty rota: who is on duty in a role, and who stands in."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.routing import DutyTurn
from langnghe.errors import ConfigError
from langnghe.profile import ROLES
from ledger import audit
from ledger.border import reading, writing
from ledger.models import DutyRow


@writing
def set_turn(turn: DutyTurn, actor: str, now: datetime) -> int:
    """Put somebody on duty and return the turn's number; the same start replaces the turn."""
    if turn.role not in ROLES or turn.ends_at <= turn.starts_at or not turn.person:
        raise ConfigError("duty: a known role, a person and an end after the start are needed")
    row, _ = DutyRow.objects.update_or_create(
        role=turn.role,
        starts_at=turn.starts_at,
        defaults={
            "username": turn.person,
            "substitute": turn.substitute,
            "ends_at": turn.ends_at,
            "set_by": actor,
        },
    )
    audit.record(actor, "duty.set", turn.role, now, {"person": turn.person})
    return row.pk


@writing
def remove_turn(number: int, actor: str, now: datetime) -> bool:
    """Take a turn off the rota."""
    gone, _ = DutyRow.objects.filter(pk=number).delete()
    if gone:
        audit.record(actor, "duty.remove", str(number), now)
    return bool(gone)


@reading
def turns(now: datetime) -> list[DutyTurn]:
    """Return the turns that run at ``now``."""
    rows = DutyRow.objects.filter(starts_at__lte=now, ends_at__gt=now).order_by("role", "pk")
    return [_turn(row) for row in rows]


@reading
def rota(start: datetime, end: datetime) -> list[tuple[int, DutyTurn]]:
    """Return the turns that touch the span with their numbers, in order of time."""
    rows = DutyRow.objects.filter(starts_at__lt=end, ends_at__gt=start)
    return [(row.pk, _turn(row)) for row in rows.order_by("starts_at", "role")]


@writing
def copy_turns(start: datetime, end: datetime, later: timedelta, actor: str, now: datetime) -> int:
    """Repeat the turns that begin in the span ``later``; a turn that stands there stays.

    Returns how many were added.
    """
    added = 0
    for row in DutyRow.objects.filter(starts_at__gte=start, starts_at__lt=end).order_by("pk"):
        _, is_new = DutyRow.objects.get_or_create(
            role=row.role,
            starts_at=row.starts_at + later,
            defaults={
                "username": row.username,
                "substitute": row.substitute,
                "ends_at": row.ends_at + later,
                "set_by": actor,
            },
        )
        added += is_new
    if added:
        audit.record(actor, "duty.copy", (start + later).isoformat(), now, {"count": added})
    return added


def _turn(row: DutyRow) -> DutyTurn:
    return DutyTurn(row.role, row.username, row.starts_at, row.ends_at, row.substitute)
