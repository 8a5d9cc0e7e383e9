"""Drills: a limited time in which every alert and its messages are an exercise.

A drill ends by itself; nothing has to happen for it to end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from langnghe.errors import ConfigError
from ledger import audit
from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import AlertRow, DrillRow

LONGEST_DRILL = timedelta(hours=8)


@dataclass(frozen=True)
class Drill:
    """A drill. ``title`` is its made-up event, told of at ``level`` as the drill begins."""

    number: int
    title: str
    level: int
    started_at: datetime
    ends_at: datetime
    started_by: str
    ended_by: str = ""


@dataclass(frozen=True)
class DrillOutcome:
    """What a drill was for: how many of its alerts were taken over, and how fast."""

    drill: Drill
    alerts: int
    acknowledged: int
    median_minutes: float | None


@writing
def start_drill(title: str, level: int, length: timedelta, actor: str, now: datetime) -> Drill:
    """Begin a drill; raises ConfigError while another one runs, or without title or end."""
    if not title.strip() or not actor or level not in (1, 2, 3):
        raise ConfigError("drill: a person, an event and a level from 1 to 3 are needed")
    if not timedelta() < length <= LONGEST_DRILL:
        raise ConfigError(f"drill: it must end within {LONGEST_DRILL}")
    if running_drill(now) is not None:
        raise ConfigError("drill: another drill is running")
    row = DrillRow.objects.create(
        title=storable(title.strip()),
        level=level,
        started_at=now,
        ends_at=now + length,
        started_by=actor,
    )
    audit.record(actor, "drill.start", str(row.pk), now, {"title": row.title})
    return _drill(row)


@writing
def end_drill(actor: str, now: datetime) -> bool:
    """End the running drill now; False where none runs."""
    ended = DrillRow.objects.filter(started_at__lt=now, ends_at__gt=now).update(
        ends_at=now, ended_by=actor
    )
    if ended:
        audit.record(actor, "drill.end", "", now)
    return bool(ended)


@reading
def running_drill(now: datetime) -> Drill | None:
    """Return the drill that runs at ``now``, None where there is none."""
    rows = DrillRow.objects.filter(started_at__lte=now, ends_at__gt=now)
    row = rows.order_by("-started_at").first()
    return _drill(row) if row else None


@reading
def drill_outcomes(limit: int = 20) -> list[DrillOutcome]:
    """Return the last drills with what became of their alerts, newest first."""
    rows = DrillRow.objects.order_by("-started_at", "-pk")[:limit]
    return [_outcome(_drill(row)) for row in rows]


def _outcome(drill: Drill) -> DrillOutcome:
    rows = AlertRow.objects.filter(
        is_drill=True, opened_at__gte=drill.started_at, opened_at__lte=drill.ends_at
    )
    times = list(rows.values_list("opened_at", "acknowledged_at"))
    waits = [(taken - opened) / timedelta(minutes=1) for opened, taken in times if taken]
    return DrillOutcome(drill, len(times), len(waits), median(waits) if waits else None)


def _drill(row: DrillRow) -> Drill:
    return Drill(
        row.pk,
        row.title,
        row.level,
        row.started_at,
        row.ends_at,
        row.started_by,
        row.ended_by,
    )
