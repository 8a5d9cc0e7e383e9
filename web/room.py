"""The service's parts as the screens use them: one :class:`Runtime` per process."""

from __future__ import annotations

from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.wiring import Runtime

_lock = Lock()
_runtime: Runtime | None = None


def use(runtime: Runtime | None) -> None:
    """Make ``runtime`` the one that the screens use; None forgets it."""
    global _runtime
    _runtime = runtime


def room() -> Runtime:
    """Return the runtime, opened on first use."""
    global _runtime
    with _lock:
        if _runtime is None:
            from runtime.wiring import open_runtime

            _runtime = open_runtime()
        return _runtime


def now() -> datetime:
    """Return the moment on the service's clock, which in a demo is the recorded one."""
    return room().clock.now()


def is_recorded() -> bool:
    """Whether a recorded stream is played: nothing here is about today."""
    return bool(room().settings.replay_recorded_start)
