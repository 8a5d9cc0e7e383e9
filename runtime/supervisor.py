"""One supervised service: starts web, worker and scheduler, and starts again what dies."""

from __future__ import annotations

import errno
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import IO

from langnghe.errors import AlreadyRunning, ConfigError, PortInUse
from langnghe.settings import Settings
from runtime.process import heartbeat_path, is_service_running, take_lock
from runtime.watchdog import Pulse

logger = logging.getLogger(__name__)

_STOP_GRACE_S = 15.0
_LONGEST_PAUSE_S = 30.0
_STEADY_AFTER_S = 60.0


@dataclass(frozen=True)
class Patience:
    """After how many silent seconds a child counts as hung: while it starts, and once it beats.

    A start may rebuild the memory of a week of stories; a round takes seconds.
    """

    starting_s: float = 900.0
    running_s: float = 180.0


@dataclass(frozen=True)
class ChildSpec:
    """A process of the service: its name and its Python module."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()


@dataclass
class _Child:
    spec: ChildSpec
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_again_at: float = field(default=0.0)
    deaths: int = 0
    last_beat: float = 0.0
    heard_at: float = 0.0
    has_beaten: bool = False


class Supervisor:
    """Keeps the children of one data directory alive until it is told to stop.

    A child that dies is started again after 1, 2, 4 … 30 s; one that lived for a minute starts
    from 1 s again. One that lives but no longer says so is killed first. Children end with the
    supervisor, also after kill -9 (they watch their stdin).
    """

    def __init__(
        self,
        specs: Sequence[ChildSpec],
        environ: Mapping[str, str],
        run_dir: Path,
        patience: Patience | None = None,
    ) -> None:
        self._children = [_Child(spec) for spec in specs]
        self._environ = dict(environ)
        self._run_dir = run_dir
        self._patience = patience or Patience()
        self._lock: IO[str] | None = None

    def run(self, stop: Event, on_tick: Callable[[], None] = lambda: None) -> None:
        """Run until ``stop`` is set; ``on_tick`` is called about twice a second.

        Raises AlreadyRunning when another service already uses the data directory.
        """
        self._lock = take_lock(self._run_dir)
        try:
            while not stop.is_set():
                for child in self._children:
                    self._tend(child)
                on_tick()
                stop.wait(0.5)
        finally:
            self._stop_all()
            if self._lock is not None:
                self._lock.close()

    def pulses(self) -> list[Pulse]:
        """Return what is known of the children now, by our own steady clock."""
        now = time.monotonic()
        return [
            Pulse(
                child.spec.name,
                silent_s=now - child.heard_at,
                has_beaten=child.has_beaten,
                is_running=child.process is not None,
                deaths=child.deaths,
            )
            for child in self._children
        ]

    def _tend(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                self._listen(child, now)
                if self._is_hung(child, now):
                    logger.error("%s no longer says that it lives; it is ended", child.spec.name)
                    child.process.kill()
                return
            lived = now - child.started
            child.failures = 0 if lived > _STEADY_AFTER_S else child.failures + 1
            pause = min(2.0 ** max(child.failures - 1, 0), _LONGEST_PAUSE_S)
            logger.error(
                "%s ended (%s) after %.0f s; starts again in %.0f s",
                child.spec.name,
                code,
                lived,
                pause,
            )
            child.process, child.start_again_at = None, now + pause
            child.deaths += 1
        if now >= child.start_again_at:
            child.process = self._start(child.spec)
            child.started = child.heard_at = now
            child.last_beat, child.has_beaten = self._beat(child.spec), False

    def _is_hung(self, child: _Child, now: float) -> bool:
        """Return whether the heartbeat stands still too long, told by our own steady clock."""
        limit = self._patience.running_s if child.has_beaten else self._patience.starting_s
        return now - child.heard_at > limit

    def _listen(self, child: _Child, now: float) -> None:
        beat = self._beat(child.spec)
        if beat != child.last_beat:
            child.last_beat, child.heard_at, child.has_beaten = beat, now, True

    def _beat(self, spec: ChildSpec) -> float:
        try:
            return heartbeat_path(self._run_dir, spec.name).stat().st_mtime
        except OSError:
            return 0.0

    def _start(self, spec: ChildSpec) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", spec.module, *spec.arguments]
        return subprocess.Popen(
            command, env=self._environ, stdin=subprocess.PIPE, start_new_session=True
        )

    def _stop_all(self) -> None:
        running = [c.process for c in self._children if c.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + _STOP_GRACE_S
        for process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def child_environ(changes: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with ``changes``, unbuffered."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", **changes}


def require_free(settings: Settings) -> None:
    """Make sure that a service can start: nobody holds its data directory, nor its port.

    Raises AlreadyRunning or PortInUse, ConfigError where the address is none of this machine.
    """
    if is_service_running(settings.data_dir / "run"):
        raise AlreadyRunning(str(settings.data_dir))
    where = f"{settings.web_host}:{settings.web_port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.web_host, settings.web_port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(where) from error
        raise ConfigError(f"web_host, web_port: {where}: {error}") from error
