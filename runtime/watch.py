"""The supervisor's eyes: what the processes say, whether the room answers, and telling of it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from runtime.notices import NoticeMail, crash_message, notice_message
from runtime.process import heartbeat_ages, heartbeat_path
from runtime.supervisor import Supervisor
from runtime.watchdog import Pulse, Watchdog
from runtime.wiring import Runtime

_EVERY_S = 1.0
_ASKED_EVERY_S = 15.0
_MARK = "running"


class ServiceWatch:
    """Looks at every process once a second and tells the administrators what they must know."""

    def __init__(
        self,
        runtime: Runtime,
        room_answers: Callable[[], bool],
        stop: Event,
        watchdog: Watchdog | None = None,
    ) -> None:
        self._runtime = runtime
        self._stop = stop
        self._has_begun = False
        self._run_dir = runtime.settings.data_dir / "run"
        self._watchdog = watchdog or Watchdog()
        self._mail = NoticeMail(runtime)
        self._looked_at = 0.0
        self._crawl = Listened(heartbeat_path(self._run_dir, "crawl"))
        self._room = AskedRoom(room_answers)

    def _begin(self) -> None:
        """Tell of a service that was ended without being asked, and begin to watch this one."""
        self._has_begun = True
        mark = self._run_dir / _MARK
        if mark.exists():
            ages = heartbeat_ages(self._run_dir, time.time())
            seen = time.time() - min(ages.values()) if ages else None
            last = datetime.fromtimestamp(seen, UTC) if seen else None
            self._mail.tell(crash_message(last, self._room_url, datetime.now(UTC)))
        with contextlib.suppress(OSError):
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        self._room.ask_until(self._stop)

    def end(self) -> None:
        """Note that the service ends because it was asked to."""
        with contextlib.suppress(OSError):
            (self._run_dir / _MARK).unlink(missing_ok=True)

    def look(self, supervisor: Supervisor) -> None:
        """Look at every process, and tell what must be told."""
        now = time.monotonic()
        if now - self._looked_at < _EVERY_S:
            return
        self._looked_at = now
        if not self._has_begun:
            self._begin()
        pulses = [self._room.heard(pulse, now) for pulse in supervisor.pulses()]
        for pulse in (*pulses, self._crawl.pulse(now)):
            notice = self._watchdog.watch(pulse, now)
            if notice is not None:
                self._mail.tell(notice_message(notice, self._room_url, datetime.now(UTC)))

    @property
    def _room_url(self) -> str:
        return self._runtime.settings.room_url


class Listened:
    """A heartbeat file of a process that is nobody's child here: when it last changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = self._beat()
        self._heard_at = time.monotonic()

    def pulse(self, now: float) -> Pulse:
        """Return the pulse at ``now`` of the steady clock."""
        beat = self._beat()
        if beat != self._last:
            self._last, self._heard_at = beat, now
        return Pulse(self._path.stem, silent_s=now - self._heard_at)

    def _beat(self) -> float:
        try:
            return self._path.stat().st_mtime
        except OSError:
            return 0.0


class AskedRoom:
    """Whether the room answers: a process may say that it lives while nobody gets a page."""

    def __init__(self, answers: Callable[[], bool]) -> None:
        self._answers = answers
        self._answered_at: float | None = None

    def ask_until(self, stop: Event) -> None:
        """Ask every 15 seconds in a thread of its own."""

        def ask() -> None:
            while not stop.wait(_ASKED_EVERY_S):
                if self._answers():
                    self._answered_at = time.monotonic()

        threading.Thread(target=ask, name="room-asked", daemon=True).start()

    def heard(self, pulse: Pulse, now: float) -> Pulse:
        """Return the web's pulse with the silence of its pages, another's as it is."""
        if pulse.name != "web" or self._answered_at is None:
            return pulse
        return replace(pulse, silent_s=max(pulse.silent_s, now - self._answered_at))
