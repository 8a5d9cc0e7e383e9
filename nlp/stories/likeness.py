"""How likely two documents tell of one story: the forest, and the encoder where that doubts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from langnghe.document import Document
from nlp.backends.pairs import PairReader
from nlp.stories.features import Traits, compare_all
from nlp.stories.forest import forest_from
from nlp.stories.themes import resource

DECIDED_SAME, DECIDED_APART = 0.75, 0.2
"""What a pair in doubt counts whose stories were decided before this process began."""


@dataclass(frozen=True)
class Doubt:
    """Which pairs the encoder reads, and how both answers become one.

    A pair is in doubt between ``low`` and ``high``; of a document's pairs in doubt the ``most``
    likely are read. The joint log-odds are ``forest`` times the forest's plus ``encoder`` times
    the encoder's plus ``bias``.
    """

    low: float
    high: float
    most: int
    forest: float
    encoder: float
    bias: float


@dataclass(frozen=True)
class Compared:
    """A new document and its nearest earlier ones with their cosines."""

    doc: Document
    traits: Traits
    near: Sequence[tuple[Traits, float]]


class Likeness:
    """Says for each new document how likely it tells of one story with each neighbour."""

    def __init__(self, reader: PairReader | None, doubt: Doubt | None = None) -> None:
        self._reader = reader
        self._forest = forest_from(resource()["pairs"])
        self._doubt = doubt or Doubt(**resource()["doubt"])

    def of(
        self,
        compared: Sequence[Compared],
        texts: Mapping[str, str],
        decided: Mapping[str, str] | None = None,
        *,
        is_hurried: bool = False,
    ) -> list[list[float]]:
        """Return for each document the likeness of its neighbours, in their order.

        ``texts`` are the sides to read by document id. With ``decided`` (story ids by document)
        nothing is read: a pair in doubt follows what was decided before. ``is_hurried`` reads
        nothing either and trusts the words.
        """
        found = [self._forest.probabilities(compare_all(one.traits, one.near)) for one in compared]
        likely = [list(map(float, row)) for row in found]
        doubts = [(n, k) for n, row in enumerate(likely) for k in self._in_doubt(row)]
        if decided is not None:
            for n, k in doubts:
                pair = (compared[n].doc.id, compared[n].near[k][0].document_id)
                stories = {decided.get(id, "") or id for id in pair}
                likely[n][k] = DECIDED_SAME if len(stories) == 1 else DECIDED_APART
        elif self._reader is not None and doubts and not is_hurried:
            sides = [
                (texts[compared[n].doc.id], texts[compared[n].near[k][0].document_id])
                for n, k in doubts
            ]
            odds = self._reader.story_odds(sides)
            for (n, k), encoder in zip(doubts, odds, strict=True):
                likely[n][k] = self._joint(likely[n][k], float(encoder))
        return likely

    def _in_doubt(self, row: Sequence[float]) -> Iterator[int]:
        places = [k for k, p in enumerate(row) if self._doubt.low <= p <= self._doubt.high]
        places.sort(key=lambda k: (-row[k], k))
        return iter(places[: self._doubt.most])

    def _joint(self, forest: float, encoder: float) -> float:
        doubt = self._doubt
        odds = (
            doubt.forest * float(np.log(forest / (1 - forest)))
            + doubt.encoder * encoder
            + doubt.bias
        )
        return float(1 / (1 + np.exp(-odds)))
