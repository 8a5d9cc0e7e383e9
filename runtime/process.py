"""Processes of the service: a child dies with its parent, tells that it lives, stops when asked."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

logger = logging.getLogger(__name__)


def stop_event() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set; call it in the main thread."""
    event = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: event.set())
    return event


def exit_with_parent() -> None:
    """End this process when its parent is gone, even by kill -9: it holds our stdin open."""

    def watch() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(sys.stdin.fileno(), 1024):
                pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


class Heartbeat:
    """A file whose time says that a process lives; the room and ``doctor`` read it."""

    def __init__(self, run_dir: Path, name: str) -> None:
        self._path = run_dir / f"{name}.alive"
        run_dir.mkdir(parents=True, exist_ok=True)

    def beat(self) -> None:
        """Say that the process lives now; a full disk is no reason to stop."""
        with contextlib.suppress(OSError):
            self._path.touch()


def heartbeat_ages(run_dir: Path, now_real: float) -> dict[str, float]:
    """Return the seconds since each process of the service last said that it lives."""
    return {p.stem: max(now_real - p.stat().st_mtime, 0.0) for p in run_dir.glob("*.alive")}


def configure_logging(level: str, name: str) -> None:
    """Log to stderr in English, with the process's name."""
    logging.basicConfig(
        level=level.upper(),
        format=f"%(asctime)s {name} %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    for noisy in ("apscheduler", "scrapy", "httpx", "elastic_transport", "urllib3", "matplotlib"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
