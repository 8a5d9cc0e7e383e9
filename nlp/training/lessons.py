"""What the encoder learns from: single texts with their labels, and pairs of texts.

Pairs come from whole read weeks (one story or not) and from the labelled claims. No lesson holds
a text of the held-out part of :mod:`nlp.training.gold`.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from langnghe.claim import FactCheck
from langnghe.document import Document
from nlp.backends.heads import HEADS
from nlp.backends.reading import pair
from nlp.claims.compare import reference_of
from nlp.claims.matcher import ClaimMatcher
from nlp.claims.reading import sides_of_claim
from nlp.claims.train import check_of
from nlp.stories.features import compare_all, traits_of
from nlp.stories.forest import forest_from
from nlp.stories.neighbours import Neighbours
from nlp.stories.reading import side_of_story
from nlp.stories.themes import resource
from nlp.stories.weeks import Week
from nlp.training.finetune import Lesson, Room
from nlp.training.gold import Example

SEED = 11
SAME_A_DOCUMENT, OTHERS_A_DOCUMENT = 2, 2
LEAST_LIKELY = 0.02


def from_examples(examples: Iterable[Example]) -> list[Lesson]:
    """A lesson for each labelled text; the labels of one id come together in one."""
    found: dict[str, Lesson] = {}
    for example in examples:
        room: Room = "social" if example.input.kind.is_social else "news"
        targets = {
            f"{room}_{task}": one_hot(f"{room}_{task}", label)
            for task, label in example.labels.items()
        }
        known = found.get(example.id)
        if known is not None:
            targets = {**targets, **known.targets}
        found[example.id] = Lesson(room, pair(example.input), targets)
    return list(found.values())


def from_week(week: Week) -> list[Lesson]:
    """Pairs of a read week that the word features alone leave open, with the editor's answer."""
    rng = random.Random(SEED)  # noqa: S311
    texts = {doc.id: side_of_story(doc) for doc in week.docs}
    lessons = []
    for first, others in neighbours_of(week):
        same = [other for other, is_same, _ in others if is_same]
        different = sorted((x for x in others if not x[1]), key=lambda x: -x[2])
        rng.shuffle(same)
        chosen = [(other, "same") for other in same[:SAME_A_DOCUMENT]]
        chosen += [(other, "other") for other, _, _ in different[:OTHERS_A_DOCUMENT]]
        for other, label in chosen:
            size = max(week.size_of(first), week.size_of(other))
            lessons.append(
                Lesson(
                    "stories",
                    (texts[first], texts[other]),
                    {"pair_story": one_hot("pair_story", label)},
                    min(1.0, (6 / size) ** 0.5),
                )
            )
    return lessons


def neighbours_of(week: Week) -> Iterator[tuple[str, list[tuple[str, bool, float]]]]:
    """Each read document with its read neighbours: their id, whether they tell of one story,
    and how likely the word features find that."""
    forest = forest_from(resource()["pairs"])
    story_of = week.story_of
    near = Neighbours()
    for doc in week.docs:
        traits = traits_of(doc)
        mine = story_of.get(doc.id)
        neighbours = near.nearest(traits)
        rows = [
            (other, row)
            for (other, _), row in zip(neighbours, compare_all(traits, neighbours), strict=True)
            if doc.id in week.read and other.document_id in week.read
        ]
        rows = [row for row in rows if (mine, story_of.get(row[0].document_id)) != (None, None)]
        near.add(traits)
        if rows:
            likely = forest.probabilities([features for _, features in rows])
            yield (
                doc.id,
                [
                    (other.document_id, mine == story_of.get(other.document_id), float(p))
                    for (other, _), p in zip(rows, likely, strict=True)
                    if p >= LEAST_LIKELY
                ],
            )


def from_claims(rows: Sequence[Mapping[str, object]], passages: Sequence[Document]) -> list[Lesson]:
    """Posts beside the claim they were written for, and beside claims that they have nothing to
    do with; ``passages`` are texts that assert none of the claims."""
    checks = [check_of(row) for row in rows]
    matcher = ClaimMatcher(checks)
    by_id = {check.id: check for check in checks}
    lessons = []
    for row in rows:
        own = by_id[str(row["id"])]
        for probe in row["probes"]:  # type: ignore[attr-defined]
            lessons.append(_claim_lesson(own, probe["text"], probe["label"]))
            others = [c for c in matcher.candidates(probe["text"]) if c != own.id]
            lessons += [
                _claim_lesson(by_id[other], probe["text"], "unrelated_claim")
                for other in others[:1]
                if not _is_one_matter(own, by_id[other])
            ]
    for doc in passages:
        text = f"{doc.title}. {doc.lead}"
        lessons += [
            _claim_lesson(by_id[id], text, "unrelated_claim") for id in matcher.candidates(text)[:1]
        ]
    return lessons


def _is_one_matter(a: FactCheck, b: FactCheck) -> bool:
    """Whether two claims tell of one rumour, as some of a file do."""
    mine = reference_of(a.id, a.claim, a.correction).claim.bag
    theirs = reference_of(b.id, b.claim, b.correction).claim.bag
    return len(mine & theirs) >= 0.5 * min(len(mine), len(theirs))


def _claim_lesson(check: FactCheck, text: str, label: str) -> Lesson:
    sides = sides_of_claim(check.claim, f"{check.correction} {check.quote}", text)
    return Lesson("claims", sides, {"pair_claim": one_hot("pair_claim", label)})


def one_hot(head: str, label: str) -> NDArray[np.float32]:
    """The wanted distribution of a certain label."""
    labels = HEADS[head]
    wanted = np.zeros(len(labels), np.float32)
    wanted[labels.index(label)] = 1.0
    return wanted
