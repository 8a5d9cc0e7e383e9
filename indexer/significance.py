"""Words that mark some documents against all: counted on stated samples, alike in every engine.

A word or a pair of neighbouring words (most Vietnamese words have two syllables) is scored by JLH:
(share found - share of all) * (share found / share of all), as Elasticsearch does.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from indexer.store import SignificantTerm
from langnghe.text import search_words

FOUND_SAMPLE = 1_000
BACKGROUND_SAMPLE = 4_000
_LEAST_DOCUMENTS = 3
_LONGEST = 400  # words of a document that are looked at


class Sample:
    """How many of some documents hold each word and each pair of words."""

    def __init__(self) -> None:
        self.documents = 0
        self.counts: Counter[str] = Counter()

    def add(self, title: str, lead: str, text: str) -> None:
        """Count one document."""
        self.documents += 1
        seen: set[str] = set()
        for part in (title, lead, text):
            words = search_words(part)[:_LONGEST]
            seen.update(words)
            seen.update(map(" ".join, pairwise(words)))
        self.counts.update(seen)


def significant(found: Sample, background: Sample, limit: int) -> list[SignificantTerm]:
    """Return the terms with the highest scores; a word that a chosen pair explains is left out."""
    ranked: list[SignificantTerm] = []
    for text, count in found.counts.items():
        if count < _LEAST_DOCUMENTS or text.isdigit() or (len(text) < 2):
            continue
        share = count / found.documents
        seen = background.counts.get(text, 0)
        background_share = (seen + 0.5) / (background.documents + 1)
        if share > background_share:
            score = (share - background_share) * (share / background_share)
            ranked.append(SignificantTerm(text, count, share, background_share, score))
    ranked.sort(key=lambda term: (-term.score, -term.text.count(" "), term.text))
    return _without_parts(ranked, limit)


def _without_parts(ranked: list[SignificantTerm], limit: int) -> list[SignificantTerm]:
    chosen: list[SignificantTerm] = []
    for term in ranked:
        if len(chosen) == limit:
            break
        words = set(term.text.split())
        if not any(words & set(other.text.split()) and _same(term, other) for other in chosen):
            chosen.append(term)
    return chosen


def _same(term: SignificantTerm, other: SignificantTerm) -> bool:
    return min(term.count, other.count) >= 0.6 * max(term.count, other.count)
