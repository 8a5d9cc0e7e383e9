"""Stories on whole real weeks that were never learned from; floors that only rise."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from langnghe.items import document_from
from nlp.backends.pairs import load_pair_reader
from nlp.stories import StoryIndex
from nlp.stories.weeks import load_week
from tests.gates.story_weeks import cluster, score

Record = Callable[[str, object], None]
FLOORS = {"events-dev2": 0.86, "events-dev3": 0.86}
FLOOR_WITH_ENCODER = 0.87
LEARNED_FLOORS = {"events-dev0": 0.88, "events-dev1": 0.79}


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_unseen_weeks_hold_their_floor(
    name: str, shared_dir: Path, record_property: Record
) -> None:
    week = load_week(shared_dir / "data", name)
    found = score(week, cluster(week))
    record_property(name, str(found))
    assert found.f1 >= FLOORS[name]


@pytest.mark.timeout(900)
def test_the_encoder_takes_nothing_from_a_story(shared_dir: Path, record_property: Record) -> None:
    week = load_week(shared_dir / "data", "events-dev2")
    found = score(week, cluster(week, load_pair_reader()))
    record_property("events-dev2 with the encoder", str(found))
    assert found.f1 >= FLOOR_WITH_ENCODER


@pytest.mark.parametrize("name", sorted(LEARNED_FLOORS))
def test_a_great_flood_is_one_story(name: str, shared_dir: Path, record_property: Record) -> None:
    week = load_week(shared_dir / "data", name)
    found = score(week, cluster(week))
    record_property(name, str(found))
    assert found.hold >= 0.80
    assert found.purity >= 0.80
    assert found.f1 >= LEARNED_FLOORS[name]


def test_labelled_pairs_are_told_apart(shared_dir: Path, record_property: Record) -> None:
    rows = (shared_dir / "data/gold/story-pairs.train.tsv").read_text("utf-8").splitlines()[1:]
    pairs = [row.split("\t") for row in rows]
    wanted = {id for a, b, _ in pairs for id in (a, b)}
    docs = {}
    stream = shared_dir / "data/news/stream-2025-08_2026-04.jsonl.gz"
    with gzip.open(stream, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line[8:18] in wanted:
                row = json.loads(line)
                docs[row["id"][:10]] = document_from({**row, "id": row["id"][:10]})
    hits = called = same = 0
    for a, b, label in pairs:
        index = StoryIndex(window_days=30)
        first, second = sorted((docs[a], docs[b]), key=lambda doc: doc.fetched_at)
        index.assign([(first, None), (second, None)], second.fetched_at)
        is_one = index.story_of(a) == index.story_of(b)
        hits += is_one and label == "2"
        called += is_one
        same += label == "2"
    precision, recall = hits / called, hits / same
    f1 = 2 * precision * recall / (precision + recall)
    record_property("story pairs", f"P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")
    assert f1 >= 0.80
