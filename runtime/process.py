"""Processes of the service: a child dies with its parent, tells that it lives, stops when asked.

What a process does is told in ``<data_dir>/log/<name>.log``, which rotates; only warnings and
worse reach the console, so that the console stays readable to the person who started the service.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import signal
import sys
import threading
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

from langnghe.errors import AlreadyRunning, DataDirUnusable

_LOG_BYTES = 5_000_000
_LOGS_KEPT = 3
# These tell on every step what we tell once; APScheduler warns when a tick waits for the batch
# before it, which is how a crawl is meant to be.
_QUIET = {
    "apscheduler": logging.ERROR,
    "scrapy": logging.WARNING,
    "httpx": logging.WARNING,
    "elastic_transport": logging.WARNING,
    "urllib3": logging.WARNING,
    "matplotlib": logging.WARNING,
}


PROCESS_NAMES = {
    "web": "Phòng web",
    "worker": "Phân tích",
    "schedule": "Hẹn giờ",
    "crawl": "Thu tin",
}
"""The processes of the service as people read of them."""
_SILENT_AFTER_S = {"crawl": 240.0}


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


def heartbeat_path(run_dir: Path, name: str) -> Path:
    """Return the file whose time says when the process last was alive."""
    return run_dir / f"{name}.alive"


class Heartbeat:
    """A file whose time says that a process lives; the room and ``doctor`` read it."""

    def __init__(self, run_dir: Path, name: str) -> None:
        self._path = heartbeat_path(run_dir, name)
        run_dir.mkdir(parents=True, exist_ok=True)

    def beat(self) -> None:
        """Say that the process lives now; a full disk is no reason to stop."""
        with contextlib.suppress(OSError):
            self._path.touch()


def heartbeat_ages(run_dir: Path, now_real: float) -> dict[str, float]:
    """Return the seconds since each process of the service last said that it lives."""
    return {p.stem: max(now_real - p.stat().st_mtime, 0.0) for p in run_dir.glob("*.alive")}


def silent_processes(run_dir: Path, now_real: float) -> dict[str, float]:
    """Return the processes that have been silent for too long, with the seconds; a crawl batch may
    wait for slow hosts, so it has longer."""
    ages = heartbeat_ages(run_dir, now_real)
    return {n: age for n, age in sorted(ages.items()) if age > _SILENT_AFTER_S.get(n, 60.0)}


def take_lock(run_dir: Path) -> IO[str]:
    """Return the lock of a data directory, ours until it is closed or this process is gone.

    Raises AlreadyRunning while another service holds it, DataDirUnusable where it cannot be made.
    """
    try:
        run_dir.mkdir(parents=True, exist_ok=True)
        lock = (run_dir / "lock").open("a+")
    except OSError as error:
        raise DataDirUnusable(f"{run_dir.parent}: {error}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise AlreadyRunning(f"another LangNghe already runs on {run_dir.parent}") from error
    return lock


def is_service_running(run_dir: Path) -> bool:
    """Return whether a service holds the data directory."""
    if not run_dir.exists():
        return False
    try:
        take_lock(run_dir).close()
    except AlreadyRunning:
        return True
    return False


def log_dir(data_dir: Path) -> Path:
    """Return where the logs of the service's processes lie."""
    return data_dir / "log"


def configure_logging(level: str, name: str, data_dir: Path) -> None:
    """Log in English and UTC: everything to the process's file, warnings and worse to stderr.

    A full disk is no reason to stop: what cannot be logged is dropped. Raises DataDirUnusable.
    """
    logging.raiseExceptions = False
    form = logging.Formatter(
        f"%(asctime)s.%(msecs)03dZ {name} %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    form.converter = time.gmtime
    console = logging.StreamHandler()
    console.setLevel(logging.WARNING)
    try:
        log_dir(data_dir).mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(
            log_dir(data_dir) / f"{name}.log",
            maxBytes=_LOG_BYTES,
            backupCount=_LOGS_KEPT,
            encoding="utf-8",
        )
    except OSError as error:
        raise DataDirUnusable(f"{log_dir(data_dir)}: {error}") from error
    file.setLevel(level.upper())
    for handler in (console, file):
        handler.setFormatter(form)
    logging.basicConfig(level=level.upper(), handlers=[console, file], force=True)
    for noisy, least in _QUIET.items():
        logging.getLogger(noisy).setLevel(least)
