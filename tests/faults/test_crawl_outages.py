"""The ledger is down while the crawl goes on: read-only, locked, killed meanwhile, over the cap.

What is read then waits in the spool; nothing is lost, though no source is asked a second time.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from langnghe.errors import LedgerUnavailable
from langnghe.settings import Settings
from runtime import schedule
from runtime.crawl_child import open_spool
from tests.faults.forked import Service, died, fork, service, wait_a_while
from tests.faults.test_service_kills import first_hours

pytestmark = pytest.mark.xdist_group("kills")

LATER = timedelta(hours=1)


@pytest.fixture
def half_read(
    ledger_sqlite: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    """A service that has read the first half of its stream; the second half is there to be read."""
    with service(ledger_sqlite, tmp_path, first_hours(), monkeypatch) as made:
        made.clock.moment += (made.stream.end - made.stream.start) / 2
        assert not died(fork(made.crawl))
        assert 0 < len(stored()) < len(made.items)
        made.clock.moment = made.stream.end + LATER
        yield made


@contextmanager
def read_only(made: Service, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse every write to the ledger, as SQLite does on a read-only disk."""
    from ledger import boot, database

    with patch.context() as refused:
        refused.setattr(
            database, "SQLITE_PRAGMAS", database.SQLITE_PRAGMAS + "PRAGMA query_only=1;"
        )
        boot.setup(made.runtime.settings)
        yield
    boot.setup(made.runtime.settings)


@contextmanager
def locked(made: Service, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold the ledger's write lock longer than anybody waits for it."""
    from ledger import boot, database

    with patch.context() as hasty, closing(sqlite3.connect(made.runtime.settings.sqlite_path)) as c:
        hasty.setattr(database, "SQLITE_BUSY_S", 0.2)
        boot.setup(made.runtime.settings)
        c.execute("BEGIN IMMEDIATE")
        yield
        c.rollback()
    boot.setup(made.runtime.settings)


def stored() -> list[str]:
    from ledger.models import DocumentRow

    return list(DocumentRow.objects.values_list("url", flat=True))


def hand_in(made: Service) -> None:
    """Run a batch for which no source is due: it only hands in what waited."""
    from ledger.models import FetchStateRow

    FetchStateRow.objects.update(next_fetch_at=made.clock.moment + timedelta(days=9))
    assert not died(fork(made.crawl))


def is_whole(made: Service) -> bool:
    """Whether every item is in the ledger, once, and nothing waits any more."""
    found = stored()
    return (
        len(found) == len(set(found)) == len(made.items)
        and not open_spool(made.runtime.settings).has_waiting()
    )


@pytest.mark.parametrize("outage", [read_only, locked])
def test_what_was_read_while_the_ledger_was_down_is_not_lost(
    outage, half_read: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(stored())
    with outage(half_read, monkeypatch):
        assert not died(fork(half_read.crawl))
        waiting = open_spool(half_read.runtime.settings).waiting()
        assert len(stored()) == before
        assert waiting.documents >= len(half_read.items) - before
        assert not died(fork(half_read.crawl))  # the cursors moved: nothing is due
        assert open_spool(half_read.runtime.settings).waiting() == waiting

    hand_in(half_read)

    assert is_whole(half_read)


def test_a_batch_killed_at_any_time_of_the_outage_loses_nothing(
    half_read: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(46)
    with read_only(half_read, monkeypatch):
        for _ in range(6):
            child = fork(half_read.crawl)
            wait_a_while(dice, 2.0)
            half_read.kill(child)
        assert not died(fork(half_read.crawl))

    hand_in(half_read)

    assert half_read.kills > 0
    assert is_whole(half_read)


def test_over_the_cap_the_crawl_pauses_says_so_and_goes_on_by_itself(
    half_read: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = replace(half_read.runtime.settings, spool_max_bytes=10_000)
    object.__setattr__(half_read.runtime, "settings", small)
    before = len(stored())
    with read_only(half_read, monkeypatch):
        for _ in range(4):
            assert not died(fork(half_read.crawl))
        waiting = open_spool(small).waiting()
        assert 0 < waiting.documents < len(half_read.items) - before
        assert waiting.size_bytes <= 10_000
        assert waiting.is_full
        with pytest.raises(LedgerUnavailable, match="pauses"):
            schedule.crawl_tick(half_read.runtime)

    for _ in range(2):  # the first hands in what waited, with reports that move the next fetch
        half_read.clock.moment += timedelta(days=1)
        assert not died(fork(half_read.crawl))

    assert is_whole(half_read)
