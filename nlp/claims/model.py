"""Two small linear models: is this the same matter, and does the text assert the claim?"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from langnghe.text import normalize, words
from nlp.claims.compare import FEATURES, Reference, marked, ngrams

STANDS = ("asserts", "criticism", "refutes", "unrelated_claim")


@dataclass(frozen=True)
class ClaimModel:
    """Linear weights over shared-word features and over runs of marked and plain words."""

    means: NDArray[np.float64]
    scales: NDArray[np.float64]
    match: NDArray[np.float64]
    match_bias: float
    stand: NDArray[np.float64]
    """Weights of FEATURES for each of STANDS."""
    stand_bias: NDArray[np.float64]
    marked_terms: Mapping[str, NDArray[np.float64]]
    """Inverse document frequency, then a weight for each of STANDS."""
    plain_terms: Mapping[str, NDArray[np.float64]]

    def match_probability(self, features: Sequence[float]) -> float:
        """Return how likely the text speaks of the matter of the claim at all."""
        scaled = (np.asarray(features) - self.means) / self.scales
        return 1.0 / (1.0 + math.exp(-float(scaled @ self.match) - self.match_bias))

    def stands(
        self, reference: Reference, features: Sequence[float], raw: str, *, is_social: bool
    ) -> dict[str, float]:
        """Return the probability of each of STANDS, given that the matter is the same."""
        scaled = (np.asarray(features) - self.means) / self.scales
        logits = self.stand_bias + self.stand @ scaled
        logits = logits + _score(marked(reference, raw, is_social=is_social), self.marked_terms)
        logits = logits + _score(words(normalize(raw)), self.plain_terms)
        odds = np.exp(logits - logits.max())
        return dict(zip(STANDS, map(float, odds / odds.sum()), strict=True))


def _score(found: Sequence[str], terms: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the weighted sum over the known runs of words, in the unit-length TF-IDF space."""
    total = np.zeros(len(STANDS))
    squares = 0.0
    for term, count in ngrams(found).items():
        row = terms.get(term)
        if row is not None:
            value = (1 + math.log(count)) * row[0]
            squares += value * value
            total += value * row[1:]
    return total / math.sqrt(squares) if squares else total


@lru_cache(maxsize=1)
def shipped_model() -> ClaimModel:
    """Return the model that ships with the product."""
    raw = files("nlp.resources").joinpath("claims.json.gz").read_bytes()
    return model_from(json.loads(gzip.decompress(raw)))


def model_from(data: Mapping[str, Any]) -> ClaimModel:
    """Return the model that ``data`` (as the trainer wrote it) describes."""
    assert data["features"] == list(FEATURES)
    return ClaimModel(
        np.asarray(data["means"]),
        np.asarray(data["scales"]),
        np.asarray(data["match"]),
        float(data["match_bias"]),
        np.asarray(data["stand"]),
        np.asarray(data["stand_bias"]),
        {term: np.asarray(row) for term, row in data["marked_terms"].items()},
        {term: np.asarray(row) for term, row in data["plain_terms"].items()},
    )
