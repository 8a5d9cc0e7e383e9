"""Declared crises as their rows hold them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from alerts.declared import DeclaredCrisis
from ledger import drills
from ledger.border import reading
from ledger.models import CrisisRow


@reading
def running(now: datetime) -> list[tuple[int, DeclaredCrisis]]:
    """Return the crises that run at ``now`` with their numbers, the first declared first; what a
    drill made up ends with the drill."""
    rows = CrisisRow.objects.filter(is_running(now)).order_by("pk")
    found = [(row.pk, crisis_from(row)) for row in rows]
    if any(crisis.is_drill for _, crisis in found) and drills.running_drill(now) is None:
        return [(number, crisis) for number, crisis in found if not crisis.is_drill]
    return found


def is_running(now: datetime) -> Q:
    """Return the condition of a row that is not over at ``now``."""
    return Q(closed_at=None, declared_at__lte=now, ends_at__gt=now)


def crisis_from(row: CrisisRow) -> DeclaredCrisis:
    """Return the crisis of a row."""
    return DeclaredCrisis(
        title=row.title,
        reason=row.reason,
        declared_by=row.declared_by,
        declared_at=row.declared_at,
        ends_at=row.ends_at,
        story_ids=tuple(row.story_ids),
        query=row.query,
        topic=row.topic,
        place=row.place,
        repeat_hours=row.repeat_hours,
        is_drill=row.is_drill,
    )
