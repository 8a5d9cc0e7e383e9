"""The supervisor keeps children alive and ends with them."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from langnghe.errors import ConfigError
from runtime.supervisor import ChildSpec, Supervisor, child_environ


def pid_in(path: Path, other_than: int = 0) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if path.exists() and (text := path.read_text()) and int(text) != other_than:
            return int(text)
        time.sleep(0.05)
    raise AssertionError(f"{path} was not written")


def test_a_killed_child_is_started_again_and_none_outlives_the_supervisor(tmp_path: Path) -> None:
    module = tmp_path / "tinychild.py"
    module.write_text(
        "import os, pathlib, time\n"
        "from runtime.process import exit_with_parent, stop_event\n"
        "stop = stop_event(); exit_with_parent()\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "stop.wait(60)\n"
    )
    root = Path(__file__).resolve().parents[3]
    environ = child_environ({"PYTHONPATH": f"{tmp_path}{os.pathsep}{root}"})
    supervisor = Supervisor([ChildSpec("tiny", "tinychild")], environ, tmp_path / "run")
    stop = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(stop,))
    thread.start()
    try:
        first = pid_in(tmp_path / "pid")
        os.kill(first, signal.SIGKILL)
        second = pid_in(tmp_path / "pid", other_than=first)
        with pytest.raises(ConfigError, match="already runs"):
            Supervisor([], environ, tmp_path / "run").run(stop)
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)
