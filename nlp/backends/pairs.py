"""The encoder as a reader of two texts: one story? asserting a claim or refuting it?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nlp.backends.base import SHIPPED_MODELS
from nlp.backends.calibration import softmax
from nlp.backends.encoder import GRAPH_FILE, EncoderModel, shared_encoder
from nlp.backends.heads import SAME_STORY

STORY_HEAD, CLAIM_HEAD = "pair_story", "pair_claim"

Sides = tuple[str, str]


class PairReader(Protocol):
    """Reads pairs of texts, where the words alone leave clustering or claim matching in doubt."""

    def story_odds(self, pairs: Sequence[Sides]) -> NDArray[np.float32]:
        """The log-odds that each pair tells of one story, shape (pairs,)."""
        ...

    def stands(self, pairs: Sequence[Sides]) -> NDArray[np.float32]:
        """How the second text of each pair stands to the claim in the first.

        Shape (pairs, 4), rows of probabilities in the order of ``STANDS``.
        """
        ...


class EncoderPairReader:
    """The shipped encoder's heads for pairs."""

    def __init__(self, encoder: EncoderModel) -> None:
        self._encoder = encoder

    def story_odds(self, pairs: Sequence[Sides]) -> NDArray[np.float32]:
        """See :class:`PairReader`; the mean over both orders of a pair would cost twice."""
        logits = self._encoder.judge(pairs, STORY_HEAD)
        same = SAME_STORY.index("same")
        odds: NDArray[np.float32] = logits[:, same] - logits[:, 1 - same]
        return odds

    def stands(self, pairs: Sequence[Sides]) -> NDArray[np.float32]:
        """See :class:`PairReader`."""
        return softmax(self._encoder.judge(pairs, CLAIM_HEAD))


def load_pair_reader(models_dir: Path | None = None) -> PairReader | None:
    """The reader of pairs in ``models_dir``, by default the shipped one; None where there is none.

    An encoder that was made before pairs were learned knows none.
    """
    folder = models_dir or SHIPPED_MODELS
    if not (folder / GRAPH_FILE).is_file():
        return None
    encoder = shared_encoder(folder)
    return EncoderPairReader(encoder) if STORY_HEAD in encoder.heads else None
