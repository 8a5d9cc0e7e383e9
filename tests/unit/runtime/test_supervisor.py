"""The supervisor keeps children alive and ends with them."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from langnghe.errors import AlreadyRunning, ConfigError, PortInUse
from langnghe.settings import load_settings
from runtime.process import is_service_running, take_lock
from runtime.supervisor import ChildSpec, Patience, Supervisor, child_environ, require_free

ROOT = Path(__file__).resolve().parents[3]


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
    environ = child_environ({"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"})
    supervisor = Supervisor([ChildSpec("tiny", "tinychild")], environ, tmp_path / "run")
    stop = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(stop,))
    thread.start()
    try:
        first = pid_in(tmp_path / "pid")
        os.kill(first, signal.SIGKILL)
        second = pid_in(tmp_path / "pid", other_than=first)
        with pytest.raises(AlreadyRunning, match="already runs"):
            Supervisor([], environ, tmp_path / "run").run(stop)
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_a_child_that_hangs_is_ended_and_started_again(tmp_path: Path) -> None:
    module = tmp_path / "hangs.py"
    module.write_text(
        "import os, pathlib\n"
        "from runtime.process import Heartbeat, exit_with_parent, stop_event\n"
        "stop = stop_event(); exit_with_parent()\n"
        f"beat = Heartbeat(pathlib.Path({str(tmp_path / 'run')!r}), 'hangs').beat\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "while not stop.wait(0.1):\n"
        "    beat()\n"
    )
    environ = child_environ({"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"})
    specs, patience = [ChildSpec("hangs", "hangs")], Patience(starting_s=60, running_s=3)
    supervisor = Supervisor(specs, environ, tmp_path / "run", patience)
    stop = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(stop,))
    thread.start()
    try:
        first = pid_in(tmp_path / "pid")
        time.sleep(1)
        os.kill(first, signal.SIGSTOP)
        second = pid_in(tmp_path / "pid", other_than=first)
    finally:
        stop.set()
        thread.join(30)
    assert second != first
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_a_data_directory_in_use_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    settings = load_settings({"LANGNGHE_WEB_PORT": str(free_port())}, data_dir=tmp_path)
    require_free(settings)
    with take_lock(tmp_path / "run"), pytest.raises(AlreadyRunning):
        require_free(settings)
    assert not is_service_running(tmp_path / "run")


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings = load_settings({"LANGNGHE_WEB_PORT": str(port)}, data_dir=tmp_path)
        with pytest.raises(PortInUse, match=str(port)):
            require_free(settings)


def test_an_address_of_another_machine_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    settings = load_settings({"LANGNGHE_WEB_HOST": "192.0.2.1"}, data_dir=tmp_path)
    with pytest.raises(ConfigError, match="web_host"):
        require_free(settings)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
