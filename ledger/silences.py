"""Silences: pauses of messages with a reason, which always end, also early by a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from alerts.mute import Silence
from ledger import audit
from ledger.border import reading, writing
from ledger.models import SilenceRow

_NAMES = (
    "reason",
    "created_by",
    "starts_at",
    "ends_at",
    "rule_id",
    "story_id",
    "topic",
    "place",
)


@dataclass(frozen=True)
class KnownSilence:
    """A recorded silence; ``ended_by`` says who ended it before its time ("" = nobody)."""

    number: int
    silence: Silence
    ended_by: str = ""


@writing
def silence(wanted: Silence, now: datetime) -> int:
    """Record a silence and return its number; raises ConfigError for one that never ends."""
    wanted.check()
    row = SilenceRow.objects.create(**asdict(wanted))
    audit.record(wanted.created_by, "alert.silence", str(row.pk), now, {"reason": wanted.reason})
    return row.pk


@writing
def end_silence(number: int, actor: str, now: datetime) -> bool:
    """End a running silence now; False where it is over already."""
    ended = SilenceRow.objects.filter(pk=number, starts_at__lt=now, ends_at__gt=now).update(
        ends_at=now, ended_by=actor
    )
    if ended:
        audit.record(actor, "alert.unsilence", str(number), now)
    return bool(ended)


@reading
def silences(now: datetime) -> list[Silence]:
    """Return the silences that run at ``now``."""
    return [known.silence for known in running_silences(now)]


@reading
def running_silences(now: datetime) -> list[KnownSilence]:
    """Return the silences that run at ``now``, the first to end first."""
    rows = SilenceRow.objects.filter(starts_at__lte=now, ends_at__gt=now)
    return [_known(row) for row in rows.order_by("ends_at", "pk")]


@reading
def past_silences(now: datetime, days: int = 30) -> list[KnownSilence]:
    """Return the silences that ended in the last ``days``, the newest end first."""
    rows = SilenceRow.objects.filter(ends_at__lte=now, ends_at__gt=now - timedelta(days=days))
    return [_known(row) for row in rows.order_by("-ends_at", "-pk")]


def _known(row: SilenceRow) -> KnownSilence:
    found = Silence(**{name: getattr(row, name) for name in _NAMES})
    return KnownSilence(row.pk, found, row.ended_by)
