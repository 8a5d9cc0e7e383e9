"""A real Elasticsearch for tests: the one that is named, or one started for this session."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

_START = Path(__file__).resolve().parents[2] / "shared" / "elasticsearch" / "start"
_MOST_START_S = 240
_VARIABLE = "LANGNGHE_TEST_ELASTICSEARCH_URL"


class ElasticServer:
    """One node on loopback, started and stopped by its process id."""

    def __init__(self, data: Path, heap: str = "512m") -> None:
        self.data = data
        self.heap = heap
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the node and wait until it answers."""
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(_START), str(self.port), str(self.data / "node"), self.heap],
                stdout=log,
                stderr=log,
            )
        give_up_at = time.monotonic() + _MOST_START_S
        while time.monotonic() < give_up_at:
            if self.process.poll() is not None:
                break
            if _answers(self.url):
                return
            time.sleep(0.25)
        log_tail = (self.data / "server.log").read_text("utf-8", "replace")[-1000:]
        raise RuntimeError(f"Elasticsearch did not start: {log_tail}")

    def signal(self, number: int) -> None:
        """Send a signal to the node."""
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self, *, is_killed: bool = False) -> None:
        """End the node, cleanly unless ``is_killed``, and wait for it."""
        if self.process is None:
            return
        if is_killed:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(60)
        self.process = None


def can_start_elasticsearch() -> str:
    """Return why no node can be started here, "" when one can."""
    if not _START.is_file():
        return f"no Elasticsearch: {_VARIABLE} is not set and none lies beside this checkout"
    if shutil.which("java") is None:
        return f"no Elasticsearch: {_VARIABLE} is not set and there is no java to start one"
    return ""


@pytest.fixture(scope="session")
def elasticsearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Elasticsearch that this session may fill under its own aliases."""
    named = os.environ.get(_VARIABLE)
    if named:
        yield named
        return
    reason = can_start_elasticsearch()
    if reason:
        pytest.skip(reason)
    server = ElasticServer(tmp_path_factory.mktemp("elasticsearch"))
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


@pytest.fixture
def elastic_alias() -> str:
    """A name for an index that no other test has."""
    return f"langnghe-test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def own_elastic_server(tmp_path: Path) -> Iterator[ElasticServer]:
    """A running node that the test may stop, freeze and kill."""
    reason = can_start_elasticsearch()
    if reason:
        pytest.skip(reason)
    server = ElasticServer(tmp_path / "elasticsearch")
    try:
        server.start()
        yield server
    finally:
        server.stop(is_killed=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
