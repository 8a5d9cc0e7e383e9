"""Processes of the service, forked from the test so that they start at once and can be killed.

Everything that costs a second to start (models, Django, Scrapy without its reactor) is imported
here, in the parent. What a child runs is the product's own code; only waiting is shortened.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import socket
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db.backends.base.base import BaseDatabaseWrapper

import crawlers.batch
import ledger.work
import runtime.crawl_child
import runtime.schedule
import runtime.worker
from langnghe.document import Document
from ledger import boot
from runtime.demo import day
from runtime.replay.play import Plan, replay_sources
from runtime.replay.site import ReplayServer
from runtime.replay.stream import Stream
from runtime.wiring import Runtime
from tests.integration.runtime.made import StepClock

WHOLE_STREAM = 1e5
"""A replay speed at which a feed shows everything that was published."""


@dataclass
class Mailbox:
    """An SMTP server's memory of what it took: the Message-ID of each mail, in order."""

    taken: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        lines = envelope.content.decode("utf-8", "replace").splitlines()
        number = next(n for n, line in enumerate(lines) if line.lower().startswith("message-id:"))
        # A long identifier is folded onto the next line.
        self.taken.append((lines[number] + lines[number + 1]).split("<")[1].split(">")[0])
        return "250 OK"

    @property
    def repeats(self) -> int:
        """How many mails came a second time."""
        return sum(n - 1 for n in Counter(self.taken).values())


@dataclass
class Service:
    """A service of the fictional province on a recorded stream, its clock moved by the test."""

    runtime: Runtime
    clock: StepClock
    stream: Stream
    items: list[Document]
    mailbox: Mailbox
    kills: int = 0

    def worker(self) -> None:
        """Work for ever."""
        runtime.worker.main(self.runtime, threading.Event())

    def work_through(self) -> None:
        """Work until nothing is due."""
        runtime.worker.Worker(self.runtime, f"worker-{os.getpid()}").finish()

    def crawl(self) -> None:
        """Read the sources that are due once, with a real Scrapy."""
        runtime.crawl_child.main(self.runtime, threading.Event())

    def digest(self) -> None:
        """Tick the digest for ever, as the scheduler does."""
        while True:
            runtime.schedule.digest_tick(self.runtime)
            time.sleep(0.02)

    def digest_once(self) -> None:
        """Tick the digest once."""
        runtime.schedule.digest_tick(self.runtime)

    def kill(self, pid: int) -> None:
        """Kill a child, if it still lives."""
        if os.waitpid(pid, os.WNOHANG) == (0, 0):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            self.kills += 1


@contextmanager
def service(
    settings: Any,
    folder: Path,
    items: list[Document],
    patch: pytest.MonkeyPatch,
    *,
    is_hasty: bool = True,
) -> Iterator[Service]:
    """Serve ``items`` as feeds and take mails; a hasty service waits for no lease over 0.5 s."""
    from ledger import sources
    from runtime.firstrun import prepare_people

    if is_hasty:
        _wait_for_nothing(patch)
    stream = Stream(items)
    clock = StepClock(stream.start)
    server = ReplayServer(stream, clock, speed=WHOLE_STREAM).start()
    mailbox = Mailbox()
    mails = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    mails.start()
    settings = replace(
        settings,
        smtp_host="127.0.0.1",
        smtp_port=mails.port,
        smtp_security="none",
        mail_to="phong@bao.example",
        nlp_backend="linear",
        loopback_ports=str(server.port),
        host_delay_s=0.0,
        author_key_file=str(folder / "author.key"),
    )
    parts = Runtime(settings, clock)
    parts.profile_file.write_bytes(day.PROFILE.read_bytes())
    sources.seed_sources(replay_sources(Plan(stream), server), clock.now())
    prepare_people(parts)
    _ = parts.pipeline, crawlers.batch  # opened before the first fork
    try:
        yield Service(parts, clock, stream, items, mailbox)
    finally:
        server.close()
        mails.stop()


def _wait_for_nothing(patch: pytest.MonkeyPatch) -> None:
    for module, name, value in (
        (runtime.worker, "_LEASE_S", 0.5),
        (runtime.worker, "_DUTY_LEASE_S", 0.5),
        (runtime.worker, "_DUTY_RENEWED_S", 0.1),
        (runtime.worker, "_IDLE_S", 0.05),
        (runtime.worker, "_ESCALATION_S", 0.2),
        # We kill far more often than any document does.
        (ledger.work, "MAX_ABANDONED", 1_000_000),
        (ledger.work, "ALONE_AFTER_ABANDONED", 1_000_000),
    ):
        patch.setattr(module, name, value)


def fork(role: Callable[[], None], die_at: tuple[int, str] | None = None) -> int:
    """Run ``role`` in a child and return its pid; at a commit ("before" or "after") it may die."""
    boot.close()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setpgid(0, 0)
        if die_at is not None:
            _die_at_commit(*die_at)
        role()
        code = 0
    except BaseException:  # noqa: BLE001 - a child must never return into the test
        traceback.print_exc()
    finally:
        os._exit(code)


def died(pid: int) -> bool:
    """Wait for a child and return whether it was killed; one that failed fails the test."""
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def wait_a_while(dice: random.Random, longest_s: float) -> None:
    """Let the children come to some random place in their work."""
    time.sleep(dice.uniform(0.05, longest_s))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _die_at_commit(number: int, moment: str) -> None:
    commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]
    commits = itertools.count(1)

    def commit_or_die(self: BaseDatabaseWrapper) -> None:
        is_last = next(commits) == number
        if is_last and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        commit(self)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)

    BaseDatabaseWrapper._commit = commit_or_die  # type: ignore[attr-defined]
