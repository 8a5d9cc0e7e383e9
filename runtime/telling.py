"""Messages about alerts and work: to whom they go, and what they say beside the alert itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.declared import lines, of_children
from alerts.message import Background, Room, compose
from alerts.model import Action, Alert, AlertIntent, Delivery, Recipient, RuleType, delivery_id
from alerts.mute import leaves_at
from alerts.routing import ROOM, fallback, recipients, responsible, routed, sees
from alerts.usual import size_sentence
from ledger import duty, queries
from nlp.places.dated import dated_name
from runtime.people import reachable_people
from runtime.wiring import Runtime

_KNOWN_FOR = timedelta(minutes=5)


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
        grouped: Sequence[Alert] | None = None,
    ) -> list[Delivery]:
        """Return the deliveries to the roles, as duty, departments and quiet hours have it.

        ``grouped`` are the alerts that a declared crisis speaks for; whoever is limited to
        departments is told of theirs among them only.
        """
        runtime, now = self._runtime, self._runtime.clock.now()
        everybody, turns = reachable_people(runtime), duty.turns(now)
        told = (
            recipients(intent.alert, roles, everybody, runtime.profile, turns, now)
            or fallback(runtime.settings.mail_to)
            or (ROOM,)
        )
        department = responsible(intent.alert, runtime.profile.departments)
        told = routed(told, department, everybody, turns, _urgency(intent), now)
        return self.to_people(intent, told, version, rule_type, grouped)

    def to_people(
        self,
        intent: AlertIntent,
        people: Sequence[Recipient],
        version: str,
        rule_type: RuleType | None = None,
        grouped: Sequence[Alert] | None = None,
    ) -> list[Delivery]:
        """Return the deliveries to ``people``."""
        now, profile = self._runtime.clock.now(), self._runtime.profile
        places = tuple(dated_name(place, profile.communes) for place in intent.alert.places)
        background = Background(rule_type, self._size(intent, now), places=places)
        told: list[Delivery] = []
        for person in people:
            known, behind = intent, background
            if grouped is not None:
                theirs = [alert for alert in grouped if sees(person, alert, profile.departments)]
                known = replace(intent, alert=of_children(intent.alert, theirs))
                behind = replace(background, grouped=lines(theirs))
            told.append(
                Delivery(
                    id=delivery_id(intent.alert.id, version, person.channel, person.address),
                    message=compose(known, person, self._room, now, version, behind),
                    recipient=person,
                    due_at=leaves_at(person, _urgency(intent), now),
                )
            )
        return told

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


def _urgency(intent: AlertIntent) -> int:
    """Return the level by which quiet hours are asked: that a crisis is over wakes nobody."""
    return min(intent.alert.level, 2) if intent.action is Action.END else intent.alert.level


def sector_size(topic: str, at: datetime) -> str:
    """Return how much a sector is written about at ``at`` against usual, in Vietnamese."""
    volume = queries.topic_volume(topic, at)
    return size_sentence(topic, volume.count, volume.usual)
