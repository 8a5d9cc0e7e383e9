"""The recorded day of the fictional province: a crisis told from many sides is one story."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from langnghe.profile import load_profile
from nlp.backends.pairs import load_pair_reader
from nlp.stories import StoryIndex
from runtime.demo import day

Record = Callable[[str, object], None]
CRISIS = "nuoc-may"
BATCH = 20
LEAST_PRECISION, LEAST_RECALL = 0.92, 0.70
LEAST_HELD = 0.6


@pytest.fixture(scope="module")
def written_for() -> dict[str, str]:
    """The story that each item was written for; its own id for one that belongs to none."""
    rows = [
        json.loads(line)
        for file in sorted((Path(day.__file__).parent / "day").glob("stories-*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]
    return {row["id"]: row["story"] or row["id"] for row in rows}


@pytest.mark.timeout(900)
def test_the_water_crisis_is_one_story(
    written_for: dict[str, str], record_property: Record
) -> None:
    docs = sorted(day.load_documents(date(2026, 11, 20)), key=lambda doc: doc.published_at)
    index = StoryIndex(profile=load_profile(day.PROFILE), reader=load_pair_reader())
    for start in range(0, len(docs), BATCH):
        batch = docs[start : start + BATCH]
        index.assign([(doc, None) for doc in batch], batch[-1].published_at)
    press = [doc.id for doc in docs if not doc.kind.is_social]
    story_of = {id: index.story_of(id) for id in press}
    found, wanted = Counter(story_of.values()), Counter(written_for[id] for id in press)
    shared = Counter((story_of[id], written_for[id]) for id in press)
    both = [shared[story_of[id], written_for[id]] for id in press]
    precision = sum(n / found[story_of[id]] for id, n in zip(press, both, strict=True)) / len(press)
    recall = sum(n / wanted[written_for[id]] for id, n in zip(press, both, strict=True)) / len(
        press
    )
    held = max(n for (_, story), n in shared.items() if story == CRISIS) / wanted[CRISIS]
    record_property("recorded day", f"{precision:.3f} {recall:.3f} {held:.2f}")
    assert precision >= LEAST_PRECISION
    assert recall >= LEAST_RECALL
    assert held >= LEAST_HELD
