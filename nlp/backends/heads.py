"""The questions that the encoder's graph answers, each with its labels in the graph's order."""

from __future__ import annotations

from collections.abc import Mapping

from nlp.backends.base import NEWS_TASKS, SOCIAL_TASKS

LEVELS = ("0", "1", "2", "3")
"""What an editor would make of the matter: nothing, watch, attention, urgent."""

SAME_STORY = ("other", "same")
STANDS = ("asserts", "criticism", "refutes", "unrelated_claim")
"""How a text stands to a claim and its correction."""

HEADS: Mapping[str, tuple[str, ...]] = {
    **{f"news_{task}": labels for task, labels in NEWS_TASKS.items()},
    **{f"social_{task}": labels for task, labels in SOCIAL_TASKS.items()},
    "news_level": LEVELS,
    "pair_story": SAME_STORY,
    "pair_claim": STANDS,
}
