"""Messages about alerts and work: to whom they go, and what they say beside the alert itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.declared import Grouped, lines, once_more
from alerts.engine import ITEMS_IN_ALERT
from alerts.escalate import Due, asked
from alerts.message import Background, Room, compose, compose_waiting
from alerts.model import (
    Action,
    Alert,
    AlertIntent,
    Delivery,
    Recipient,
    Rule,
    RuleType,
    delivery_id,
)
from alerts.mute import URGENT, leaves_at
from alerts.routing import (
    ROOM,
    DutyTurn,
    fallback,
    named,
    recipients,
    responsible,
    routed,
    sees,
)
from alerts.usual import size_sentence
from ledger import crises, duty, queries
from nlp.places.dated import dated_name
from runtime.people import reachable_people
from runtime.wiring import Runtime

_KNOWN_FOR = timedelta(minutes=5)
_OF_OTHERS = "có thêm cảnh báo ở phần việc của đơn vị khác"


StepDelivery = tuple[tuple[str, ...], Delivery]
"""A message about steps of escalation, with the ids of the alerts that it tells of."""


class Teller:
    """Turns an intent into the deliveries to whoever must hear of it."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        settings = runtime.settings
        self._room = Room(settings.room_url, settings.secret_key, bool(settings.reply_mailbox))
        self._usual: dict[str, tuple[datetime, str]] = {}

    def to_roles(
        self,
        intent: AlertIntent,
        roles: Sequence[str],
        version: str,
        rule_type: RuleType | None = None,
        grouped: Grouped | None = None,
    ) -> list[Delivery]:
        """Return the deliveries to the roles, as duty, limits and quiet hours have it.

        ``grouped`` is what a declared crisis speaks for, by default all that stands under it.
        """
        runtime, now = self._runtime, self._runtime.clock.now()
        grouped = grouped or crises.grouped_under(intent)
        under = grouped.children if grouped else ()
        everybody, turns = reachable_people(runtime), duty.turns(now)
        told = recipients(intent.alert, roles, everybody, runtime.profile, turns, now, under)
        told = self._routed(intent, told or self._last_resort(), everybody, turns)
        return self.to_people(intent, told, version, rule_type, grouped)

    def of_steps(self, steps: Sequence[Due], rules: Mapping[str, Rule]) -> list[StepDelivery]:
        """Return the deliveries about steps of escalation: what waits for one person is one
        message; real alerts and exercises stay apart."""
        waiting: dict[tuple[Recipient, bool], list[tuple[AlertIntent, Due]]] = {}
        for due in steps:
            intent = AlertIntent(Action.ESCALATE, due.alert, self._news(due))
            for person in self._asked(intent, due):
                key = person, due.alert.is_drill
                waiting.setdefault(key, []).append((intent, due))
        made: list[StepDelivery] = []
        for (person, _), asked_of in waiting.items():
            if len(asked_of) > 1:
                made.append(self._together(person, asked_of))
                continue
            ((intent, due),) = asked_of
            rule = rules.get(due.alert.rule_id)
            version = f"step-{due.alert.level}-{due.step.step}"
            rule_type = rule.type if rule else None
            alone = self.to_people(intent, [person], version, rule_type)
            made += [((due.alert.id,), delivery) for delivery in alone]
        return made

    def _asked(self, intent: AlertIntent, due: Due) -> tuple[Recipient, ...]:
        """Return whom a step is told to; "khẩn" always somebody."""
        runtime, now = self._runtime, self._runtime.clock.now()
        grouped = crises.grouped_under(intent)
        under = grouped.children if grouped else ()
        everybody, turns = reachable_people(runtime), duty.turns(now)
        reachable = everybody or self._last_resort()
        those = due.alert, due.step.roles, reachable, runtime.profile, turns, now, under
        found = asked(due, named(*those), reachable)
        if not found and (due.step.is_last or due.alert.level == URGENT):
            found = recipients(*those) or self._last_resort()
        told = self._routed(intent, found, everybody, turns)
        return tuple(p for p in told if p in found or (p.channel, p.address) not in due.told)

    def _together(
        self, person: Recipient, asked_of: Sequence[tuple[AlertIntent, Due]]
    ) -> StepDelivery:
        now = self._runtime.clock.now()
        seen = [
            theirs
            for intent, _ in asked_of
            if (theirs := self._as_seen(person, intent, crises.grouped_under(intent))[0])
        ]
        ids = tuple(sorted(due.alert.id for _, due in asked_of))
        version = "+".join(f"{due.alert.level}-{due.step.step}" for _, due in asked_of)
        identity = delivery_id("+".join(ids), version, person.channel, person.address)
        message = compose_waiting(seen, person, self._room, now, identity)
        return ids, Delivery(identity, message, person, leaves_at(person, message.level, now))

    def _news(self, due: Due) -> str:
        """Return why a step is taken, and by how much the story grew since it was told of."""
        alert = due.alert
        if not alert.story_id:
            return due.step.reason
        written = queries.count(queries.DocumentFilter(story_ids=(alert.story_id,)))
        grown = written - len(alert.document_ids)
        if grown <= 0 or len(alert.document_ids) >= ITEMS_IN_ALERT:
            return due.step.reason
        return f"{due.step.reason}; thêm {grown} tin từ lần báo trước"

    def _routed(
        self,
        intent: AlertIntent,
        told: Sequence[Recipient],
        everybody: Sequence[Recipient],
        turns: Sequence[DutyTurn],
    ) -> tuple[Recipient, ...]:
        department = responsible(intent.alert, self._runtime.profile.departments)
        level, now = _urgency(intent), self._runtime.clock.now()
        return routed(told, intent.alert, department, everybody, turns, level, now)

    def _last_resort(self) -> tuple[Recipient, ...]:
        return fallback(self._runtime.settings.mail_to) or (ROOM,)

    def to_people(
        self,
        intent: AlertIntent,
        people: Sequence[Recipient],
        version: str,
        rule_type: RuleType | None = None,
        grouped: Grouped | None = None,
    ) -> list[Delivery]:
        """Return the deliveries to ``people``; of a crisis whoever is limited is told as if what
        they may see were all that stands under it, and nothing where that brings nothing new."""
        now = self._runtime.clock.now()
        grouped = grouped or crises.grouped_under(intent)
        told: list[Delivery] = []
        for person in people:
            known, seen = self._as_seen(person, intent, grouped)
            if known is None:
                continue
            background = self._background(known, rule_type, lines(seen), now)
            told.append(
                Delivery(
                    id=delivery_id(intent.alert.id, version, person.channel, person.address),
                    message=compose(known, person, self._room, now, version, background),
                    recipient=person,
                    due_at=leaves_at(person, _urgency(intent), now),
                )
            )
        return told

    def _as_seen(
        self, person: Recipient, intent: AlertIntent, grouped: Grouped | None
    ) -> tuple[AlertIntent | None, tuple[Alert, ...]]:
        """Return what is said to ``person``, and of which alerts under a crisis."""
        if grouped is None:
            return intent, ()
        profile, given_to = self._runtime.profile, intent.alert.department
        seen = tuple(alert for alert in grouped.children if sees(person, alert, profile))
        theirs = grouped.tell(seen)
        if theirs is None and given_to in person.departments:
            theirs = once_more(replace(intent, reason=_OF_OTHERS), grouped.crisis, seen)
        return theirs and _marked(theirs, intent.alert), seen

    def _background(
        self,
        intent: AlertIntent,
        rule_type: RuleType | None,
        grouped: tuple[str, ...],
        now: datetime,
    ) -> Background:
        communes = self._runtime.profile.communes
        places = tuple(dated_name(place, communes) for place in intent.alert.places)
        return Background(rule_type, self._size(intent, now), grouped, places)

    def _size(self, intent: AlertIntent, now: datetime) -> str:
        """Compare the alert's sector with what is usual; asked again after minutes only, since a
        burst opens many alerts at once."""
        topic = intent.alert.topic
        if not topic or not intent.alert.document_ids:
            return ""
        known = self._usual.get(topic)
        if known is None or not timedelta() <= now - known[0] < _KNOWN_FOR:
            known = self._usual[topic] = (now, sector_size(topic, now))
        return known[1]


def _marked(intent: AlertIntent, given: Alert) -> AlertIntent:
    """Return the intent with what people and a drill made of the alert that is told of."""
    alert = replace(intent.alert, is_drill=given.is_drill, department=given.department)
    return replace(intent, alert=alert)


def _urgency(intent: AlertIntent) -> int:
    """Return the level by which quiet hours are asked: that a crisis is over wakes nobody."""
    return min(intent.alert.level, 2) if intent.action is Action.END else intent.alert.level


def sector_size(topic: str, at: datetime) -> str:
    """Return how much a sector is written about at ``at`` against usual, in Vietnamese."""
    volume = queries.topic_volume(topic, at)
    return size_sentence(topic, volume.count, volume.usual)
