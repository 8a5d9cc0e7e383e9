"""The sample day beside the room: ``langnghe demo`` in a process of its own, on a free port.

It ends with the room, since it watches the pipe that the room holds open.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from langnghe.settings import Settings
from runtime.process import exit_with_parent

_LINK = re.compile(r"http://127\.0\.0\.1:\d+/bat-dau/[\w-]+/")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_GIVE_UP_S = 120.0
_SPEED = 60.0
_children: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class SampleDay:
    """How the sample day stands; ``link`` opens it once and sets the password of its room."""

    is_ready: bool
    has_failed: bool
    link: str = ""
    address: str = ""


def can_offer(settings: Settings) -> bool:
    """Return whether whoever sees this room can also open a second one on this machine."""
    is_play = bool(settings.replay_recorded_start)
    return settings.web_host in _LOOPBACK and not settings.public_url and not is_play


def begin(settings: Settings) -> None:
    """Start the sample day unless it runs already."""
    known = look(settings)
    if known is not None and not known.has_failed:
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    state = {"port": port, "began": time.time()}
    _state_file(settings).write_text(json.dumps(state), "utf-8")
    # The sample day takes nothing of the office's settings.
    environ = {k: v for k, v in os.environ.items() if not k.startswith("LANGNGHE_")}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    environ["COLUMNS"] = "400"
    with _log_file(settings).open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "web.sample_day", str(_folder(settings)), str(port)],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    _children.append(child)


def look(settings: Settings) -> SampleDay | None:
    """Return how the sample day stands, None when it was never started."""
    from runtime.service import room_answers  # opens the ledger's tables, which the child must not

    try:
        state = json.loads(_state_file(settings).read_text("utf-8"))
        said = _log_file(settings).read_text("utf-8", "replace")
    except (OSError, ValueError):
        return None
    link = _LINK.search(said)
    if link and room_answers(state["port"]):
        address = f"http://127.0.0.1:{state['port']}/"
        return SampleDay(True, False, link.group(), address)
    is_late = time.time() - state["began"] > _GIVE_UP_S
    has_ended = any(child.poll() is not None for child in _children[-1:]) or not _children
    return SampleDay(is_ready=False, has_failed=is_late or has_ended)


def main() -> None:
    """Run the sample day until the room that started it ends."""
    from runtime.cli.demo import demo

    exit_with_parent()
    demo(speed=_SPEED, web_port=int(sys.argv[2]), data_dir=Path(sys.argv[1]))


def _folder(settings: Settings) -> Path:
    return settings.data_dir / "ngay-mau"


def _state_file(settings: Settings) -> Path:
    return settings.data_dir / "ngay-mau.json"


def _log_file(settings: Settings) -> Path:
    return settings.data_dir / "ngay-mau.log"


if __name__ == "__main__":
    main()
