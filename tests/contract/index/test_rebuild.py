"""A reindex goes on where it was killed, loses nothing that comes meanwhile, and swaps at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import indexer.elastic.indices
import indexer.elastic.mapping
import indexer.embedded.connection
import indexer.embedded.rebuild
from indexer.elastic import ElasticStore
from indexer.elastic.client import ElasticAddress
from indexer.embedded import EmbeddedStore
from indexer.reindex import reindex
from indexer.store import Store
from langnghe.analysis import AnalysedDocument
from langnghe.errors import IndexOutdated
from langnghe.query import parse
from tests.contract.index.conftest import drop_indices
from tests.contract.index.samples import NOW, item, many


class Ledger:
    """Documents by id, as the real ledger hands them out."""

    def __init__(self, items: Sequence[AnalysedDocument]) -> None:
        self.items = {i.document.id: i for i in items}
        self.handed_out = 0

    def batches(self, after: str) -> Iterator[list[AnalysedDocument]]:
        while keys := sorted(k for k in self.items if k > after)[:10]:
            self.handed_out += len(keys)
            yield [self.items[k] for k in keys]
            after = keys[-1]


class Killed(BaseException):
    """The process died."""


@pytest.fixture(params=["embedded", pytest.param("elastic", marks=pytest.mark.elasticsearch)])
def engine(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(request.param)
    return found


def test_a_reindex_brings_what_the_ledger_holds(engine: Store) -> None:
    engine.put([*many(30), item("stale", "nước máy cũ")])
    assert reindex(engine, Ledger(many(30)).batches) == 30
    engine.refresh()
    assert engine.count(parse("nước"), now=NOW) == 30
    assert engine.count(parse("cũ"), now=NOW) == 0


def test_a_killed_reindex_goes_on(engine: Store) -> None:
    ledger = Ledger(many(35))

    def dies(written: int) -> None:
        if written == 20:
            raise Killed

    with pytest.raises(Killed):
        reindex(engine, ledger.batches, progress=dies)
    ledger.handed_out = 0
    assert reindex(engine, ledger.batches) == 35
    assert ledger.handed_out == 15
    engine.refresh()
    assert engine.count(parse("nước"), now=NOW) == 35


def test_a_fresh_reindex_begins_again(engine: Store) -> None:
    ledger = Ledger(many(15))
    engine.rebuild().add(many(10), "d0009")
    assert reindex(engine, ledger.batches, fresh=True) == 15
    assert ledger.handed_out == 15


def test_what_comes_and_goes_meanwhile_is_right_afterwards(engine: Store) -> None:
    engine.put(many(30))
    old = Ledger(many(30))

    def meanwhile(written: int) -> None:
        if written == 10:
            engine.put([item("d0025", "sự cố đã khắc phục"), item("new", "sự cố mới")])
            engine.delete(["d0003", "d0028"])
            engine.refresh()
            assert engine.count(parse('"sự cố"'), now=NOW) == 2

    reindex(engine, old.batches, progress=meanwhile)
    engine.refresh()
    assert engine.count(parse('"sự cố"'), now=NOW) == 2
    assert engine.count(parse("nước"), now=NOW) == 27
    assert engine.count(parse(""), now=NOW) == 29


def test_an_embedded_index_of_another_version_is_refused_until_it_is_rebuilt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index.sqlite3"
    old = EmbeddedStore(path)
    old.put(many(5))
    old.close()
    for module in (indexer.embedded.connection, indexer.embedded.rebuild):
        monkeypatch.setattr(module, "INDEX_VERSION", "999")
    check_outdated(EmbeddedStore(path))


@pytest.mark.elasticsearch
def test_an_elastic_index_of_another_version_is_refused_until_it_is_rebuilt(
    elasticsearch_url: str, elastic_alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = ElasticAddress(elasticsearch_url, elastic_alias)
    old = ElasticStore(address)
    old.put(many(5))
    for module in (indexer.elastic.indices, indexer.elastic.mapping):
        monkeypatch.setattr(module, "INDEX_VERSION", "999")
    new = ElasticStore(address)
    check_outdated(new)
    drop_indices(new, elastic_alias)


def check_outdated(store: Store) -> None:
    before = store.version()
    for refused in (
        lambda: store.put(many(1)),
        lambda: store.delete(["d0001"]),
        lambda: store.search(parse("nước"), now=NOW),
        lambda: store.count(parse("nước"), now=NOW),
    ):
        with pytest.raises(IndexOutdated):
            refused()
    assert reindex(store, Ledger(many(12)).batches) == 12
    store.refresh()
    assert store.count(parse("nước"), now=NOW) == 12
    assert before != store.version() == "999"
