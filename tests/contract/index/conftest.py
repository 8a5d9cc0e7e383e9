"""The implementations of the Store port, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.elastic import ElasticStore
from indexer.elastic.client import ElasticAddress
from indexer.embedded import EmbeddedStore
from indexer.memory import MemoryStore
from indexer.store import Store


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(tmp_path / "index.sqlite3")
    yield store
    store.close()


@pytest.fixture
def elastic(elasticsearch_url: str, elastic_alias: str) -> Iterator[ElasticStore]:
    store = ElasticStore(ElasticAddress(elasticsearch_url, elastic_alias))
    yield store
    drop_indices(store, elastic_alias)
    store.close()


@pytest.fixture(
    params=["memory", "embedded", pytest.param("elastic", marks=pytest.mark.elasticsearch)]
)
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return MemoryStore()
    found: Store = request.getfixturevalue(request.param)
    return found


def drop_indices(store: ElasticStore, alias: str) -> None:
    client = store._client()
    for index in client.indices.get(index=f"{alias}-*", features=["aliases"]):
        client.indices.delete(index=index)
