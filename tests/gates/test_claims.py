"""The claim matcher on the last fifty claims by date, which it never learned from."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from langnghe.claim import FactCheck
from langnghe.document import Document
from langnghe.items import document_from
from langnghe.text import fold
from nlp.backends.pairs import load_pair_reader
from nlp.claims import ClaimMatcher
from nlp.claims.train import LEARNED, load_claims


@pytest.fixture(scope="module")
def held_out(shared_dir: Path) -> list[dict[str, Any]]:
    return load_claims(shared_dir / "data")[LEARNED:]


@pytest.fixture(scope="module")
def matcher(held_out: list[dict[str, Any]]) -> ClaimMatcher:
    return ClaimMatcher(
        [
            FactCheck(row["id"], row["claim"], row["correction"], date.fromisoformat(row["date"]))
            for row in held_out
        ],
        reader=load_pair_reader(),
    )


def rates(matcher: ClaimMatcher, posts: list[tuple[Document, str]]) -> dict[str, tuple[int, int]]:
    """Return for each label how many posts drew a suggestion, and of how many."""
    fired: Counter[str] = Counter()
    total: Counter[str] = Counter()
    found = matcher.suggest([doc for doc, _ in posts])
    for (_, label), suggestions in zip(posts, found, strict=True):
        total[label] += 1
        fired[label] += bool(suggestions)
    return {label: (fired[label], total[label]) for label in total}


def posts_of(rows: list[dict[str, Any]], *, kind: str = "post") -> list[tuple[Document, str]]:
    return [
        (document_from({"id": f"{row['id']}-{n}", "kind": kind, "text": p["text"]}), p["label"])
        for row in rows
        for n, p in enumerate(row["probes"])
    ]


def test_asserting_is_found_and_feedback_is_left_alone(
    matcher: ClaimMatcher, held_out: list[dict[str, Any]]
) -> None:
    found = rates(matcher, posts_of(held_out))
    share = {label: fired / total for label, (fired, total) in found.items()}
    assert share["asserts"] >= 0.78
    assert share["criticism"] <= 0.01
    assert share["refutes"] <= 0.05
    assert share["unrelated_claim"] <= 0.05


def test_writing_without_accents_does_not_make_criticism_suspicious(
    matcher: ClaimMatcher, held_out: list[dict[str, Any]]
) -> None:
    plain = [
        (
            document_from(
                {"id": doc.id, "kind": "post", "text": " ".join(map(fold, doc.text.split()))}
            ),
            label,
        )
        for doc, label in posts_of(held_out)
        if label == "criticism"
    ]
    fired, total = rates(matcher, plain)["criticism"]
    assert fired <= 0.02 * total


def test_critical_news_is_not_suggested(matcher: ClaimMatcher, shared_dir: Path) -> None:
    data = shared_dir / "data"
    with (data / "gold/news.train.tsv").open(encoding="utf-8") as rows:
        wanted = [r["id"] for r in csv.DictReader(rows, delimiter="\t") if r["authority"] == "neg"]
    chosen = set(random.Random(1).sample(wanted, 2000))
    docs = []
    with gzip.open(data / "news/stream-2025-08_2026-04.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            if line[8:18] in chosen:
                docs.append((document_from(json.loads(line)), "neg"))
    fired, total = rates(matcher, docs)["neg"]
    assert total == 2000
    assert fired <= 0.01 * total
