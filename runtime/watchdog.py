"""Which process has died or fallen silent, told once and once more when it is over. Pure.

The supervisor feeds one :class:`Pulse` per process twice a second; seconds are its own steady
clock's. One incident of a process gives

1. one notice when it is back by itself within two minutes (it died, and runs again), or
2. one when it is not, and an all-clear after a quiet minute.

Either way somebody knows within five minutes of the last sign of life (faults.md A13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a notice tells."""

    DOWN = "down"
    OVER = "over"
    RETURNED = "returned"


@dataclass(frozen=True)
class Limits:
    """After how many seconds of silence something is wrong, is told, and counts as over.

    ``starting_s`` is for a process that has not yet said that it lives since it was started.
    """

    silent_s: float = 120.0
    starting_s: float = 240.0
    told_after_s: float = 120.0
    steady_s: float = 60.0


CRAWL_LIMITS = Limits(silent_s=240.0, told_after_s=0.0)
"""A batch may wait for slow hosts; the next good one ends the incident."""


@dataclass(frozen=True)
class Pulse:
    """What is known of a process: for how long it has been silent, how often it ended unasked."""

    name: str
    silent_s: float
    has_beaten: bool = True
    is_running: bool = True
    deaths: int = 0


@dataclass(frozen=True)
class Notice:
    """Something to tell: about which process, and for how many seconds it has been so."""

    kind: Kind
    name: str
    lasted_s: float
    deaths: int


@dataclass
class _Incident:
    began: float
    deaths_before: int
    is_told: bool = False
    well_since: float | None = None


@dataclass
class Watchdog:
    """Remembers the incidents; one per process at a time."""

    limits: Mapping[str, Limits] = field(default_factory=lambda: {"crawl": CRAWL_LIMITS})
    default: Limits = field(default_factory=Limits)
    _incidents: dict[str, _Incident] = field(default_factory=dict)
    _deaths: dict[str, int] = field(default_factory=dict)

    def watch(self, pulse: Pulse, now: float) -> Notice | None:
        """Return what must be told about a process at ``now``, mostly nothing."""
        limits = self.limits.get(pulse.name, self.default)
        deaths_before = self._deaths.get(pulse.name, 0)
        self._deaths[pulse.name] = pulse.deaths
        is_silent = _is_silent(pulse, limits)
        incident = self._incidents.get(pulse.name)
        if incident is None:
            if pulse.deaths == deaths_before and not is_silent:
                return None
            began = now - pulse.silent_s if is_silent else now
            incident = self._incidents[pulse.name] = _Incident(began, deaths_before)
        is_well = pulse.is_running and pulse.has_beaten and not is_silent
        if not is_well or pulse.deaths != deaths_before:
            incident.well_since = None
        elif incident.well_since is None:
            incident.well_since = now
        return self._tell(pulse, incident, limits, now)

    def _tell(self, pulse: Pulse, incident: _Incident, limits: Limits, now: float) -> Notice | None:
        deaths = pulse.deaths - incident.deaths_before
        if incident.well_since is not None and now - incident.well_since >= limits.steady_s:
            del self._incidents[pulse.name]
            kind = Kind.OVER if incident.is_told else Kind.RETURNED
            return Notice(kind, pulse.name, incident.well_since - incident.began, deaths)
        if not incident.is_told and now - incident.began >= limits.told_after_s:
            incident.is_told = True
            return Notice(Kind.DOWN, pulse.name, now - incident.began, deaths)
        return None


def _is_silent(pulse: Pulse, limits: Limits) -> bool:
    if not pulse.is_running:
        return False  # its death is counted
    return pulse.silent_s > (limits.silent_s if pulse.has_beaten else limits.starting_s)
