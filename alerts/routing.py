"""Who is told: the roles of the rule, narrowed to the department and commune of the story. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.escalate import DEPARTMENT
from alerts.model import Alert, Recipient
from alerts.mute import is_quiet
from langnghe.profile import Department, Profile
from langnghe.scope import scope_of


@dataclass(frozen=True)
class DutyTurn:
    """Somebody's turn of duty in a role; the substitute is told as well where one is named."""

    role: str
    person: str
    starts_at: datetime
    ends_at: datetime
    substitute: str = ""


def responsible(alert: Alert, departments: Iterable[Department]) -> Department | None:
    """Return the department that a person named, else the one for the story's topic, one of the
    story's commune first."""
    if alert.department:
        return next((d for d in departments if d.name == alert.department), None)
    fitting = [
        d for d in departments if alert.topic in d.topics or set(d.communes) & set(alert.places)
    ]
    fitting.sort(
        key=lambda d: (not set(d.communes) & set(alert.places), alert.topic not in d.topics)
    )
    return fitting[0] if fitting else None


def recipients(
    alert: Alert,
    roles: Sequence[str],
    people: Sequence[Recipient],
    profile: Profile,
    duty: Sequence[DutyTurn],
    now: datetime,
    under: Sequence[Alert] = (),
) -> tuple[Recipient, ...]:
    """Return whom to tell about ``alert``: those :func:`named`, each address once.

    If nobody is, everybody who may see it is told, or else who administers: a warning is never lost
    for want of a recipient.
    """
    told = named(alert, roles, people, profile, duty, now, under)
    others = [p for p in people if sees(p, alert, profile)] or [
        p for p in people if p.role == "admin"
    ]
    return told or tuple({(p.channel, p.address): p for p in others}.values())


def named(
    alert: Alert,
    roles: Sequence[str],
    people: Sequence[Recipient],
    profile: Profile,
    duty: Sequence[DutyTurn],
    now: datetime,
    under: Sequence[Alert] = (),
) -> tuple[Recipient, ...]:
    """Return who of the roles hears of ``alert``, the responsible department's address among them
    where the roles name it; each address once.

    A person limited to departments hears only of what one of them answers for, one limited to
    communes of what is about one of them, itself or an alert ``under`` it. Where somebody of a role
    who hears of it is on duty, only those and their substitutes are told.
    """
    department = responsible(alert, profile.departments)
    concerned = (alert, *under)
    hearing = [p for p in people if p.role in roles and _hears_of(p, concerned, department)]
    on_duty = on_duty_now(duty, hearing, now)
    told = {
        (p.channel, p.address): p
        for p in hearing
        if p.role not in on_duty or p.name in on_duty[p.role]
    }
    is_theirs = alert.level >= 2 or bool(alert.department)
    if DEPARTMENT in roles and department is not None and department.email and is_theirs:
        told.setdefault(
            ("email", department.email),
            Recipient(department.name, "email", department.email, DEPARTMENT, (department.name,)),
        )
    return tuple(told.values())


def sees(person: Recipient, alert: Alert, profile: Profile) -> bool:
    """Return whether an alert may be named to a person, as in the room: to who is limited only what
    somebody gave to one of their departments, or is of their sectors or communes."""
    scope = scope_of(person.departments, person.communes, profile)
    return (
        scope is None
        or alert.department in person.departments
        or scope.covers(alert.topic, alert.places)
    )


def _hears_of(person: Recipient, concerned: Iterable[Alert], department: Department | None) -> bool:
    if not person.departments and not person.communes:
        return True
    if department is not None and department.name in person.departments:
        return True
    return any(not set(person.communes).isdisjoint(alert.places) for alert in concerned)


def routed(
    told: Iterable[Recipient],
    alert: Alert,
    department: Department | None,
    everybody: Sequence[Recipient],
    duty: Sequence[DutyTurn],
    level: int,
    now: datetime,
) -> tuple[Recipient, ...]:
    """Return whom a message goes to once quiet hours are asked: everybody in ``told``, each address
    once; at the end of their quiet hours says :func:`alerts.mute.leaves_at`.

    Who is on duty has no quiet hours during the turn. For somebody quiet who wants it so, those on
    duty, in whatever role, are told at once, if they hear of what ``department`` answers for.
    """
    names = on_duty_now(duty, everybody, now)
    awake = tuple(
        replace(person, quiet_from_hour=None, quiet_to_hour=None)
        for person in everybody
        if person.name in names.get(person.role, ())
    )
    at_once = {(person.channel, person.address): person for person in awake}
    found: dict[tuple[str, str], Recipient] = {}
    for person in told:
        key = person.channel, person.address
        found[key] = at_once.get(key, person)
        if person.quiet_route == "duty" and is_quiet(found[key], level, now):
            for other in awake:
                if _hears_of(other, (alert,), department):
                    found.setdefault((other.channel, other.address), other)
    return tuple(found.values())


ROOM = Recipient("Phòng theo dõi", "email", "phong-theo-doi@localhost", "analyst")
"""Whom a message is addressed to while nobody is named anywhere, so that it can be looked at."""


def fallback(mail_to: str) -> tuple[Recipient, ...]:
    """Return the recipients of the settings: addresses with commas between them."""
    addresses = [part.strip() for part in mail_to.split(",") if part.strip()]
    return tuple(Recipient(a.split("@")[0], "email", a, "analyst") for a in addresses)


def on_duty_now(
    duty: Iterable[DutyTurn], people: Iterable[Recipient], now: datetime
) -> dict[str, set[str]]:
    """Return who is on duty in each role, substitutes included, of those who can be told."""
    reachable = {(person.role, person.name) for person in people}
    found: dict[str, set[str]] = {}
    for turn in duty:
        if turn.starts_at <= now < turn.ends_at:
            names = {turn.person, turn.substitute}
            present = {name for name in names if (turn.role, name) in reachable}
            if present:
                found.setdefault(turn.role, set()).update(present)
    return found
