"""Escalation until somebody has it: spokesperson → deputy → head, by level. Pure.

"Khẩn" is told again to everybody whom a step names. Below it a step tells only who has not heard
yet, "theo dõi" has no step, and the head is never named. Steps that are nearly due are taken with
one that is, so that what waits for one person goes in one message.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.model import Alert, Recipient
from alerts.mute import URGENT
from langnghe.wording import lasted

EARLY = 0.25
"""The share of its time by which a step may be taken early, with another that is due."""
DEPARTMENT = "department"
"""The role of the address of the department that must answer."""


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
        Step(
            60,
            ("leader", "spokesperson", "approver", "analyst", DEPARTMENT),
            "mọi người có trách nhiệm",
        ),
    ),
}
LONGEST_EARLY = timedelta(
    minutes=EARLY * max(step.after_minutes for steps in STEPS.values() for step in steps)
)


@dataclass(frozen=True)
class Escalation:
    """Who is told next, and why, in Vietnamese; ``is_last``: no step comes after it."""

    step: int
    roles: tuple[str, ...]
    reason: str
    is_last: bool = False


@dataclass(frozen=True)
class Due:
    """A step that is taken, with who was told of the alert at its level so far, by (channel,
    address)."""

    alert: Alert
    step: Escalation
    told: frozenset[tuple[str, str]] = frozenset()


def due_at(level: int, steps_taken: int, opened_at: datetime) -> datetime | None:
    """Return when the next step is due, or None when there is none left."""
    steps = STEPS[level]
    if steps_taken >= len(steps):
        return None
    return opened_at + timedelta(minutes=steps[steps_taken].after_minutes)


def escalate(
    level: int, steps_taken: int, opened_at: datetime, now: datetime, *, early: bool = False
) -> Escalation | None:
    """Return the step that is due now, or nearly. After a stop of the service only the latest one
    is taken."""
    steps = STEPS[level]
    waited, share = now - opened_at, 1 - EARLY if early else 1.0
    due = [
        k
        for k in range(steps_taken, len(steps))
        if waited >= timedelta(minutes=steps[k].after_minutes) * share
    ]
    if not due:
        return None
    roles = tuple(dict.fromkeys(role for k in due for role in steps[k].roles))
    return Escalation(
        due[-1] + 1,
        roles,
        f"sau {lasted(waited)} chưa ai tiếp nhận, chuyển đến {steps[due[-1]].name}",
        due[-1] + 1 == len(steps),
    )


def asked(
    due: Due, named: Sequence[Recipient], everybody: Collection[Recipient]
) -> tuple[Recipient, ...]:
    """Return whom a step is told to; ``named`` have its roles.

    Below "khẩn" those who have not heard; when the last step finds none, who heard is reminded,
    once. Where nobody has the roles it is who was told before.
    """
    fresh = tuple(p for p in named if (p.channel, p.address) not in due.told)
    if due.alert.level < URGENT and (fresh or not due.step.is_last):
        return fresh
    return tuple(named) or tuple(p for p in everybody if (p.channel, p.address) in due.told)
