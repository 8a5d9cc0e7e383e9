"""faults.md A3 on PostgreSQL: it refuses connections while a crawl runs; 0 lost, 0 doubled.

The server itself is never stopped: the ledger's own way to it is cut (tests/faults/relay.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from langnghe.settings import Settings
from runtime.crawl_child import open_spool
from tests.faults.forked import Service, died, fork, service
from tests.faults.relay import Relay, relayed
from tests.faults.test_crawl_outages import LATER, hand_in, is_whole, stored
from tests.faults.test_service_kills import first_hours

pytestmark = pytest.mark.xdist_group("kills")


@dataclass
class Outage:
    """A service and its way to PostgreSQL."""

    made: Service
    relay: Relay

    @property
    def waiting(self) -> int:
        return open_spool(self.made.runtime.settings).waiting().documents


@pytest.fixture
def outage(
    ledger_postgres: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Outage]:
    """A service on PostgreSQL that has read the first half of its stream; the rest is there."""
    from ledger import boot

    url = urlsplit(ledger_postgres.database_url)
    ledger_postgres.data_dir.mkdir(exist_ok=True)
    with relayed(url.hostname or "127.0.0.1", url.port or 5432) as relay:
        user = (url.netloc.rpartition("@")[0] + "@").removeprefix("@")
        way = url._replace(netloc=f"{user}127.0.0.1:{relay.port}").geturl()
        settings = replace(ledger_postgres, database_url=way)
        boot.setup(settings)
        with service(settings, tmp_path, first_hours(), monkeypatch) as made:
            made.clock.moment += (made.stream.end - made.stream.start) / 2
            assert not died(fork(made.crawl))
            assert 0 < len(stored()) < len(made.items)
            made.clock.moment = made.stream.end + LATER
            yield Outage(made, relay)
            boot.close()


def test_what_was_read_while_postgresql_refused_is_not_lost(outage: Outage) -> None:
    made, before = outage.made, len(stored())
    outage.relay.cut()
    assert not died(fork(made.crawl))
    waiting = outage.waiting
    assert waiting >= len(made.items) - before
    assert not died(fork(made.crawl))
    assert outage.waiting == waiting, "the cursors moved: nothing is due"
    outage.relay.restore()
    assert len(stored()) == before

    hand_in(made)

    assert is_whole(made)


@pytest.mark.parametrize("commit", [1, 3])
def test_a_commit_whose_answer_is_lost_in_the_middle_of_a_crawl_doubles_nothing(
    outage: Outage, commit: int
) -> None:
    made = outage.made
    outage.relay.cut_at_commit(commit)
    assert not died(fork(made.crawl))
    assert outage.relay.is_cut
    assert outage.waiting > 0
    outage.relay.restore()

    hand_in(made)

    assert is_whole(made)


def test_postgresql_that_goes_while_the_spool_is_handed_in_loses_and_doubles_nothing(
    outage: Outage,
) -> None:
    made = outage.made
    outage.relay.cut()
    assert not died(fork(made.crawl))
    for commit in (1, 2):
        outage.relay.restore()
        outage.relay.cut_at_commit(commit)
        assert not died(fork(made.crawl))
        assert outage.relay.is_cut
    assert outage.waiting > 0
    outage.relay.restore()

    hand_in(made)

    assert is_whole(made)
