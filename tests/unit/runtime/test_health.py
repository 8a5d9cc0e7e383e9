"""What the doctor says of the search index."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from indexer.memory import MemoryStore
from runtime.health import Verdict, _index


@pytest.fixture
def runtime() -> Any:
    return SimpleNamespace(
        store=MemoryStore(), settings=SimpleNamespace(elasticsearch_url="", data_dir="")
    )


def test_an_index_of_this_version_is_good(runtime: Any) -> None:
    assert [found.verdict for found in _index(runtime)] == [Verdict.GOOD]


def test_an_index_of_another_version_asks_for_a_reindex(
    runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime.store, "version", lambda: "1.1")
    (found,) = _index(runtime)
    assert found.verdict is Verdict.BAD
    assert "langnghe reindex" in found.advice
