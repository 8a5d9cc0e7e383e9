"""Sentences, telling words and rising words; words are joined only where it is needed.

Vietnamese writes a space between syllables. Two syllables count as one word where the background
of nine months of news shows that one of them seldom goes without the other.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import regex

from langnghe.analysis import AgencyMention
from langnghe.document import Document
from langnghe.text import normalize, words
from nlp.resources import read_words
from nlp.stories.features import background, rarity

_SENTENCE_END = regex.compile(r"(?<=[.!?…][\"'”’»)]?)\s+(?=[\"'“‘«(]?[\p{Lu}\d])|\n+")
_ABBREVIATED = regex.compile(r"(?:^|\s)(?:TP|TX|Tp|GS|PGS|TS|ThS|BS|P|Q|Ths|Tr|St|Mr|Mrs)\.$")
_STOP = read_words("stop-syllables.txt")
_LEAST_AFFINITY = 0.05
_KEYWORDS = 6
_MOST_SENTENCES = 6


def sentences(text: str) -> list[str]:
    """Return the sentences of ``text`` in order, without empty ones."""
    found: list[str] = []
    for part in _SENTENCE_END.split(text):
        if found and _ABBREVIATED.search(found[-1]):
            found[-1] += " " + part
        elif part.strip():
            found.append(part.strip())
    return found


def sentences_about(
    text: str, agencies: Sequence[AgencyMention]
) -> list[tuple[str, AgencyMention]]:
    """Return the first few sentences of ``text`` that name one of ``agencies``, each with it.

    Of several the one with the longest name is taken.
    """
    longest_first = sorted(agencies, key=lambda agency: -len(agency.text))
    naming = (
        (sentence, agency)
        for sentence in sentences(text)
        if (agency := next((a for a in longest_first if a.text in sentence), None)) is not None
    )
    return list(itertools.islice(naming, _MOST_SENTENCES))


def keywords_of(doc: Document) -> tuple[str, ...]:
    """Return at most six telling words of title and lead, the most telling first."""
    found: dict[str, float] = {}
    for text, weight in ((doc.title, 2.0), (doc.lead, 1.0)):
        for word in joined_words(words(normalize(text))):
            found[word] = found.get(word, 0.0) + weight * rarity(word)
    ranked = sorted(found, key=lambda word: (-found[word], word))
    return tuple(ranked[:_KEYWORDS])


def joined_words(syllables: Sequence[str]) -> list[str]:
    """Return the words of two syllables that go together, in order, without function words."""
    affinities = [affinity(left, right) for left, right in itertools.pairwise(syllables)]
    found = []
    at = 0
    while at < len(affinities):
        goes_better = at + 1 < len(affinities) and affinities[at + 1] > affinities[at]
        if affinities[at] >= _LEAST_AFFINITY and not goes_better:
            found.append(f"{syllables[at]} {syllables[at + 1]}")
            at += 2
        else:
            at += 1
    return found


def affinity(left: str, right: str) -> float:
    """Return how often the rarer of two syllables stands in this pair; 0 for function words."""
    _, counts = background()
    pair = counts.get(f"{left} {right}")
    if (
        pair is None
        or not (left.isalpha() and right.isalpha())
        or not _STOP.isdisjoint((left, right))
    ):
        return 0.0
    return pair / min(counts.get(left, pair), counts.get(right, pair))


@dataclass(frozen=True)
class RisingWord:
    """A word that is used clearly more than before; ``score`` is in standard deviations."""

    word: str
    count: int
    expected: float
    score: float


def rising_words(
    now: Mapping[str, int],
    before: Mapping[str, int],
    *,
    windows: float,
    limit: int = 20,
    least_count: int = 4,
) -> list[RisingWord]:
    """Return the words whose count now stands out against ``windows`` earlier windows together.

    The expected count is smoothed by one half, its spread taken as a Poisson count's.
    """
    found = []
    for word, count in now.items():
        expected = (before.get(word, 0) + 0.5) / windows
        score = (count - expected) / math.sqrt(expected + 1.0)
        if count >= least_count and score >= 2.0:
            found.append(RisingWord(word, count, round(expected, 2), round(score, 2)))
    return sorted(found, key=lambda rise: (-rise.score, rise.word))[:limit]
