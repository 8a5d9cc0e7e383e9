"""Alerts in the ledger: opened once with their messages, acknowledged, assigned, resolved.

``open_alerts`` is one transaction: the alert rows, their events, their messages in the outbox, the
"match" steps it completes and the watermark. Killed before the commit, nothing happened and the
steps are claimed again; killed after it, the alert's identity keeps it from opening twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import F, Q, QuerySet

from alerts.declared import CRISIS_RULE
from alerts.escalate import LONGEST_EARLY, Due, due_at, escalate
from alerts.model import Action, Alert, AlertIntent, AlertState, Delivery, DeliveryState
from ledger import audit, drills, work
from ledger.border import reading, writing
from ledger.deliveries import add_deliveries, headline_from
from ledger.holding import Holding
from ledger.mapping import storable
from ledger.models import AlertEventRow, AlertRow, StateRow
from ledger.work import WorkItem

WATERMARK = "alerts.watermark"
Compose = Callable[[AlertIntent], Sequence[Delivery]]


@writing
def open_alerts(
    intents: Sequence[AlertIntent],
    compose: Compose,
    now: datetime,
    *,
    completed: Sequence[WorkItem] = (),
    watermark: datetime | None = None,
) -> list[str]:
    """Apply what the engine decided and return the ids of the alerts that opened or rose.

    ``compose`` turns an intent into the messages of the outbox; it is pure. While a drill runs all
    of them are exercises.
    """
    holding = Holding(now)
    is_drill = drills.running_drill(now) is not None
    marked = [_marked(intent) if is_drill else intent for intent in intents]
    changed = [intent.alert.id for intent in marked if _apply(intent, compose, holding, now)]
    work.complete(completed)
    if watermark is not None:
        StateRow.objects.update_or_create(
            name=WATERMARK, defaults={"value": watermark.isoformat(), "changed_at": now}
        )
    return changed


@reading
def standing_alerts(since: datetime) -> list[Alert]:
    """Return the alerts opened since, for the engine's memory after a restart; a declared crisis is
    no story's alert."""
    rows = AlertRow.objects.filter(opened_at__gte=since).exclude(rule_id=CRISIS_RULE)
    return [alert_from(row) for row in rows.order_by("opened_at", "pk")]


@writing
def acknowledge(alert_id: str, actor: str, now: datetime) -> bool:
    """Take an open alert over: it is the actor's, and escalation ends. Doing it again is harmless.

    Returns whether it was this call that took it; raises LookupError where there is no such alert.
    """
    taken = AlertRow.objects.filter(pk=alert_id, state=AlertState.OPEN).update(
        state=AlertState.ACKNOWLEDGED,
        assignee=actor,
        acknowledged_at=now,
        acknowledged_by=actor,
        escalate_at=None,
    )
    if taken:
        note(alert_id, "acknowledged", actor, "", now)
        audit.record(actor, "alert.acknowledge", alert_id, now)
    elif not AlertRow.objects.filter(pk=alert_id).exists():
        raise LookupError(alert_id)
    return bool(taken)


@writing
def assign(
    alert_id: str,
    assignee: str,
    department: str,
    actor: str,
    now: datetime,
    deliveries: Sequence[Delivery] = (),
) -> None:
    """Give an alert to somebody or to a department; who was asked still must acknowledge.

    ``deliveries`` tell them so.
    """
    AlertRow.objects.filter(pk=alert_id).update(
        assignee=storable(assignee), department=storable(department)
    )
    note(alert_id, "assigned", actor, assignee or department, now)
    add_deliveries(deliveries, now, alert_id=alert_id)
    audit.record(actor, "alert.assign", alert_id, now, {"to": assignee or department})


@writing
def resolve(alert_id: str, actor: str, reason: str, now: datetime) -> bool:
    """Close an alert; a higher level of its story opens it again."""
    done = (
        AlertRow.objects.filter(pk=alert_id)
        .exclude(state=AlertState.RESOLVED)
        .update(state=AlertState.RESOLVED, resolved_at=now, resolved_by=actor, escalate_at=None)
    )
    if done:
        note(alert_id, "resolved", actor, reason, now)
        audit.record(actor, "alert.resolve", alert_id, now)
    return bool(done)


@writing
def resolve_passed(rule_id: str, standing: Collection[str], reason: str, now: datetime) -> int:
    """Close the alerts of a rule but those of the ids ``standing``, so that nobody is escalated to
    about what is over; returns how many."""
    passed = AlertRow.objects.filter(rule_id=rule_id).exclude(state=AlertState.RESOLVED)
    ids = list(passed.exclude(pk__in=standing).values_list("pk", flat=True))
    AlertRow.objects.filter(pk__in=ids).update(
        state=AlertState.RESOLVED, resolved_at=now, escalate_at=None
    )
    for alert_id in ids:
        note(alert_id, "resolved", "", reason, now)
    return len(ids)


@writing
def take_for_real(alert_id: str, actor: str, now: datetime) -> bool:
    """Say that an alert of a drill is no exercise: it counts, waits and is escalated from now on.

    False for one that was made up, is no drill's, or is a crisis', which ends with the drill.
    """
    real = AlertRow.objects.exclude(document_ids=[]).exclude(rule_id=CRISIS_RULE)
    row = real.filter(pk=alert_id, is_drill=True).first()
    if row is None:
        return False
    row.is_drill, row.raised_at = False, now
    row.escalation_step = 0
    row.escalate_at = due_at(row.level, 0, now) if row.state == AlertState.OPEN else None
    row.save(update_fields=["is_drill", "raised_at", "escalation_step", "escalate_at"])
    note(alert_id, "real", actor, "", now)
    audit.record(actor, "alert.real", alert_id, now)
    return True


@writing
def escalate_due(
    compose: Callable[[Sequence[Due]], Sequence[tuple[Sequence[str], Delivery]]],
    now: datetime,
    limit: int = 50,
) -> list[str]:
    """Take every step of escalation that is due, each once, with those that nearly are, and return
    the ids of the alerts that somebody is told of.

    ``compose`` gives each message with the ids of the alerts that it tells of.
    """
    rows = AlertRow.objects.filter(state=AlertState.OPEN)
    if not rows.filter(escalate_at__lte=now).exists():
        return []
    near = rows.filter(escalate_at__lte=now + LONGEST_EARLY).order_by("escalate_at", "pk")
    is_drill = drills.running_drill(now) is not None
    taken = [
        due
        for row in near.select_for_update(skip_locked=True)[:limit]
        if (due := _step(row, is_drill, now)) is not None
    ]
    told: set[str] = set()
    for ids, delivery in compose(taken):
        add_deliveries([delivery], now, alert_id=ids[0] if len(ids) == 1 else "")
        told.update(ids)
    for due in taken:
        if due.alert.id in told:
            note(due.alert.id, "escalated", "", due.step.reason, now)
    return [due.alert.id for due in taken if due.alert.id in told]


def _step(row: AlertRow, is_drill: bool, now: datetime) -> Due | None:
    """Take the step of an alert that is due, or nearly."""
    started = row.raised_at or row.opened_at
    step = escalate(row.level, row.escalation_step, started, now, early=True)
    taken = row.escalation_step if step is None else step.step
    next_at = due_at(row.level, taken, started)
    if (row.escalation_step, row.escalate_at) != (taken, next_at):
        row.escalation_step, row.escalate_at = taken, next_at
        row.save(update_fields=["escalation_step", "escalate_at"])
    if step is None:
        return None
    known = alert_from(row)
    sent = row.deliveries.filter(created_at__gte=started).exclude(state=DeliveryState.DEAD)
    told = frozenset(sent.values_list("channel", "address"))
    return Due(replace(known, is_drill=known.is_drill or is_drill), step, told)


@reading
def alerts(
    *, states: Sequence[str] = (), story_id: str = "", limit: int = 50, least_level: int = 1
) -> list[Alert]:
    """Return alerts, the newest first."""
    rows: QuerySet[AlertRow] = AlertRow.objects.filter(level__gte=least_level)
    if states:
        rows = rows.filter(state__in=states)
    if story_id:
        rows = rows.filter(story_id=story_id)
    return [alert_from(row) for row in rows.order_by("-opened_at", "-pk")[:limit]]


@reading
def alert(alert_id: str) -> Alert | None:
    """Return one alert, or None."""
    row = AlertRow.objects.filter(pk=alert_id).first()
    return None if row is None else alert_from(row)


@reading
def events(alert_id: str) -> list[AlertEventRow]:
    """Return what happened to an alert, in order."""
    return list(AlertEventRow.objects.filter(alert_id=alert_id).order_by("at", "pk"))


@reading
def watermark() -> str:
    """Return up to which moment of ingest the rules have seen everything ("" before the first)."""
    row = StateRow.objects.filter(pk=WATERMARK).first()
    return "" if row is None else str(row.value)


def alert_from(row: AlertRow) -> Alert:
    """Return the alert of a row."""
    return Alert(
        id=row.pk,
        rule_id=row.rule_id,
        story_id=row.story_id,
        level=row.level,
        title=row.title,
        reasons=tuple(row.reasons),
        opened_at=row.opened_at,
        first_report_at=row.first_report_at,
        document_ids=tuple(row.document_ids),
        outlets=tuple(row.outlets),
        topic=row.topic,
        places=tuple(row.places),
        subject=row.subject,
        rule_name=row.rule_name,
        state=AlertState(row.state),
        assignee=row.assignee,
        is_drill=row.is_drill,
        headlines=tuple(headline_from(h) for h in row.headlines),
        post_count=row.post_count,
        told_at=row.raised_at,
        department=row.department,
    )


def _marked(intent: AlertIntent) -> AlertIntent:
    """Return the intent with its alert as an exercise."""
    return replace(intent, alert=replace(intent.alert, is_drill=True))


def _apply(intent: AlertIntent, compose: Compose, holding: Holding, now: datetime) -> bool:
    alert, hold = intent.alert, holding.of(intent.alert, intent.action)
    held = hold.reason or (intent.reason if intent.action is Action.HOLD else "")
    apply = {Action.RAISE: _raise, Action.UPDATE: _update}.get(intent.action, _open)
    risen = apply(intent, held, now)
    if risen and hold.crisis:
        AlertRow.objects.filter(pk=alert.id).update(crisis=hold.crisis)
    if risen and not held:
        add_deliveries(compose(intent), now, alert_id=alert.id)
    return risen


def _open(intent: AlertIntent, held: str, now: datetime) -> bool:
    alert = intent.alert
    _, is_new = AlertRow.objects.get_or_create(
        pk=alert.id,
        defaults={
            **alert_columns(alert),
            "rule_id": alert.rule_id,
            "rule_name": alert.rule_name,
            "story_id": alert.story_id,
            "subject": alert.subject,
            "opened_at": alert.opened_at,
            "held_reason": storable(held),
            "is_drill": alert.is_drill,
            "department": storable(alert.department),
            "escalate_at": None if held else due_at(alert.level, 0, alert.opened_at),
        },
    )
    if is_new:
        note(alert.id, "held" if held else "opened", "", held or intent.reason, now)
    return is_new


def _raise(intent: AlertIntent, held: str, now: datetime) -> bool:
    """Raise the level; whoever had acknowledged or resolved it is asked again.

    A story that goes on after a drill is no exercise.
    """
    alert = intent.alert
    known = AlertRow.objects.filter(pk=alert.id)
    if not known.exists():
        return _open(intent, held, now)
    risen = known.filter(Q(level__lt=alert.level)).update(
        **alert_columns(alert),
        raised_at=now,
        state=AlertState.OPEN,
        held_reason=storable(held),
        escalation_step=0,
        escalate_at=None if held else due_at(alert.level, 0, now),
        is_drill=F("is_drill") if alert.is_drill else False,
    )
    if risen:
        note(alert.id, "raised", "", intent.reason, now)
    return bool(risen)


def _update(intent: AlertIntent, held: str, now: datetime) -> bool:
    """Renew what is known of a story that goes on; its state stays as people set it.

    The documents tell whether this was already done: only a longer list is news.
    """
    alert = intent.alert
    row = AlertRow.objects.filter(pk=alert.id).select_for_update().first()
    if row is None:
        return _open(intent, held, now)
    if len(alert.document_ids) <= len(row.document_ids):
        return False
    is_drill = row.is_drill and alert.is_drill
    columns = {**alert_columns(alert), "level": row.level, "raised_at": now, "is_drill": is_drill}
    AlertRow.objects.filter(pk=alert.id).update(**columns)
    note(alert.id, "updated", "", intent.reason, now)
    return True


def alert_columns(alert: Alert) -> dict[str, object]:
    """Return the columns of what an alert says of its subject, which may change as it stands."""
    return {
        "level": alert.level,
        "title": storable(alert.title),
        "reasons": [storable(reason) for reason in alert.reasons],
        "first_report_at": alert.first_report_at,
        "document_ids": list(alert.document_ids),
        "outlets": [storable(outlet) for outlet in alert.outlets],
        "headlines": [
            {
                "title": storable(h.title),
                "outlet": storable(h.outlet),
                "url": storable(h.url),
                "published_at": h.published_at.isoformat(),
            }
            for h in alert.headlines
        ],
        "post_count": alert.post_count,
        "topic": alert.topic,
        "places": [storable(place) for place in alert.places],
    }


@writing
def note(alert_id: str, kind: str, actor: str, reason: str, now: datetime) -> None:
    """Add what happened to an alert to its history."""
    level = AlertRow.objects.values_list("level", flat=True).get(pk=alert_id)
    AlertEventRow.objects.create(
        alert_id=alert_id, kind=kind, level=level, actor=actor, reason=storable(reason), at=now
    )
