"""Whole weeks of the recorded stream whose stories were read by an annotator.

``events-dev0`` … ``-dev3`` stand in the gold folder; ``events-own0`` … ``-own8`` are the
project's own, read under the same guide, and stand beside the training code. Clustering learns
from ten weeks and is tuned on own1; levels are learned from eight and tuned on own0, own1 and
own6; dev2 and dev3 are for the gates alone.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from langnghe.document import Document
from langnghe.items import document_from

LEARNED_WEEKS = (
    "events-dev0",
    "events-dev1",
    "events-own0",
    "events-own2",
    "events-own3",
    "events-own4",
    "events-own5",
    "events-own6",
    "events-own7",
    "events-own8",
)
LEVEL_WEEKS = tuple(week for week in LEARNED_WEEKS if week not in ("events-own0", "events-own6"))
TUNED_WEEK = "events-own1"
UNSEEN_WEEKS = ("events-dev2", "events-dev3")
OWN = Path(__file__).parent.parent / "training/own"
STREAM = "news/stream-2025-08_2026-04.jsonl.gz"


@dataclass(frozen=True)
class Week:
    """One read week: the whole stream of it in order, the gold stories and the ids read."""

    docs: tuple[Document, ...]
    stories: tuple[Mapping[str, Any], ...]
    read: frozenset[str]

    @cached_property
    def story_of(self) -> dict[str, int]:
        """The number of each item's gold story."""
        return {id: n for n, story in enumerate(self.stories) for id in story["ids"]}

    def size_of(self, document_id: str) -> int:
        """How many items the story of a document has; 1 for a document outside every story."""
        number = self.story_of.get(document_id)
        return 1 if number is None else len(self.stories[number]["ids"])


def load_week(data: Path, name: str) -> Week:
    """Return week ``name`` of the read stories with its part of the recorded stream in ``data``."""
    folder = OWN if name.startswith("events-own") else data / "gold"
    rows = (folder / "events-read.tsv").read_text("utf-8").splitlines()[1:]
    read = {row.split("\t")[0] for row in rows if row.endswith("\t" + name)}
    stories = (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
    with gzip.open(data / STREAM, "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    clock = sorted(item["fetched"] for item in items if item["id"][:10] in read)
    docs = [
        document_from({**item, "id": item["id"][:10]})
        for item in items
        if clock[0] <= item["fetched"] <= clock[-1]
    ]
    return Week(tuple(docs), tuple(map(json.loads, stories)), frozenset(read))
