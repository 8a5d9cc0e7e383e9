"""Great disasters: one story of hundreds of items that share few words.

A storm or flood is one story with its warnings and damage, and the relief for it is another one.
While such items fill the stream, clusters that clearly tell of the disaster (or of relief) are
held together although their items, compared in pairs, are little alike.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.places.gazetteer import province_codes
from nlp.stories.features import Traits

THEMES = ("disaster", "relief")


@dataclass(frozen=True)
class ThemeModel:
    """A small linear classifier of one item: nothing special, disaster or relief."""

    terms: Mapping[str, tuple[float, ...]]
    bias: tuple[float, ...]

    def probabilities(self, traits: Traits) -> tuple[float, ...]:
        """Return the probabilities of THEMES for one document."""
        known = [self.terms[term] for term in traits.full if term in self.terms]
        logits = [sum(column) for column in zip(self.bias, *known, strict=True)]
        highest = max(logits)
        odds = [math.exp(logit - highest) for logit in logits]
        return tuple(odd / sum(odds) for odd in odds[1:])


def theme_terms(traits: Traits) -> list[str]:
    """Return the terms that may speak for a theme: no numbers, no names of provinces."""
    names = _province_words()
    return [
        term
        for term in traits.full
        if not any(c.isdigit() for c in term) and names.isdisjoint(term.split())
    ]


@lru_cache(maxsize=1)
def _province_words() -> frozenset[str]:
    return frozenset(word for name in province_codes() for word in name.lower().split())


@lru_cache(maxsize=1)
def resource() -> Mapping[str, Any]:
    """Return the trained resource of clustering."""
    data: Mapping[str, Any] = json.loads(
        files("nlp.resources").joinpath("stories.json").read_text("utf-8")
    )
    return data


@lru_cache(maxsize=1)
def theme_model() -> ThemeModel:
    """Return the shipped theme model."""
    data = resource()["themes"]
    terms = {term: tuple(weights) for term, weights in data["terms"].items()}
    return ThemeModel(terms, tuple(data["bias"]))


@dataclass(frozen=True)
class Burst:
    """When a theme rules the window, and how sure a cluster must be to belong to it."""

    least_items: int = 40
    least_share: float = 0.025
    least_probability: float = 0.4


def themed(
    cells: Sequence[Sequence[int]], probabilities: NDArray[np.float64], burst: Burst
) -> list[int]:
    """Return for each cell the number of its theme in THEMES, or -1.

    ``probabilities`` holds a row for each node of the window. A theme counts only while the
    expected number of its items fills the window.
    """
    found = [-1] * len(cells)
    if len(probabilities) == 0:
        return found
    expected = float(probabilities[:, 0].sum())
    if expected < burst.least_items or expected < burst.least_share * len(probabilities):
        return found
    for number, cell in enumerate(cells):
        mean = probabilities[list(cell)].mean(axis=0)
        best = int(mean.argmax())
        if mean[best] >= burst.least_probability:
            found[number] = best
    return found
