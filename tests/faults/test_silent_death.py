"""faults.md A13: each process killed or hung while nobody looks; the administrator gets a mail.

The mail comes from the supervisor, past ledger and worker. Only the clocks are shorter.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from langnghe.profile import Person
from langnghe.settings import Settings
from runtime import service
from runtime.supervisor import Patience
from runtime.watchdog import Limits, Watchdog
from runtime.wiring import Runtime
from tests.contract.ledger.samples import NOW
from tests.faults.forked import free_port
from tests.faults.test_whole_service import processes_under, until

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.timeout(1200)]

CHILDREN = ("web", "worker", "schedule")
# A process starts in seconds, but not on a busy machine.
SHORT = Limits(silent_s=5.0, starting_s=300.0, told_after_s=6.0, steady_s=3.0)


@dataclass
class Box:
    """A mail server's memory; ``is_down`` refuses for now."""

    subjects: list[str] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    is_down: bool = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.is_down:
            return "451 later"
        mail = message_from_bytes(envelope.content, policy=default)
        self.subjects.append(str(mail["Subject"]))
        self.to.append(str(mail["To"]))
        return "250 OK"

    def told(self, *words: str) -> int:
        """Return how many mails say all the words."""
        return sum(all(word in subject for word in words) for subject in self.subjects)


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    memory = Box()
    mails = Controller(memory, hostname="127.0.0.1", port=free_port())
    mails.start()
    yield memory, mails.port
    mails.stop()


@dataclass
class Watched:
    """A service that runs in a thread of the test."""

    runtime: Runtime
    box: Box

    def pid(self, name: str) -> int | None:
        """Return the pid of a supervised process, None while it does not run."""
        for pid, command in processes_under(os.getpid()):
            if command[-1:] == [name] or command[-1:] == [f"{name}.serve"]:
                return pid
        return None

    def has_beaten_since(self, name: str, moment: float) -> bool:
        path = self.runtime.settings.data_dir / "run" / f"{name}.alive"
        return path.exists() and path.stat().st_mtime > moment


@pytest.fixture
def watched(
    ledger_sqlite: Settings, box: tuple[Box, int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Watched]:
    from ledger import users

    memory, port = box
    settings = replace(
        ledger_sqlite,
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        web_port=free_port(),
        nlp_backend="linear",
        crawl_enabled=False,
    )
    users.save_member(Person("Quản trị", "quan.tri@so.example", "admin"), "t", NOW)
    users.save_member(Person("An", "an@so.example", "analyst"), "t", NOW)
    monkeypatch.setattr(service, "configure_logging", lambda *_: None)
    monkeypatch.setattr("runtime.notices.RETRY_S", 1.0)
    monkeypatch.setattr("runtime.watch._ASKED_EVERY_S", 1.0)
    runtime = Runtime(settings, _clock())
    environ = {
        "LANGNGHE_WEB_PORT": str(settings.web_port),
        "LANGNGHE_CRAWL_ENABLED": "false",
        "LANGNGHE_NLP_BACKEND": "linear",
    }
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    stop = threading.Event()
    watchdog = Watchdog(limits={"crawl": replace(SHORT, silent_s=1e6)}, default=SHORT)
    thread = threading.Thread(
        target=service.serve,
        args=(runtime, stop, lambda _: None),
        kwargs={
            "environ": environ,
            "watchdog": watchdog,
            "patience": Patience(starting_s=300.0, running_s=9.0),
        },
    )
    began = time.time()
    thread.start()
    made = Watched(runtime, memory)
    try:
        for name in CHILDREN:
            until(lambda name=name: made.has_beaten_since(name, began), f"{name} lives")
        yield made
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


def _clock() -> Any:
    from langnghe.clock import SystemClock

    return SystemClock()


@pytest.mark.parametrize("name", CHILDREN)
def test_a_killed_process_is_told_to_the_administrator_once(watched: Watched, name: str) -> None:
    from runtime.process import PROCESS_NAMES

    old = watched.pid(name)
    assert old is not None
    os.kill(old, signal.SIGKILL)
    told = PROCESS_NAMES[name]
    until(
        lambda: watched.box.told(told, "tự chạy lại") or watched.box.told(told, "đã chạy lại"),
        f"the end of {name} is told",
    )
    time.sleep(2 * SHORT.steady_s)
    downs = watched.box.told(told, "không hoạt động")
    assert len(watched.box.subjects) == (2 if downs else 1), watched.box.subjects
    assert {"quan.tri@so.example" in to for to in watched.box.to} == {True}


@pytest.mark.parametrize("name", CHILDREN)
def test_a_hung_process_is_told_past_a_mail_server_that_fails_at_first(
    watched: Watched, name: str
) -> None:
    from runtime.process import PROCESS_NAMES

    told = PROCESS_NAMES[name]
    watched.box.is_down = True
    old = watched.pid(name)
    assert old is not None
    os.kill(old, signal.SIGSTOP)
    until(lambda: watched.pid(name) not in (old, None), f"{name} is started again")
    assert watched.box.subjects == []
    watched.box.is_down = False
    until(lambda: watched.box.told(told, "không hoạt động") == 1, f"{name} is told")
    until(lambda: watched.box.told(told, "đã chạy lại") == 1, f"{name} is cleared")
    time.sleep(2 * SHORT.steady_s)
    assert len(watched.box.subjects) == 2, watched.box.subjects
