"""Crises that a person declares: recorded, told of, ended; what they hold is told of at the end.

A declared crisis has an alert of its own, by which it is told of, acknowledged and escalated. The
worker tends it: opens that alert, renews it at the repeat interval, closes it. Killed in between,
the next round goes on; the alert's identity and ``closed_at`` keep anything from being told twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from alerts import declared
from alerts.declared import CRISIS_RULE, DeclaredCrisis, Grouped
from alerts.model import Action, Alert, AlertIntent, AlertState, Delivery, alert_id
from langnghe.errors import ConfigError
from ledger import alerts, audit, crisis_rows, drills, releasing
from ledger.alerts import alert_columns, alert_from, note, open_alerts
from ledger.border import reading, writing
from ledger.clustering import resolve
from ledger.crisis_rows import crisis_from
from ledger.deliveries import add_deliveries
from ledger.holding import INHIBITED, is_child, keeps_back, living
from ledger.mapping import storable
from ledger.models import AlertRow, CrisisRow, DeliveryRow

Compose = Callable[[AlertIntent, str, Grouped], Sequence[Delivery]]
"""(what to tell, its version, what of it somebody is told who sees only some) → messages; pure."""
_STANDING = ("open", "acknowledged")


class Child(NamedTuple):
    """An alert under a crisis, as far as one must know it to count those that somebody sees."""

    id: str
    topic: str
    places: tuple[str, ...]
    opened_at: datetime


@dataclass(frozen=True)
class KnownCrisis:
    """A recorded crisis; ``ended_by``: who ended it ("" = it expired, or runs still)."""

    number: int
    crisis: DeclaredCrisis
    children: tuple[Child, ...]
    ended_by: str
    is_running: bool

    @property
    def alert_id(self) -> str:
        """The id of the alert by which it is told of."""
        return _own_id(self.number)


@writing
def declare(wanted: DeclaredCrisis, now: datetime) -> int:
    """Record a crisis, take the standing alerts under it, and return its number.

    The same one that runs already (a button pressed twice) is not declared again. One declared
    during a drill is an exercise and ends with it. Raises ConfigError for a crisis
    that never ends, says not why, or covers nothing.
    """
    drill = drills.running_drill(now)
    if drill is not None:
        wanted = replace(wanted, is_drill=True, ends_at=min(wanted.ends_at, drill.ends_at))
    wanted.check()
    for number, found in crisis_rows.running(now):
        if _subject(found) == _subject(wanted):
            return number
    values = {
        name: storable(value) if isinstance(value, str) else value
        for name, value in asdict(replace(wanted, title=wanted.title.strip())).items()
    }
    values["story_ids"] = list(wanted.story_ids)
    row = CrisisRow.objects.create(**values, repeat_at=now)
    audit.record(wanted.declared_by, "crisis.declare", str(row.pk), now, {"title": row.title})
    _gather(row, now)
    return row.pk


@writing
def prolong(number: int, ends_at: datetime, actor: str, now: datetime) -> None:
    """Set another end of a running crisis; raises ConfigError where it is over or would never."""
    row = _running_row(number, now)
    replace(crisis_from(row), declared_at=now, ends_at=ends_at).check()
    row.ends_at = ends_at
    row.save(update_fields=["ends_at"])
    audit.record(actor, "crisis.prolong", str(number), now, {"until": ends_at.isoformat()})
    said = [storable(reason) for reason in declared.reasons(crisis_from(row))]
    if AlertRow.objects.filter(pk=_own_id(number)).update(reasons=said):
        note(_own_id(number), "prolonged", actor, said[-1], now)


@writing
def cover_story(number: int, story_id: str, actor: str, now: datetime) -> None:
    """Take one more story under a running crisis; raises ConfigError where it is over."""
    row = _running_row(number, now)
    if story_id not in row.story_ids:
        row.story_ids = [*row.story_ids, story_id]
        row.save(update_fields=["story_ids"])
        audit.record(actor, "crisis.cover", str(number), now, {"story": story_id})
    _gather(row, now)


@writing
def correct_place(number: int, place: str, actor: str, now: datetime) -> None:
    """Give a running crisis the place that was meant and take what stands there under it; raises
    ConfigError where it is over or would cover nothing."""
    row = _running_row(number, now)
    replace(crisis_from(row), place=place).check()
    before, row.place = row.place, storable(place)
    row.save(update_fields=["place"])
    audit.record(actor, "crisis.place", str(number), now, {"before": before, "after": row.place})
    if AlertRow.objects.filter(pk=_own_id(number)).update(places=[row.place]):
        note(_own_id(number), "placed", actor, f"{before} → {row.place}", now)
    _gather(row, now)


@writing
def end(number: int, actor: str, now: datetime) -> bool:
    """End a running crisis now; False where it is over. The worker tells of it."""
    ended = CrisisRow.objects.filter(
        crisis_rows.is_running(now), pk=number, declared_at__lt=now
    ).update(ends_at=now, ended_by=actor)
    if ended:
        audit.record(actor, "crisis.end", str(number), now)
    return bool(ended)


@writing
def tend(compose: Compose, compose_alert: alerts.Compose, now: datetime) -> list[str]:
    """Tell of what began, went on or ended, each once; return the ids of the alerts told of.

    ``compose_alert`` makes the messages of alerts that an ended crisis no longer holds.
    """
    told: list[str] = []
    running = {number for number, _ in crisis_rows.running(now)}
    rows = CrisisRow.objects.filter(closed_at=None, declared_at__lte=now).order_by("pk")
    for row in rows.select_for_update(skip_locked=True):
        if row.pk not in running:
            told += [*_close(row, compose, now), *_let_go(row, compose_alert, now)]
        elif row.repeat_at <= now:
            told += _tell(row, compose, now)
    return told


@reading
def running_crises(now: datetime) -> list[KnownCrisis]:
    """Return the crises that run, the newest first."""
    numbers = [number for number, _ in crisis_rows.running(now)]
    rows = CrisisRow.objects.filter(pk__in=numbers).order_by("-declared_at", "-pk")
    return _known(rows, numbers)


@reading
def past_crises(now: datetime, limit: int = 30) -> list[KnownCrisis]:
    """Return the last crises that are over, the newest end first."""
    numbers = [number for number, _ in crisis_rows.running(now)]
    rows = CrisisRow.objects.exclude(pk__in=numbers).order_by("-ends_at", "-pk")[:limit]
    return _known(rows, numbers)


@reading
def crises_of_period(start_at: datetime, end_at: datetime) -> list[KnownCrisis]:
    """Return the crises that ran in a period as they stood at its end, exercises left out: those
    that ran then first, and of the alerts under each those opened by then."""
    rows = CrisisRow.objects.filter(
        is_drill=False, declared_at__lte=end_at, ends_at__gte=start_at
    ).order_by("-declared_at", "-pk")
    known = _known(rows, [row.pk for row in rows if row.ends_at > end_at])
    then = [
        replace(each, children=tuple(c for c in each.children if c.opened_at <= end_at))
        for each in known
    ]
    return sorted(then, key=lambda each: not each.is_running)


@reading
def crisis(number: int, now: datetime) -> KnownCrisis | None:
    """Return one crisis, None if there is none of that number."""
    running = [found for found, _ in crisis_rows.running(now)]
    return next(iter(_known(CrisisRow.objects.filter(pk=number), running)), None)


@reading
def crisis_of_story(story_id: str, now: datetime) -> int:
    """Return the number of the running crisis that names a story, 0 where there is none."""
    lives = resolve(story_id)
    for number, found in crisis_rows.running(now):
        if lives in map(resolve, found.story_ids):
            return number
    return 0


@reading
def grouped_under(intent: AlertIntent) -> Grouped | None:
    """Return what an intent about the alert of a crisis speaks for; None for any other alert."""
    if intent.alert.rule_id != CRISIS_RULE:
        return None
    row = CrisisRow.objects.get(pk=int(intent.alert.subject))
    found = crisis_from(row)
    return Grouped(found, _children(row), partial(declared.once_more, intent, found))


def _subject(crisis: DeclaredCrisis) -> tuple[object, ...]:
    """Return what makes two crises the same: name, what is covered, an exercise or not."""
    covered = frozenset(crisis.story_ids), crisis.query, crisis.topic, crisis.place
    return storable(crisis.title.strip()), *covered, crisis.is_drill


def _gather(row: CrisisRow, now: datetime) -> None:
    """Take the alerts that stand already under a crisis: from now on it speaks for them, but for a
    "khẩn" about a story that nobody named, which goes on escalating.

    What nobody closed for longer than any crisis lasts is looked at only where its story is named.
    """
    found, since = living(crisis_from(row)), now - declared.LONGEST_CRISIS
    running = CrisisRow.objects.filter(closed_at=None)
    near = Q(opened_at__gte=since) | Q(raised_at__gte=since) | Q(story_id__in=row.story_ids)
    standing = AlertRow.objects.filter(near, state__in=_STANDING).exclude(crisis__in=running)
    for alert in standing.select_for_update():
        known = alert_from(alert)
        if not is_child(found, known, now):
            continue
        alert.crisis = row
        is_free = alert.state == AlertState.OPEN and not alert.held_reason
        if is_free and keeps_back(found, known, Action.OPEN):
            alert.held_reason, alert.escalate_at = storable(INHIBITED + row.title), None
            note(alert.pk, "held", "", alert.held_reason, now)
        alert.save(update_fields=["crisis", "held_reason", "escalate_at"])


def _tell(row: CrisisRow, compose: Compose, now: datetime) -> list[str]:
    found, children = crisis_from(row), _children(row)
    own = AlertRow.objects.filter(pk=_own_id(row.pk))
    if own.exists():
        grouped = Grouped(found, children, partial(declared.update, row.pk, found, told=row.told))
        news = grouped.tell(children)
        if news is not None:
            own.update(**alert_columns(news.alert), raised_at=now)
            _say(news, compose, f"update-{now.isoformat()}", grouped, "updated", "", now)
    else:
        grouped = Grouped(found, children, partial(declared.opening, row.pk, found))
        news = declared.opening(row.pk, found, children)
        open_alerts([news], lambda intent: compose(intent, "open", grouped), now)
    row.told = {child.id: len(child.document_ids) for child in children}
    row.repeat_at = now + timedelta(hours=row.repeat_hours)
    row.save(update_fields=["told", "repeat_at"])
    return [_own_id(row.pk)] if news is not None else []


def _close(row: CrisisRow, compose: Compose, now: datetime) -> list[str]:
    """Tell of the end and close the crisis' own alert, where its beginning was told."""
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    own = AlertRow.objects.filter(pk=_own_id(row.pk))
    if not own.exists():
        return []
    children, found = _children(row), crisis_from(row)
    grouped = Grouped(
        found, children, partial(declared.ending, row.pk, found, ended_by=row.ended_by)
    )
    intent = declared.ending(row.pk, found, children, row.ended_by)
    own.update(
        state=AlertState.RESOLVED, resolved_at=now, resolved_by=row.ended_by, escalate_at=None
    )
    _say(intent, compose, "end", grouped, "resolved", row.ended_by, now)
    return [_own_id(row.pk)]


def _let_go(row: CrisisRow, compose_alert: alerts.Compose, now: datetime) -> list[str]:
    """Let go of the alerts that a crisis held and nobody has taken over, and tell of those from
    "chú ý" on that nobody was told of; the message of the end lists them all."""
    held = row.alerts.filter(held_reason__startswith=INHIBITED, state=AlertState.OPEN)
    children = held.annotate(is_told=Exists(DeliveryRow.objects.filter(alert=OuterRef("pk"))))

    def compose(intent: AlertIntent) -> Sequence[Delivery]:
        is_known = intent.alert.level == 1 or intent.alert.id in told_before
        return () if is_known else compose_alert(intent)

    found = list(children.order_by("-level", "opened_at", "pk"))
    told_before = {child.pk for child in found if child.is_told}
    return releasing.release(found, compose, "hết khủng hoảng", now)


def _say(
    intent: AlertIntent,
    compose: Compose,
    version: str,
    grouped: Grouped,
    event: str,
    actor: str,
    now: datetime,
) -> None:
    """Tell of a crisis whose alert stands; it goes to the department that a person gave it to."""
    department = AlertRow.objects.values_list("department", flat=True).get(pk=intent.alert.id)
    is_drill = intent.alert.is_drill or drills.running_drill(now) is not None
    marked = replace(intent.alert, is_drill=is_drill, department=department)
    told = replace(intent, alert=marked)
    note(intent.alert.id, event, actor, intent.reason, now)
    add_deliveries(compose(told, version, grouped), now, alert_id=intent.alert.id)


def _children(row: CrisisRow) -> tuple[Alert, ...]:
    return tuple(map(alert_from, row.alerts.order_by("-level", "-opened_at", "-pk")))


def _running_row(number: int, now: datetime) -> CrisisRow:
    row = CrisisRow.objects.filter(crisis_rows.is_running(now), pk=number).first()
    if row is None:
        raise ConfigError(f"crisis {number} is over")
    return row


def _known(rows: Iterable[CrisisRow], running: Collection[int]) -> list[KnownCrisis]:
    """Return the crises of ``rows``, with one query for the alerts under all of them."""
    found = list(rows)
    under = AlertRow.objects.filter(crisis__in=[row.pk for row in found])
    columns = under.values_list("crisis", "pk", "topic", "places", "opened_at")
    children: defaultdict[int, list[Child]] = defaultdict(list)
    for number, pk, topic, places, opened_at in columns.order_by("-level", "-opened_at", "-pk"):
        children[number].append(Child(pk, topic, tuple(places), opened_at))
    return [
        KnownCrisis(
            row.pk, crisis_from(row), tuple(children[row.pk]), row.ended_by, row.pk in running
        )
        for row in found
    ]


def _own_id(number: int) -> str:
    return alert_id(CRISIS_RULE, str(number), 0)
