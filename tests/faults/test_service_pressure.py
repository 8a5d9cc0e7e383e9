"""faults.md A5 and A8: a disk that fills up, and more documents at once than in a week."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from langnghe.document import Document
from langnghe.settings import Settings, load_settings
from ledger import boot
from runtime.wiring import Runtime
from tests.faults.forked import Service, fork, service
from tests.faults.test_service_kills import check_whole, finish, played
from tests.integration.runtime.made import make_runtime, recorded

pytestmark = pytest.mark.xdist_group("kills")

DISK_BYTES = 32_000_000
LEFT_BYTES = 250_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that can be filled; only root may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here: it takes root and a kernel that allows")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.fixture
def on_small_disk(
    small_disk: Path,
    tmp_path: Path,
    ledger_template: Path,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Service]:
    """A service whose ledger and index lie on the small disk."""
    settings = load_settings({}, data_dir=small_disk / "data")
    settings.data_dir.mkdir()
    shutil.copy(ledger_template, settings.sqlite_path)
    with django_db_blocker.unblock():
        boot.setup(settings)
        with service(settings, tmp_path, played("a01")[:60], monkeypatch) as made:
            yield made
        boot.close()


def fill(disk: Path) -> Path:
    """Leave a few hundred kilobytes on the disk and return what fills it."""
    ballast = disk / "ballast"
    free = shutil.disk_usage(disk).free
    ballast.write_bytes(b"\0" * (free - LEFT_BYTES))
    return ballast


def try_for(made: Service, seconds: float) -> None:
    """Let a crawler and a worker run into the full disk, then end them."""
    children = [fork(made.crawl), fork(made.worker)]
    time.sleep(seconds)
    for child in children:
        if os.waitpid(child, os.WNOHANG) == (0, 0):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            made.kills += 1


def test_a_full_disk_loses_nothing_and_the_work_goes_on_by_itself(on_small_disk: Service) -> None:
    from ledger import queries

    made = on_small_disk
    made.clock.moment = made.stream.end
    ballast = fill(made.runtime.settings.data_dir.parent)
    for _ in range(2):
        made.clock.moment += timedelta(hours=1)
        try_for(made, 4.0)
    assert queries.counters().indexed < len(made.items)
    ballast.unlink()
    finish(made)
    check_whole(made)


def arrive_at_once(parts: Runtime, items: list[Document]) -> None:
    """Let all ``items`` arrive in one moment and work until nothing is left."""
    from ledger import ingest, work
    from runtime.worker import Worker

    worker = Worker(parts, "burst")
    for start in range(0, len(items), 500):
        ingest.record_ingest(items[start : start + 500], parts.clock.now())
    worker.finish()
    assert not any(work.backlog().values())


def check_burst(items: list[Document]) -> None:
    """Everything went through, and nobody got two mails of one level about one alert."""
    from ledger import quarantine, queries
    from ledger.models import DeliveryRow

    wanted = len({item.id for item in items})
    figures = queries.counters()
    assert figures.collected == figures.analysed == figures.indexed == wanted
    assert quarantine.entries() == []
    rows = DeliveryRow.objects.exclude(alert_id=None).values_list("alert_id", "address", "level")
    assert rows
    assert max(Counter(rows).values()) == 1


def test_a_burst_goes_through_whole_and_does_not_flood_anybody(ledger_sqlite: Settings) -> None:
    items = recorded("a01")
    arrive_at_once(make_runtime(ledger_sqlite, items[-1].fetched_at), items)
    check_burst(items)


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_ten_thousand_documents_at_once(ledger_sqlite: Settings, shared_dir: Path) -> None:
    from langnghe.items import read_items

    file = next((shared_dir / "data" / "news").glob("stream*.gz"))
    items = [
        replace(item, extraction="feed")
        for item in itertools.islice(read_items(str(file)), 30_000, 40_000)
    ]
    items = list({item.id: item for item in items}.values())
    parts = make_runtime(ledger_sqlite, items[-1].fetched_at)
    began = time.monotonic()
    arrive_at_once(parts, items)
    took_s = time.monotonic() - began
    print(f"\n{len(items)} documents at once: {took_s:.0f} s, {len(items) / took_s:.0f} a second")  # noqa: T201
    check_burst(items)
