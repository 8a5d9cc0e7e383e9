"""Puts the marks back on what was typed without any: "duong ngap" → "đường ngập".

Half of the posts that escape a model are plain typing without marks. Each syllable has few marked
forms; the likeliest row of them is found with counts of words, pairs and triples of syllables
(Witten-Bell smoothing, Viterbi with a beam). Only texts without any mark that read as Vietnamese
are touched, and no letter is added or lost, so that offsets hold.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from langnghe.text import fold, unmarked
from nlp.language import detect_language

TABLE = Path(__file__).parent / "resources" / "marks.npz"
START, STOP = "<", ">"
SHIFT = 16
"""A row of syllables is one number: their places in the list of words, 16 bits each."""

_TOKEN = re.compile(r"[^\W\d_]+|\d[\d.,]*|[,.!?;:\n()\"“”]")
_BREAKS = frozenset('.!?;:\n()"“”')
_NUMBER = "0"
_FORMS, _RAREST_FORM = 10, 0.0005
_BEAM = 6
_NEW = 4
"""How much a word that never followed counts for each that did (Witten-Bell has 1)."""


@dataclass(frozen=True, slots=True)
class Token:
    """A syllable, a comma, or "0" for any number, with its offsets in the text."""

    word: str
    start: int
    end: int


def with_marks(text: str) -> str:
    """Return ``text`` with its likeliest marks where it has none at all, else as it is."""
    if unmarked(text) != text or detect_language(text) != "vi":
        return text
    letters = list(text)
    for segment in segments(text.lower()):
        for token, form in zip(segment, likeliest([t.word for t in segment]), strict=True):
            if form == token.word:
                continue
            for at, letter in enumerate(form, token.start):
                letters[at] = letter.upper() if text[at].isupper() else letter
    return "".join(letters)


def segments(lowered: str) -> Iterator[list[Token]]:
    """Yield the runs of syllables of ``lowered`` between stops and brackets."""
    segment: list[Token] = []
    for match in _TOKEN.finditer(lowered):
        word = match.group()
        if word in _BREAKS:
            if segment:
                yield segment
            segment = []
        else:
            segment.append(Token(_NUMBER if word[0].isdigit() else word, *match.span()))
    if segment:
        yield segment


def likeliest(plain: Sequence[str]) -> list[str]:
    """Return one form for every syllable of a run, the row that is likeliest as a whole."""
    table = _table()
    start = table.ids[START]
    # Best score and row of each pair of last two syllables; scores are scaled to a best of 1.
    ways: dict[tuple[int, int], tuple[float, tuple[str, ...]]] = {(start, start): (1.0, ())}
    for syllable in (*plain, STOP):
        forms = table.forms.get(syllable) or ((syllable, table.ids.get(syllable, -1)),)
        further: dict[tuple[int, int], tuple[float, tuple[str, ...]]] = {}
        for (before, last), (score, row) in ways.items():
            for form, number in forms:
                chance = score * table.chance(before, last, number)
                known = further.get((last, number))
                if known is None or known[0] < chance:
                    further[last, number] = chance, (*row, form)
        best = sorted(further.items(), key=lambda way: way[1][0], reverse=True)[:_BEAM]
        top = best[0][1][0]
        ways = {pair: (score / top, row) for pair, (score, row) in best}
    return list(max(ways.values())[1][:-1])


@dataclass(frozen=True, slots=True)
class _Table:
    ids: Mapping[str, int]
    """The number of each word, from 1."""
    forms: Mapping[str, tuple[tuple[str, int], ...]]
    """The marked forms of each syllable without marks, with their numbers."""
    counts: Mapping[int, int]
    followers: Mapping[int, int]
    """How many different words followed a word or pair."""
    total: int

    def chance(self, before: int, last: int, word: int) -> float:
        """Return how likely ``word`` is after two others; what is unknown (-1) is rare."""
        counts, followers = self.counts, self.followers
        alone = (counts.get(word, 0) + 0.1) / self.total
        new = _NEW * followers.get(last, 0) + 1
        pair = last << SHIFT | word
        after_one = (counts.get(pair, 0) + new * alone) / (counts.get(last, 0) + new)
        context = before << SHIFT | last
        seen = counts.get(context)
        if seen is None:
            return after_one
        new = _NEW * followers.get(context, 0) + 1
        return (counts.get(context << SHIFT | word, 0) + new * after_one) / (seen + new)


@lru_cache(maxsize=1)
def _table() -> _Table:
    with np.load(TABLE) as held:
        words = held["words"].tobytes().decode().split("\n")
        keys = np.cumsum(held["keys"])
        counts = dict(zip(keys.tolist(), held["counts"].tolist(), strict=True))
    ids = {word: number for number, word in enumerate(words, 1)}
    longer = keys[keys >= 1 << SHIFT]
    followers = Counter((longer >> SHIFT).tolist())
    return _Table(ids, _forms(ids, counts), counts, followers, sum(counts[n] for n in ids.values()))


def _forms(
    ids: Mapping[str, int], counts: Mapping[int, int]
) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Return the commonest forms of each syllable, written without marks."""
    found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for word, number in ids.items():
        if word.isalpha() and len(plain := fold(word)) == len(word):
            found[plain].append((counts[number], word))
    forms = {}
    for plain, met in found.items():
        least = _RAREST_FORM * sum(count for count, _ in met)
        often = sorted((pair for pair in met if pair[0] >= least), reverse=True)[:_FORMS]
        forms[plain] = tuple((form, ids[form]) for _, form in often)
    return forms
