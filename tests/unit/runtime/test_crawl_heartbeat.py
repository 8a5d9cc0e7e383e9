"""The crawl's own sign of life: given while all is well, withheld when batches fail or hang."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from runtime import schedule
from runtime.crawl_child import BeatingInbox
from runtime.process import Heartbeat
from tests.crawl_once import MemoryInbox


@pytest.fixture
def tick(tmp_path, monkeypatch):
    """Return a tick whose batch ends as told, None for no source being due; True where it beat."""

    def run(ends_well: bool | None, *, is_enabled: bool = True) -> bool:
        settings = SimpleNamespace(
            data_dir=tmp_path,
            crawl_enabled=is_enabled,
            spool_max_bytes=1_000,
            fetch_pages=False,
        )
        runtime: Any = SimpleNamespace(settings=settings, clock=SimpleNamespace(now=lambda: None))
        monkeypatch.setattr(schedule.ingest, "has_due", lambda now: ends_well is not None)
        monkeypatch.setattr(schedule.boot, "takes_writes", lambda: True)
        monkeypatch.setattr(schedule, "run_batch_child", lambda: ends_well)
        beat = tmp_path / "run" / "crawl.alive"
        beat.unlink(missing_ok=True)
        schedule.crawl_tick(runtime)
        return beat.exists()

    return run


def test_it_beats_when_nothing_is_due_and_after_a_good_batch(tick):
    assert tick(None) and tick(True) and tick(True, is_enabled=False)


def test_it_does_not_beat_after_a_batch_that_failed(tick):
    assert not tick(False)


def test_a_batch_beats_with_each_call_to_its_inbox(tmp_path):
    beat = tmp_path / "crawl.alive"
    inbox = BeatingInbox(MemoryInbox(), Heartbeat(tmp_path, "crawl"))
    for call in (
        lambda: inbox.put([]),
        lambda: inbox.unknown(["a"]),
        lambda: inbox.quarantine("s", "", "reason", b""),
    ):
        beat.unlink(missing_ok=True)
        call()
        assert beat.exists()
