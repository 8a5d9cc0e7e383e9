"""Response clocks and press requests: started by a person, stopped by a statement, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from alerts.clocks import KINDS, Clock, start
from langnghe.errors import ConfigError
from ledger import audit
from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import ClockRow, PressRequestRow

PRESS_KINDS = {"request": "press_request", "forwarded": "forwarded_opinion"}


@dataclass(frozen=True)
class RunningClock:
    """A clock as the room shows it."""

    number: int
    clock: Clock
    title: str
    reference: str
    department: str
    story_id: str


@dataclass(frozen=True)
class StoppedClock:
    """A clock that a statement stopped, as the room shows it."""

    number: int
    kind: str
    title: str
    department: str
    story_id: str
    due_at: datetime
    stopped_at: datetime
    stopped_by: str
    statement: str
    statement_url: str

    @property
    def is_in_time(self) -> bool:
        """Whether the statement came before the deadline."""
        return self.stopped_at <= self.due_at


@dataclass(frozen=True)
class ClockFigures:
    """What the annual report says of answers: how many in time, late, late and still open, running.

    ``started`` is their sum; ``median_hours`` is from start to statement, None without any.
    """

    started: int
    in_time: int
    late: int
    overdue: int
    running: int
    median_hours: float | None


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
    kind: str,
    outlet: str,
    question: str,
    received_at: datetime,
    actor: str,
    now: datetime,
    *,
    department: str = "",
    amount: int | None = None,
) -> int:
    """Record a question of the press, or an opinion it forwarded, with its deadline."""
    if kind not in PRESS_KINDS:
        raise ConfigError(f"press request: unknown kind {kind!r}")
    title = f"{outlet}: {question}"[:300]
    number = start_clock(
        PRESS_KINDS[kind], title, actor, received_at, now, department=department, amount=amount
    )
    row = PressRequestRow.objects.create(
        kind=kind,
        outlet=storable(outlet),
        question=storable(question),
        department=storable(department),
        received_at=received_at,
        clock_id=number,
        added_by=actor,
    )
    return row.pk


@reading
def running_clocks() -> list[RunningClock]:
    """Return the clocks that run, the most urgent first."""
    return [_running(row) for row in ClockRow.objects.filter(stopped_at=None).order_by("due_at")]


@reading
def stopped_clocks(limit: int = 50) -> list[StoppedClock]:
    """Return the clocks that statements stopped, the newest statement first."""
    rows = ClockRow.objects.filter(stopped_at__isnull=False).order_by("-stopped_at", "-pk")
    return [found for row in rows[:limit] if (found := _stopped(row)) is not None]


@reading
def stopped_clock(number: int) -> StoppedClock:
    """Return one stopped clock; raises LookupError for another number."""
    row = ClockRow.objects.filter(pk=number).first()
    found = _stopped(row) if row else None
    if found is None:
        raise LookupError(str(number))
    return found


@reading
def clock_figures(
    start_at: datetime,
    end_at: datetime,
    now: datetime,
    departments: Sequence[str] | None = None,
) -> dict[str, ClockFigures]:
    """Return the figures of the clocks started in a span, by kind, for the reports.

    ``departments`` narrow them to those of a limited reader; None means all.
    """
    rows = ClockRow.objects.filter(started_at__gte=start_at, started_at__lt=end_at)
    if departments is not None:
        rows = rows.filter(department__in=departments)
    outcomes: dict[str, list[ClockRow]] = {kind: [] for kind in KINDS}
    for row in rows.order_by("started_at"):
        outcomes[row.kind].append(row)
    return {kind: _figures(found, now) for kind, found in outcomes.items()}


def _figures(rows: Sequence[ClockRow], now: datetime) -> ClockFigures:
    answered = [(row.stopped_at, row) for row in rows if row.stopped_at is not None]
    in_time = sum(stopped <= row.due_at for stopped, row in answered)
    overdue = sum(row.stopped_at is None and row.due_at < now for row in rows)
    hours = [(stopped - row.started_at) / timedelta(hours=1) for stopped, row in answered]
    return ClockFigures(
        started=len(rows),
        in_time=in_time,
        late=len(answered) - in_time,
        overdue=overdue,
        running=len(rows) - len(answered) - overdue,
        median_hours=median(hours) if hours else None,
    )


def _stopped(row: ClockRow) -> StoppedClock | None:
    if row.stopped_at is None:
        return None
    return StoppedClock(
        row.pk,
        row.kind,
        row.title,
        row.department,
        row.story_id,
        row.due_at,
        row.stopped_at,
        row.stopped_by,
        row.statement,
        row.statement_url,
    )


def _running(row: ClockRow) -> RunningClock:
    clock = Clock(row.kind, row.started_at, row.half_at, row.late_at, row.due_at)
    return RunningClock(
        row.pk,
        clock,
        row.title,
        KINDS[row.kind].reference,
        row.department,
        row.story_id,
    )
