"""One supervised service: starts web, worker and scheduler, and starts again what dies."""

from __future__ import annotations

import fcntl
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import IO

from langnghe.errors import ConfigError

logger = logging.getLogger(__name__)

_STOP_GRACE_S = 15.0
_LONGEST_PAUSE_S = 30.0
_STEADY_AFTER_S = 60.0


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


class Supervisor:
    """Keeps the children of one data directory alive until it is told to stop.

    A child that dies is started again after 1, 2, 4 … 30 s; one that lived for a minute starts
    from 1 s again. Children end with the supervisor, also after kill -9 (they watch their stdin).
    """

    def __init__(
        self, specs: Sequence[ChildSpec], environ: Mapping[str, str], run_dir: Path
    ) -> None:
        self._children = [_Child(spec) for spec in specs]
        self._environ = dict(environ)
        self._run_dir = run_dir
        self._lock: IO[str] | None = None

    def run(self, stop: Event, on_tick: Callable[[], None] = lambda: None) -> None:
        """Run until ``stop`` is set; ``on_tick`` is called about twice a second.

        Raises ConfigError when another service already uses the data directory.
        """
        self._take_lock()
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

    def _take_lock(self) -> None:
        self._run_dir.mkdir(parents=True, exist_ok=True)
        lock = (self._run_dir / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise ConfigError(f"another LangNghe already runs on {self._run_dir.parent}") from error
        self._lock = lock

    def _tend(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
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
        if now >= child.start_again_at:
            child.process = self._start(child.spec)
            child.started = now

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
