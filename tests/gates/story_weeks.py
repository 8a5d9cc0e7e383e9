"""The read weeks of gold stories, and how a clustering is scored on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from nlp.backends.pairs import PairReader
from nlp.stories import StoryIndex
from nlp.stories.weeks import Week

BATCH = 128


@dataclass(frozen=True)
class Score:
    """B-cubed over the items of gold stories; the largest gold story's hold and purity."""

    precision: float
    recall: float
    hold: float
    purity: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def cluster(week: Week, reader: PairReader | None = None) -> dict[str, str]:
    """Return the story of every document of the week's whole stream, clustered in its order."""
    index = StoryIndex(reader=reader)
    story_of: dict[str, str] = {}
    for start in range(0, len(week.docs), BATCH):
        batch = week.docs[start : start + BATCH]
        change = index.assign([(doc, None) for doc in batch], batch[-1].fetched_at)
        story_of.update((link.document_id, link.story_id) for link in change.links)
    return story_of


def score(week: Week, story_of: Mapping[str, str]) -> Score:
    """Score clusters restricted to the ids that were read (Bagga & Baldwin 1998)."""
    gold = week.story_of
    cluster_sizes = Counter(story_of[id] for id in week.read)
    gold_sizes = Counter(gold.values())
    shared = Counter((story_of[id], number) for id, number in gold.items())
    precision = sum(shared[story_of[id], n] / cluster_sizes[story_of[id]] for id, n in gold.items())
    recall = sum(shared[story_of[id], n] / gold_sizes[n] for id, n in gold.items())
    great = max(gold_sizes, key=lambda number: gold_sizes[number])
    (largest, held), *_ = Counter(
        story_of[id] for id, number in gold.items() if number == great
    ).most_common(1)
    return Score(
        precision / len(gold),
        recall / len(gold),
        held / gold_sizes[great],
        held / cluster_sizes[largest],
    )
