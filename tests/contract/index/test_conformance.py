"""The engines agree with the in-memory evaluator on every query over every document."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from indexer.elastic import ElasticStore
from indexer.embedded import EmbeddedStore
from indexer.memory import MemoryStore
from indexer.store import Sort, Store
from langnghe.analysis import AnalysedDocument
from langnghe.query import RuleSet, matches, parse
from tests.contract.index.generated import NOW, corpora, queries

_REUSED = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_asked = st.lists(queries(), min_size=1, max_size=5)


def answers(store: Store, text: str) -> dict[str, Any]:
    """Everything that must be the same in every engine."""
    query = parse(text)
    listed: list[str] = []
    after = None
    while True:
        page = store.search(query, now=NOW, limit=2, after=after)
        listed += [hit.document_id for hit in page.hits]
        after = page.next
        if after is None:
            break
    ranked = store.search(query, now=NOW, sort=Sort.RELEVANCE, limit=50)
    return {
        "ids": sorted(listed),
        "total": page.total,
        "exact": page.exact_total,
        "count": store.count(query, now=NOW),
        "scores": {hit.document_id: round(hit.score, 3) for hit in ranked.hits},
        "marks": {hit.document_id: (hit.title_marks, hit.snippet_marks) for hit in ranked.hits},
        "days": store.histogram(query, now=NOW),
        "hours": store.histogram(query, now=NOW, interval="hour"),
        "outlets": store.terms(query, "outlet", now=NOW),
        "places": store.terms(query, "place", now=NOW),
        "stories": sorted(store.story_rollup(query, now=NOW), key=lambda s: s.story_id),
    }


def compare(store: Store, items: list[AnalysedDocument], asked: list[str]) -> None:
    reference = MemoryStore()
    reference.put(items)
    store.delete([f"d{number}" for number in range(10)])
    store.put(items)
    store.refresh()
    for text in asked:
        expected = answers(reference, text)
        assert expected["total"] == len(expected["ids"]) == expected["count"]
        assert answers(store, text) == expected, text


@_REUSED
@given(corpora(), _asked)
def test_embedded_agrees_with_the_evaluator(
    embedded: EmbeddedStore, items: list[AnalysedDocument], asked: list[str]
) -> None:
    compare(embedded, items, asked)


@pytest.mark.elasticsearch
@settings(_REUSED, max_examples=30)
@given(corpora(), _asked)
def test_elasticsearch_agrees_with_the_evaluator(
    elastic: ElasticStore, items: list[AnalysedDocument], asked: list[str]
) -> None:
    compare(elastic, items, asked)


@_REUSED
@given(corpora(), st.lists(queries(), min_size=1, max_size=12))
def test_rules_agree_with_the_evaluator(items: list[AnalysedDocument], asked: list[str]) -> None:
    parsed = [parse(text) for text in asked]
    rules = RuleSet(parsed)
    for item in items:
        expected = [number for number, query in enumerate(parsed) if matches(query, item, NOW)]
        assert rules.match(item, NOW) == expected
