"""The worker over a real ledger: what it remembers never runs away from what was kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from langnghe.settings import Settings
from runtime.wiring import Runtime
from tests.integration.runtime.made import FailingStore, make_runtime, recorded

WATER = recorded("a01")[:36]
LATER = timedelta(minutes=5)


@pytest.fixture
def store() -> FailingStore:
    return FailingStore()


@pytest.fixture
def runtime(ledger_sqlite: Settings, store: FailingStore) -> Runtime:
    return make_runtime(ledger_sqlite, WATER[-1].fetched_at + LATER, store)


def take_in(runtime: Runtime) -> None:
    from ledger import ingest

    ingest.record_ingest(WATER, runtime.clock.now())


def make_due() -> None:
    """Let every step that backs off be due now."""
    from ledger import work
    from ledger.models import WorkRow

    WorkRow.objects.update(due_at=work.AT_ONCE)


def alert_ids() -> set[str]:
    from ledger import alerts

    return {alert.id for alert in alerts.alerts()}


@contextmanager
def refusing(settings: Settings, table: str) -> Iterator[None]:
    """Let the database refuse every new row of ``table``."""
    statement = (
        f"CREATE TRIGGER refuse BEFORE INSERT ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'refused by the test'); END"
    )
    with closing(sqlite3.connect(settings.sqlite_path)) as other:
        other.execute(statement)
        yield
        other.execute("DROP TRIGGER refuse")


def test_an_engine_that_is_down_for_long_loses_nothing(
    runtime: Runtime, store: FailingStore
) -> None:
    from ledger import quarantine, queries
    from runtime.worker import Worker

    take_in(runtime)
    worker = Worker(runtime, "test")
    store.is_down = True
    for _ in range(10):
        worker.run_once()
        make_due()
    assert quarantine.entries() == []
    assert queries.counters().indexed == 0
    store.is_down = False
    worker.finish()
    assert queries.counters().indexed == len(WATER)


def test_alerts_whose_commit_failed_open_on_the_next_try(runtime: Runtime) -> None:
    from runtime.worker import Worker

    take_in(runtime)
    worker = Worker(runtime, "test")
    with refusing(runtime.settings, "ledger_alertrow"):
        worker.finish()
        assert alert_ids() == set()
    make_due()
    worker.finish()
    opened = alert_ids()
    assert opened
    Worker(runtime, "test").finish()
    assert alert_ids() == opened


def test_what_a_dead_worker_did_not_decide_is_decided_by_the_next(runtime: Runtime) -> None:
    from ledger import work
    from runtime.worker import Worker

    take_in(runtime)
    worker = Worker(runtime, "test")
    with refusing(runtime.settings, "ledger_alertrow"):
        worker.finish()
    make_due()
    now = datetime.now(UTC)
    work.complete(work.claim(work.Stage.MATCH, 100, now, 60, "dead"))
    assert alert_ids() == set()
    Worker(runtime, "test").run_once()
    assert alert_ids()


def test_an_alert_leaves_a_mail_even_where_nobody_is_named(runtime: Runtime) -> None:
    from runtime.worker import Worker

    runtime.profile_file.unlink()
    unnamed = replace(runtime, settings=replace(runtime.settings, mail_to=""))
    take_in(unnamed)
    Worker(unnamed, "test").finish()
    assert alert_ids()
    mails = [path.read_text("utf-8") for path in unnamed.settings.outbox_dir.rglob("*.eml")]
    assert mails
    assert all("phong-theo-doi@localhost" in mail for mail in mails)


def test_stories_whose_commit_failed_are_told_on_the_next_try(runtime: Runtime) -> None:
    from ledger.models import DocumentRow
    from runtime.worker import Worker

    take_in(runtime)
    worker = Worker(runtime, "test")
    with refusing(runtime.settings, "ledger_storylinkrow"):
        worker.finish()
    assert not DocumentRow.objects.filter(story__isnull=False).exists()
    make_due()
    worker.finish()
    assert not DocumentRow.objects.filter(story__isnull=True).exists()


def test_a_round_tells_whether_more_waits(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runtime import worker as module

    take_in(runtime)
    monkeypatch.setattr(module, "ANALYSE_BATCH", len(WATER) - 1)
    worker = module.Worker(runtime, "test")
    assert worker.run_once().has_more
    last = worker.run_once()
    assert (last.analysed, last.has_more) == (1, False)


def test_only_the_holder_of_the_duty_decides(runtime: Runtime) -> None:
    from ledger import work
    from runtime.worker import Worker

    first, second = Worker(runtime, "first"), Worker(runtime, "second")
    assert first.take_duty()
    take_in(runtime)
    assert second.run_once().analysed == 0
    assert work.backlog()[work.Stage.ANALYSE] == len(WATER)
    first.leave_duty()
    assert second.run_once().analysed == len(WATER)
    assert first.run_once().total == 0


def test_a_duty_taken_before_the_clock_was_set_back_is_free(runtime: Runtime) -> None:
    from ledger import leases

    now = datetime.now(UTC)
    assert leases.acquire("stories", "gone", now + timedelta(hours=2), 30)
    assert leases.acquire("stories", "next", now, 30)
    assert not leases.acquire("stories", "third", now, 30)


def test_work_claimed_before_the_clock_was_set_back_is_due(runtime: Runtime) -> None:
    from ledger import work

    take_in(runtime)
    now = datetime.now(UTC)
    claimed = work.claim(work.Stage.ANALYSE, 10, now + timedelta(hours=2), 120, "gone")
    assert len(claimed) == 10
    assert len(work.claim(work.Stage.ANALYSE, 100, now, 120, "next")) == len(WATER)
