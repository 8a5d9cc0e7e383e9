"""Escalation until somebody has it: spokesperson → deputy → head, by level. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from langnghe.wording import lasted


@dataclass(frozen=True)
class Step:
    """After how many minutes without acknowledgement which roles are told."""

    after_minutes: int
    roles: tuple[str, ...]
    name: str


# By level; the times count from the opening. The first message is not a step.
STEPS: dict[int, tuple[Step, ...]] = {
    1: (),
    2: (
        Step(60, ("spokesperson",), "người phát ngôn"),
        Step(180, ("approver",), "cấp phó phụ trách"),
    ),
    3: (
        Step(10, ("spokesperson", "approver"), "người phát ngôn và cấp phó phụ trách"),
        Step(30, ("leader",), "lãnh đạo"),
        Step(60, ("leader", "spokesperson", "approver", "analyst"), "mọi người có trách nhiệm"),
    ),
}


@dataclass(frozen=True)
class Escalation:
    """Who is told next, and why, in Vietnamese."""

    step: int
    roles: tuple[str, ...]
    reason: str


def due_at(level: int, steps_taken: int, opened_at: datetime) -> datetime | None:
    """Return when the next step is due, or None when there is none left."""
    steps = STEPS[level]
    if steps_taken >= len(steps):
        return None
    return opened_at + timedelta(minutes=steps[steps_taken].after_minutes)


def escalate(
    level: int, steps_taken: int, opened_at: datetime, is_answered: bool, now: datetime
) -> Escalation | None:
    """Return the step that is due now. After a stop of the service only the latest one is taken."""
    if is_answered:
        return None
    steps = STEPS[level]
    waited = now - opened_at
    due = [k for k in range(steps_taken, len(steps)) if waited >= _after(steps[k])]
    if not due:
        return None
    roles = tuple(dict.fromkeys(role for k in due for role in steps[k].roles))
    return Escalation(
        due[-1] + 1,
        roles,
        f"sau {lasted(waited)} chưa ai tiếp nhận, chuyển đến {steps[due[-1]].name}",
    )


def _after(step: Step) -> timedelta:
    return timedelta(minutes=step.after_minutes)
