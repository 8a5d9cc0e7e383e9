"""Response clocks and press requests: started by a person, warned at half and at 80 %, recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.clocks import KINDS, Clock, start, warning
from langnghe.errors import ConfigError
from ledger import audit
from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import ClockRow, PressRequestRow

PRESS_KINDS = {"request": "press_request", "forwarded": "forwarded_opinion"}


@dataclass(frozen=True)
class RunningClock:
    """A clock as the room shows it; ``warned`` is 0, 1 (half), 2 (80 %) or 3 (overdue)."""

    number: int
    clock: Clock
    title: str
    reference: str
    department: str
    story_id: str
    warned: int


@dataclass(frozen=True)
class ClockWarning:
    """A warning that has just become due."""

    number: int
    title: str
    department: str
    sentence: str


@dataclass(frozen=True)
class ClockFigures:
    """What the annual report says of answers: how many in time, how many late or still open."""

    started: int
    in_time: int
    late: int
    running: int


@writing
def start_clock(
    kind: str,
    title: str,
    actor: str,
    started_at: datetime,
    now: datetime,
    *,
    department: str = "",
    story_id: str = "",
    alert_id: str = "",
    amount: int | None = None,
) -> int:
    """Start a clock at the moment that ``actor`` marks and return its number.

    Raises ConfigError for an unknown kind, a missing person or a start in the future.
    """
    if not actor or started_at > now:
        raise ConfigError("clock: a person starts it, and not in the future")
    clock = start(kind, started_at, amount)
    row = ClockRow.objects.create(
        kind=kind,
        title=storable(title),
        story_id=story_id,
        alert_id=alert_id,
        department=storable(department),
        started_at=clock.started_at,
        started_by=actor,
        half_at=clock.half_at,
        late_at=clock.late_at,
        due_at=clock.due_at,
    )
    audit.record(actor, "clock.start", str(row.pk), now, {"kind": kind})
    return row.pk


@writing
def stop_clock(number: int, actor: str, statement: str, url: str, now: datetime) -> bool:
    """Record the statement with its link and stop the clock; False where it is stopped already."""
    if not statement.strip():
        raise ConfigError("clock: the statement's text is needed")
    stopped = ClockRow.objects.filter(pk=number, stopped_at=None).update(
        stopped_at=now, stopped_by=actor, statement=storable(statement), statement_url=storable(url)
    )
    if stopped:
        audit.record(actor, "clock.stop", str(number), now, {"url": url})
    return bool(stopped)


@writing
def add_press_request(
    kind: str, outlet: str, question: str, received_at: datetime, actor: str, now: datetime
) -> int:
    """Record a question of the press, or an opinion it forwarded, with its deadline."""
    if kind not in PRESS_KINDS:
        raise ConfigError(f"press request: unknown kind {kind!r}")
    title = f"{outlet}: {question}"[:300]
    number = start_clock(PRESS_KINDS[kind], title, actor, received_at, now)
    row = PressRequestRow.objects.create(
        kind=kind,
        outlet=storable(outlet),
        question=storable(question),
        received_at=received_at,
        clock_id=number,
        added_by=actor,
    )
    return row.pk


@reading
def running_clocks() -> list[RunningClock]:
    """Return the clocks that run, the most urgent first."""
    return [_running(row) for row in ClockRow.objects.filter(stopped_at=None).order_by("due_at")]


@writing
def due_warnings(now: datetime) -> list[ClockWarning]:
    """Return the warnings that became due since the last call, each once."""
    found: list[ClockWarning] = []
    for row in ClockRow.objects.filter(stopped_at=None, warned__lt=3).select_for_update():
        due = warning(_running(row).clock, row.warned, now)
        if due is not None:
            row.warned = due[0]
            row.save(update_fields=["warned"])
            found.append(ClockWarning(row.pk, row.title, row.department, due[1]))
    return found


@reading
def clock_figures(start_at: datetime, end_at: datetime) -> ClockFigures:
    """Return the figures of the clocks started in a span, for the reports."""
    rows = ClockRow.objects.filter(started_at__gte=start_at, started_at__lt=end_at)
    outcomes = list(rows.values_list("stopped_at", "due_at"))
    in_time = sum(stopped is not None and stopped <= due for stopped, due in outcomes)
    running = sum(stopped is None for stopped, _ in outcomes)
    return ClockFigures(len(outcomes), in_time, len(outcomes) - in_time - running, running)


def _running(row: ClockRow) -> RunningClock:
    clock = Clock(row.kind, row.started_at, row.half_at, row.late_at, row.due_at)
    return RunningClock(
        row.pk,
        clock,
        row.title,
        KINDS[row.kind].reference,
        row.department,
        row.story_id,
        row.warned,
    )
