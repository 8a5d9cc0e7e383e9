"""Boosted trees in flat arrays: how likely two documents tell of the same story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Forest:
    """Complete binary trees of equal depth; ``leaves`` add up to a log-odds from ``bias``."""

    features: NDArray[np.int64]
    thresholds: NDArray[np.float64]
    leaves: NDArray[np.float64]
    bias: float

    def probabilities(self, rows: Sequence[Sequence[float]]) -> NDArray[np.float64]:
        """Return a probability for each row of features."""
        if not rows:
            return np.zeros(0)
        values = np.asarray(rows, dtype=np.float64)
        trees = np.arange(len(self.features))
        at = np.zeros((len(values), len(trees)), dtype=np.int64)
        line = np.arange(len(values))[:, None]
        for _ in range(self._depth):
            chosen = values[line, self.features[trees, at]]
            at = 2 * at + 1 + (chosen > self.thresholds[trees, at])
        logit = self.bias + self.leaves[trees, at - self.features.shape[1]].sum(axis=1)
        return np.asarray(1.0 / (1.0 + np.exp(-logit)))

    @property
    def _depth(self) -> int:
        return int(np.log2(self.leaves.shape[1]))


def forest_from(data: Mapping[str, Any]) -> Forest:
    """Return the forest that ``data`` (as the trainer wrote it) describes."""
    return Forest(
        np.asarray(data["features"], dtype=np.int64),
        np.asarray(data["thresholds"], dtype=np.float64),
        np.asarray(data["leaves"], dtype=np.float64),
        float(data["bias"]),
    )
