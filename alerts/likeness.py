"""Whether two stories tell of one matter, by the words of their titles. Pure; it sees no names.

Clustering keeps apart what is reported as apart: of one crisis the cause, the inquiry and the
queue for water are stories of their own. For a message they are one matter. What clustering calls
related will not do alone for that: over the stream of one province nearly every story is related to
the largest one (ADR 0141); nor do words alone, for two trials or two accidents are told alike
(ADR 0148).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from alerts.severity import load_weights, without_provinces, word_values
from langnghe.text import normalize

LEAST_ALIKE = 0.4
"""The cosine from which a story belongs to a crisis."""
RELATED_ALIKE = 0.1
"""The same for a story that clustering calls related to the crisis: neither tells alone."""


@cache
def _terms() -> Mapping[str, tuple[float, float, float]]:
    return load_weights().table


def centre_of(titles: Iterable[str]) -> dict[str, float]:
    """Return the mean direction of ``titles``: the weight of each term, length 1; {} for none."""
    total: Counter[str] = Counter()
    for title in titles:
        for term, value in word_values(without_provinces(normalize(title).lower()), _terms()):
            total[term] += value  # type: ignore[assignment]
    length = math.sqrt(sum(value * value for value in total.values()))
    return {term: value / length for term, value in total.items()} if length else {}


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the cosine of two centres, from 0 to 1."""
    few, many = sorted((one, other), key=len)
    return sum(value * many.get(term, 0.0) for term, value in few.items())
