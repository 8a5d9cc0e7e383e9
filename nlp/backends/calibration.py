"""Turns a model's scores into honest probabilities and a decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Calibration:
    """``softmax(scale * scores + bias)`` is the probability; ``offset`` moves the choice of label.

    The offset shifts decisions toward rare labels (macro-F1, recall of
    criticism) without touching the confidence that is shown.
    """

    scale: float
    bias: NDArray[np.float32]
    offset: NDArray[np.float32]

    def probabilities(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """The calibrated distribution of every row."""
        return softmax(self.scale * scores + self.bias)

    def decide(self, probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
        """The place of the chosen label in every row."""
        chosen: NDArray[np.int64] = (np.log(probabilities + 1e-9) + self.offset).argmax(axis=1)
        return chosen


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Row-wise softmax that never overflows."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: NDArray[np.float32] = shifted / shifted.sum(axis=1, keepdims=True)
    return result
