"""Refused items are tried again, impossible ones are named, nothing is dropped silently."""

from __future__ import annotations

from typing import Any, cast

import pytest
from elasticsearch import Elasticsearch

from indexer.elastic.bulk import Action, write
from langnghe.errors import InvalidDocument, StoreUnavailable


class FakeCluster:
    """Answers bulk requests; ``refusals`` are the statuses that an id gets before it is taken."""

    def __init__(self, refusals: dict[str, list[int]] | None = None) -> None:
        self.refusals = refusals or {}
        self.requests: list[list[str]] = []
        self.taken: list[str] = []

    def bulk(self, operations: list[dict[str, Any]]) -> dict[str, Any]:
        heads = [op for op in operations if set(op) & {"index", "create", "delete"}]
        answers = []
        for head in heads:
            ((verb, where),) = head.items()
            answers.append({verb: self._answer(verb, where["_id"])})
        self.requests.append([next(iter(h.values()))["_id"] for h in heads])
        return {"errors": any("error" in next(iter(a.values())) for a in answers), "items": answers}

    def _answer(self, verb: str, key: str) -> dict[str, Any]:
        waiting = self.refusals.get(key)
        if waiting:
            status = waiting.pop(0)
            kind = "cluster_block_exception" if status == 403 else "an_exception"
            return {"status": status, "error": {"type": kind, "reason": f"because {status}"}}
        self.taken.append(key)
        return {"status": 200}


def send(cluster: FakeCluster, actions: list[Action]) -> list[float]:
    pauses: list[float] = []
    write(cast(Elasticsearch, cluster), actions, pauses.append)
    return pauses


def actions(*keys: str, verb: str = "index") -> list[Action]:
    return [Action(verb, "langnghe", key, {"title": key}) for key in keys]


def test_only_what_was_refused_is_sent_again_after_growing_pauses() -> None:
    cluster = FakeCluster({"b": [429, 503], "c": [403]})
    pauses = send(cluster, actions("a", "b", "c"))
    assert cluster.requests == [["a", "b", "c"], ["b", "c"], ["b"]]
    assert cluster.taken == ["a", "c", "b"]
    assert pauses == sorted(pauses)
    assert len(pauses) == 2


def test_what_stays_refused_is_reported_as_retryable() -> None:
    cluster = FakeCluster({"b": [429] * 99})
    with pytest.raises(StoreUnavailable, match="1 documents: an_exception: because 429"):
        send(cluster, actions("a", "b"))
    assert cluster.taken == ["a"]


def test_an_impossible_item_is_named_after_all_others_were_written() -> None:
    cluster = FakeCluster({"a": [400], "b": [429]})
    with pytest.raises(InvalidDocument) as caught:
        send(cluster, actions("a", "b", "c"))
    assert caught.value.document_id == "a"
    assert sorted(cluster.taken) == ["b", "c"]


def test_creating_what_is_there_and_deleting_what_is_not_is_fine() -> None:
    cluster = FakeCluster({"a": [409], "b": [404]})
    send(cluster, [*actions("a", verb="create"), Action("delete", "langnghe", "b")])
    assert len(cluster.requests) == 1


def test_large_batches_are_cut() -> None:
    cluster = FakeCluster()
    big = "x" * 1_500_000
    send(cluster, [Action("index", "langnghe", str(n), {"text": big}) for n in range(4)])
    assert [len(r) for r in cluster.requests] == [1, 1, 1, 1]
    cluster = FakeCluster()
    send(cluster, actions(*map(str, range(1001))))
    assert [len(r) for r in cluster.requests] == [500, 500, 1]
