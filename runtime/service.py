"""The supervised service: its processes, and what it says while the first documents come in."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from threading import Event

from langnghe.errors import LangNgheError
from ledger import queries
from runtime.process import configure_logging
from runtime.supervisor import ChildSpec, Patience, Supervisor, child_environ
from runtime.watch import ServiceWatch
from runtime.watchdog import Watchdog
from runtime.wiring import Runtime

CHILDREN = (
    ChildSpec("web", "web.serve"),
    ChildSpec("worker", "runtime.child", ("worker",)),
    ChildSpec("schedule", "runtime.child", ("schedule",)),
)

_PROGRESS_S = 5.0
_PROGRESS_FOR_S = 180.0


def serve(
    runtime: Runtime,
    stop: Event,
    say: Callable[[str], object],
    *,
    environ: Mapping[str, str] | None = None,
    watchdog: Watchdog | None = None,
    patience: Patience | None = None,
) -> None:
    """Run the service until ``stop`` is set; ``say`` receives Vietnamese progress lines.

    What dies or falls silent is told to the administrators from this process.
    """
    settings = runtime.settings
    configure_logging(settings.log_level, "service", settings.data_dir)
    changes = {"LANGNGHE_DATA_DIR": str(settings.data_dir), **(environ or {})}
    run_dir = settings.data_dir / "run"
    supervisor = Supervisor(CHILDREN, child_environ(changes), run_dir, patience)
    progress = _Progress(runtime, say)
    watch = ServiceWatch(runtime, lambda: room_lives(settings.web_port), stop, watchdog)

    def tick() -> None:
        progress()
        watch.look(supervisor)

    supervisor.run(stop, tick)
    watch.end()


class _Progress:
    """Tells that the room answers, and how the first documents come in."""

    def __init__(self, runtime: Runtime, say: Callable[[str], object]) -> None:
        self._runtime = runtime
        self._say = say
        self._began = time.monotonic()
        self._told_at = 0.0
        self._told = ""
        self._room_answers = False

    def __call__(self) -> None:
        now = time.monotonic()
        if not self._room_answers and room_answers(self._runtime.settings.web_port):
            self._room_answers = True
            self._say(f"Phòng theo dõi đã mở: {self._runtime.settings.room_url}")
        if now - self._told_at < _PROGRESS_S or now - self._began > _PROGRESS_FOR_S:
            return
        self._told_at = now
        try:
            counts = queries.counters()
        except LangNgheError:
            return
        line = (
            f"Đã thu {counts.collected} tin bài · phân tích {counts.analysed} · "
            f"lập chỉ mục {counts.indexed} · {counts.stories} vụ việc"
        )
        if line != self._told:
            self._told = line
            self._say(line)


def room_answers(port: int) -> bool:
    """Return whether the room on this machine answers its health address."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def room_lives(port: int) -> bool:
    """Return whether the room on this machine gives any answer, be it that the ledger is down."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, OSError):
        return False
