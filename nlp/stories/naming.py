"""Which headline names a story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from langnghe.text import normalize, words
from nlp.stories.features import vector_of


def most_central(titles: Sequence[str]) -> int:
    """Return the place of the title that is most alike to all of them, the first of equals.

    The centre is the mean of the titles' TF-IDF vectors, so that neither two titles that are
    nearly copies nor a side of the matter name the whole. ``titles`` must not be empty.
    """
    vectors = [vector_of((words(normalize(title)), 1.0)) for title in titles]
    centre: defaultdict[str, float] = defaultdict(float)
    for vector in vectors:
        for term, weight in vector.items():
            centre[term] += weight
    alike = [round(sum(w * centre[term] for term, w in v.items()), 6) for v in vectors]
    return alike.index(max(alike))
