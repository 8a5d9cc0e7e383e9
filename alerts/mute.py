"""What keeps a message back, and for how long: silences that end, quiet hours that only route.

Nothing is ever dropped: a silenced alert is opened without a message and says why; a message in
quiet hours leaves when they end, or at once where the level is "khẩn".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.model import Alert, Recipient
from langnghe.clock import to_local
from langnghe.errors import ConfigError

LONGEST_SILENCE = timedelta(days=30)
URGENT = 3


@dataclass(frozen=True)
class Silence:
    """A pause of messages about a rule, a story, a topic or a place (all that are set must fit)."""

    reason: str
    created_by: str
    starts_at: datetime
    ends_at: datetime
    rule_id: str = ""
    story_id: str = ""
    topic: str = ""
    place: str = ""

    def check(self) -> None:
        """Raise ConfigError for a silence without reason, subject or end."""
        if not self.reason.strip() or not self.created_by:
            raise ConfigError("silence: a person must give a reason")
        if not (self.rule_id or self.story_id or self.topic or self.place):
            raise ConfigError("silence: name a rule, a story, a topic or a place")
        if not timedelta() < self.ends_at - self.starts_at <= LONGEST_SILENCE:
            raise ConfigError(f"silence: it must end within {LONGEST_SILENCE.days} days")


def silenced_by(alert: Alert, silences: Iterable[Silence], now: datetime) -> Silence | None:
    """Return the running silence that covers ``alert``.

    A "khẩn" story breaks through every silence but one on that very story.
    """
    for silence in silences:
        if not silence.starts_at <= now < silence.ends_at:
            continue
        if alert.level >= URGENT and not silence.story_id:
            continue
        fits = (
            silence.rule_id in ("", alert.rule_id)
            and silence.story_id in ("", alert.story_id)
            and silence.topic in ("", alert.topic)
            and (not silence.place or silence.place in alert.places)
        )
        if fits:
            return silence
    return None


def is_quiet(recipient: Recipient, level: int, now: datetime) -> bool:
    """Return whether a message of this level must not disturb the recipient now."""
    start, end = recipient.quiet_from_hour, recipient.quiet_to_hour
    if level >= URGENT or start is None or end is None or start == end:
        return False
    hour = to_local(now).hour
    return start <= hour < end if start < end else not end <= hour < start


def leaves_at(recipient: Recipient, level: int, now: datetime) -> datetime:
    """Return when a message may leave: now, or at the end of the recipient's quiet hours."""
    end = recipient.quiet_to_hour
    if end is None or not is_quiet(recipient, level, now):
        return now
    local = to_local(now)
    until = local.replace(hour=end, minute=0, second=0, microsecond=0)
    if until <= local:
        until += timedelta(days=1)
    return until.astimezone(now.tzinfo)
