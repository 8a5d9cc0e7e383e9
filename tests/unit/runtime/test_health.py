"""What the doctor says of the search index, the rules and the sources."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from indexer.memory import MemoryStore
from ledger import queries
from runtime import health
from runtime.health import IndexGap, Verdict, _index, _rules, _sources
from tests.unit.alerts.made import rule


@pytest.fixture
def runtime() -> Any:
    return SimpleNamespace(
        store=MemoryStore(),
        settings=SimpleNamespace(elasticsearch_url="", data_dir=""),
        clock=SimpleNamespace(now=lambda: None),
    )


def test_an_index_of_this_version_is_good(runtime: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "counters", lambda: SimpleNamespace(indexed=102))
    monkeypatch.setattr(health, "index_gap", lambda *_: IndexGap(100, 102))
    assert [found.verdict for found in _index(runtime)] == [Verdict.GOOD]


def test_an_index_of_another_version_asks_for_a_reindex(
    runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime.store, "version", lambda: "1.1")
    (found,) = _index(runtime)
    assert found.verdict is Verdict.BAD
    assert "langnghe reindex" in found.advice


def test_an_empty_index_beside_a_full_ledger_asks_for_a_reindex(
    runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "counters", lambda: SimpleNamespace(indexed=102))
    monkeypatch.setattr(health, "index_gap", lambda *_: IndexGap(0, 102))
    (found,) = _index(runtime)
    assert found.verdict is Verdict.BAD
    assert "0 trong 102" in found.said
    assert "langnghe reindex" in found.advice


def test_a_rule_whose_query_is_no_longer_understood_is_named(
    runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = (rule(id="cu", name="Lũ cũ", query="lũ near/5"), rule(id="moi", query="lũ"))
    monkeypatch.setattr(health.rules, "current_rules", lambda: stored)
    broken, counted = _rules(runtime)
    assert broken.verdict is Verdict.BAD
    assert "Lũ cũ" in broken.subject
    assert counted.said == "2 quy tắc đang bật"


def test_only_sources_that_are_on_are_counted(
    runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = queries.Coverage(enabled=4, good=2, silent=1, failing=1, untried=0)
    monkeypatch.setattr(queries, "coverage", lambda _now: heard)
    (found,) = _sources(runtime)
    assert found.said == "4 nguồn đang theo dõi, 2 im lặng hoặc lỗi"
    assert found.verdict is Verdict.NOTICE
