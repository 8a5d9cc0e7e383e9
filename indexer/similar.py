"""More like this: the telling words of one document as a query."""

from __future__ import annotations

import math

from indexer.significance import Sample
from langnghe.query import Query
from langnghe.query.ast import Node, Words, any_of
from langnghe.text import has_marks

MOST_WORDS = 10
MOST_PAIRS = 15


def similar_query(title: str, lead: str, text: str, background: Sample) -> Query | None:
    """Return a query for the rarest words and pairs of a document, weighed by how rare they are;
    None when the document has no words."""
    own = Sample()
    own.add(title, lead, "" if title or lead else text)
    total = background.documents + 1
    weighed: list[tuple[float, tuple[str, ...]]] = []
    for term in own.counts:
        words = tuple(term.split())
        rarity = math.log(total / (background.counts.get(term, 0) + 0.5))
        if not all(word.isdigit() for word in words):
            weighed.append((rarity * (1.2 if len(words) > 1 else 1.0), words))
    weighed.sort(key=lambda entry: (-entry[0], entry[1]))
    single = [entry for entry in weighed if len(entry[1]) == 1][:MOST_WORDS]
    pairs = [entry for entry in weighed if len(entry[1]) == 2][:MOST_PAIRS]
    leaves: list[Node] = [
        Words(words, is_marked=any(map(has_marks, words)), boost=round(weight, 3))
        for weight, words in pairs + single
    ]
    return Query(any_of(leaves)) if leaves else None
