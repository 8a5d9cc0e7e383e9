"""faults.md A1 and A13: the real service with its supervisor, its processes killed from outside."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from langnghe.settings import Settings
from runtime.demo import day
from runtime.process import is_service_running
from runtime.replay.play import Plan, replay_sources
from runtime.replay.site import ReplayServer
from runtime.replay.stream import Stream
from runtime.supervisor import child_environ
from tests.faults.forked import WHOLE_STREAM, free_port
from tests.faults.test_service_kills import played
from tests.integration.runtime.made import StepClock, make_runtime

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.timeout(1200)]

ROOT = Path(__file__).resolve().parents[2]
CHILDREN = ("web", "worker", "schedule")
PATIENCE_S = 400.0


@dataclass
class Running:
    """A service as an administrator starts it."""

    settings: Settings
    environ: dict[str, str]
    wanted: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the service."""
        command = [sys.executable, "-m", "runtime", "run", "--no-ask"]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environ, stdin=quiet, stdout=quiet
        )

    def kill(self) -> None:
        """Kill the supervisor."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask the service to stop and return its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(60)

    def children(self) -> dict[str, int]:
        """Return the pids of the supervised processes by name."""
        assert self.process is not None
        return {
            name: pid
            for pid, command in processes_under(self.process.pid)
            for name in CHILDREN
            if command[-1:] == [name] or command[-1:] == [f"{name}.serve"]
        }


def processes_under(parent: int) -> list[tuple[int, list[str]]]:
    """Return the children of a process with their command lines."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                command = (folder / "cmdline").read_bytes().decode().strip("\0").split("\0")
                found.append((int(folder.name), command))
    return found


@pytest.fixture
def running(ledger_sqlite: Settings, tmp_path: Path) -> Iterator[Running]:
    """A service on the first posts and articles of the water crisis, all of them out already."""
    from ledger import sources

    if not Path("/proc/self/stat").exists():
        pytest.skip("the processes of a service are found by /proc")
    items = played("a01")[:30]
    stream = Stream(items)
    now = stream.end + timedelta(minutes=5)
    with serving(stream, now) as server:
        make_runtime(ledger_sqlite, now)
        sources.seed_sources(replay_sources(Plan(stream, profile=day.PROFILE), server), now)
        settings = replace(ledger_sqlite, web_port=free_port())
        environ = child_environ(
            {
                "LANGNGHE_DATA_DIR": str(settings.data_dir),
                "LANGNGHE_AUTHOR_KEY_FILE": str(tmp_path / "author.key"),
                "LANGNGHE_WEB_PORT": str(settings.web_port),
                "LANGNGHE_LOOPBACK_PORTS": str(server.port),
                "LANGNGHE_HOST_DELAY_S": "0.01",
                "LANGNGHE_NLP_BACKEND": "linear",
                "LANGNGHE_REPLAY_RECORDED_START": now.isoformat(),
                "LANGNGHE_REPLAY_REAL_START": datetime.now(UTC).isoformat(),
                "LANGNGHE_REPLAY_SPEED": "60",
            }
        )
        environ.pop("DJANGO_SETTINGS_MODULE", None)
        made = Running(settings, environ, len(items))
        made.start()
        try:
            yield made
        finally:
            made.kill()
            until(lambda: not living(settings.data_dir), "its processes end with it")


@contextmanager
def serving(stream: Stream, now: datetime) -> Iterator[ReplayServer]:
    """Serve the whole stream as feeds."""
    server = ReplayServer(stream, StepClock(now), speed=WHOLE_STREAM).start()
    yield server
    server.close()


def living(data_dir: Path) -> list[str]:
    """Return the processes of the service on ``data_dir`` that live, whoever their parent is."""
    wanted = f"LANGNGHE_DATA_DIR={data_dir}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_ours = wanted in (folder / "environ").read_bytes().split(b"\0")
            if is_ours and int(folder.name) != os.getpid():
                found.append((folder / "cmdline").read_text().replace("\0", " "))
    return found


def until(condition: Callable[[], bool], said: str) -> None:
    """Wait for something that must come."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError(f"in vain: {said}")


def replaced(running: Running, name: str, old: int) -> bool:
    return running.children().get(name, old) != old


def went_through(running: Running) -> bool:
    from ledger import queries, work

    counts = queries.counters()
    return counts.indexed == running.wanted and not any(work.backlog().values())


def test_killed_children_come_back_and_a_killed_supervisor_leaves_no_orphan(
    running: Running,
) -> None:
    from ledger import dump, queries

    until(lambda: set(running.children()) == set(CHILDREN), "all children run")
    for name in CHILDREN:
        old = running.children()[name]
        os.kill(old, signal.SIGKILL)
        until(lambda name=name, old=old: replaced(running, name, old), f"{name} is started again")
    running.kill()
    until(lambda: not living(running.settings.data_dir), "no orphan is left")
    assert not is_service_running(running.settings.data_dir / "run")
    running.start()
    until(lambda: went_through(running), "every document goes through")
    assert running.stop() == 0
    assert not living(running.settings.data_dir)
    assert queries.counters().collected == running.wanted
    assert dump.integrity_problems(running.settings) == []


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_the_whole_service_killed_a_dozen_times(running: Running) -> None:
    from ledger import dump, queries

    dice = random.Random(12)
    for _ in range(12):
        until(lambda: bool(running.children()), "a child runs")
        time.sleep(dice.uniform(0, 20))
        children = list(running.children().values())
        if not children or dice.random() < 0.3:
            running.kill()
            running.start()
        else:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(children), signal.SIGKILL)
    until(lambda: went_through(running), "every document goes through")
    assert queries.counters().collected == running.wanted
    assert dump.integrity_problems(running.settings) == []
