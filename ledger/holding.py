"""What keeps messages back at a moment: silences, and crises that a person declared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from alerts.declared import DeclaredCrisis, covers, inhibits
from alerts.model import Action, Alert
from alerts.mute import silenced_by
from langnghe.errors import QueryError
from langnghe.query import matches, parse
from ledger import crisis_rows, documents
from ledger.clustering import resolve
from ledger.silences import silences

SILENCED = "đang tạm ngưng: "
INHIBITED = "gộp vào khủng hoảng: "
_LOOKED_AT = 20


@dataclass(frozen=True)
class Hold:
    """Why no message about an alert leaves ("" = it leaves), and the number of the declared crisis
    that the alert belongs to (0 = none), whether that holds it or not."""

    reason: str = ""
    crisis: int = 0


class Holding:
    """The silences and declared crises that run at ``now``, read once for many alerts."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._silences = silences(now)
        self._crises = [(number, living(found)) for number, found in crisis_rows.running(now)]

    def of(self, alert: Alert, action: Action) -> Hold:
        """Return what holds the message that ``action`` asks for; a silence is named first."""
        silence = silenced_by(alert, self._silences, self._now)
        reason = SILENCED + silence.reason if silence else ""
        for number, crisis in self._crises:
            if is_child(crisis, alert, self._now):
                if not reason and keeps_back(crisis, alert, action):
                    reason = INHIBITED + crisis.title
                return Hold(reason, number)
        return Hold(reason)


def living(crisis: DeclaredCrisis) -> DeclaredCrisis:
    """Return a crisis that names the stories as which its own live on, where they were merged."""
    return replace(crisis, story_ids=tuple(map(resolve, crisis.story_ids)))


def is_child(crisis: DeclaredCrisis, alert: Alert, now: datetime) -> bool:
    """Return whether an alert belongs under a crisis that names :func:`living` stories.

    A query finds an alert where it finds at least half of its newest documents.
    """
    return covers(crisis, _here(alert), lambda query, found: _finds(query, found, now))


def keeps_back(crisis: DeclaredCrisis, alert: Alert, action: Action) -> bool:
    """Return whether a crisis that names :func:`living` stories holds a message about its child."""
    return inhibits(crisis, _here(alert), action)


def _here(alert: Alert) -> Alert:
    return replace(alert, story_id=resolve(alert.story_id)) if alert.story_id else alert


def _finds(query: str, alert: Alert, now: datetime) -> bool:
    try:
        parsed = parse(query)
    except QueryError:
        return False
    items = documents.load_analysed(alert.document_ids[-_LOOKED_AT:])
    return bool(items) and 2 * sum(matches(parsed, i, now) for i in items) >= len(items)
