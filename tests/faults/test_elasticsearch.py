"""Faults A3: the search engine stops, hangs, refuses or restarts; no document is lost.

The queue of the ledger is played by the simplest one that keeps its promise: what was not
acknowledged stays in it and is tried again.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest
from elasticsearch import Elasticsearch

from indexer.elastic import ElasticStore
from indexer.elastic.client import ElasticAddress
from langnghe.analysis import AnalysedDocument
from langnghe.errors import StoreUnavailable
from langnghe.query import parse
from tests.contract.index.samples import NOW, many
from tests.elastic_fixture import ElasticServer

pytestmark = [pytest.mark.elasticsearch, pytest.mark.timeout(600)]

DOCUMENTS = 1_000
BATCH = 100
MOST_TRIES = 120  # a restarted node needs a while before its shards take writes


class Queue:
    """Documents that wait to be indexed."""

    def __init__(self, items: list[AnalysedDocument]) -> None:
        self.waiting = items
        self.refused = 0

    def drain(self, store: ElasticStore) -> None:
        """Index what waits, until the store refuses."""
        while self.waiting:
            batch = self.waiting[:BATCH]
            try:
                store.put(batch)
            except StoreUnavailable:
                self.refused += 1
                return
            self.waiting = self.waiting[BATCH:]


@pytest.fixture
def store(own_elastic_server: ElasticServer) -> ElasticStore:
    address = ElasticAddress(own_elastic_server.url, request_timeout_s=5)
    return ElasticStore(address, pause=lambda seconds: None)


def catch_up(store: ElasticStore, queue: Queue) -> None:
    for _ in range(MOST_TRIES):
        queue.drain(store)
        if not queue.waiting:
            return
        time.sleep(1)
    pytest.fail(f"{len(queue.waiting)} documents still wait")


def check_nothing_lost(store: ElasticStore, queue: Queue) -> None:
    catch_up(store, queue)
    store.refresh()
    assert queue.refused > 0
    assert store.count(parse("nước"), now=NOW) == DOCUMENTS


def interrupted(store: ElasticStore, break_it: Callable[[], None]) -> Queue:
    """Return the queue after its first 300 documents were taken and then the fault came."""
    queue = Queue(many(300))
    catch_up(store, queue)
    queue = Queue(many(DOCUMENTS - 300, start=300))
    break_it()
    queue.drain(store)
    assert len(queue.waiting) == DOCUMENTS - 300
    return queue


def test_a_stopped_node(store: ElasticStore, own_elastic_server: ElasticServer) -> None:
    queue = interrupted(store, own_elastic_server.stop)
    with pytest.raises(StoreUnavailable):
        store.search(parse("nước"), now=NOW)
    own_elastic_server.start()
    check_nothing_lost(store, queue)


def test_a_killed_node_keeps_what_it_acknowledged(
    store: ElasticStore, own_elastic_server: ElasticServer
) -> None:
    queue = interrupted(store, lambda: own_elastic_server.stop(is_killed=True))
    own_elastic_server.start()
    check_nothing_lost(store, queue)


def test_a_hung_node(store: ElasticStore, own_elastic_server: ElasticServer) -> None:
    queue = interrupted(store, lambda: own_elastic_server.signal(signal.SIGSTOP))
    with pytest.raises(StoreUnavailable):
        store.search(parse("nước"), now=NOW)
    own_elastic_server.signal(signal.SIGCONT)
    check_nothing_lost(store, queue)


def test_a_full_disk_makes_the_index_read_only(
    store: ElasticStore, own_elastic_server: ElasticServer
) -> None:
    client = Elasticsearch(own_elastic_server.url)

    def read_only(value: bool | None) -> None:
        client.indices.put_settings(
            index="langnghe", settings={"index.blocks.read_only_allow_delete": value}
        )

    queue = interrupted(store, lambda: read_only(True))
    assert store.count(parse(""), now=NOW) <= DOCUMENTS  # searching goes on
    read_only(None)
    check_nothing_lost(store, queue)


def test_a_node_that_is_away_never_looks_empty(
    store: ElasticStore, own_elastic_server: ElasticServer
) -> None:
    catch_up(store, Queue(many(10)))
    store.refresh()
    own_elastic_server.stop()
    for use in (store.refresh, store.version, lambda: store.delete(["d0001"])):
        with pytest.raises(StoreUnavailable):
            use()
    own_elastic_server.start()
    assert first_count(store) == 10


def first_count(store: ElasticStore) -> int:
    """Return the first count that a restarted node gives: it may refuse, but never miscount."""
    for _ in range(MOST_TRIES):
        try:
            return store.count(parse("nước"), now=NOW)
        except StoreUnavailable:
            time.sleep(0.2)
    pytest.fail("the node never answered")
