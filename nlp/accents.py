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
from typing import Any

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
_FORMS, _RAREST_FORM = 8, 0.002
_BEAM, _HOPELESS = 12, 0.0005
"""How many ways are followed, and how likely at least beside the best one."""
_UNMET = 0.1
"""What a word that was never met counts for."""
_NEW = 4
"""How much a word that never followed counts for each that did (Witten-Bell has 1)."""


_Row = tuple[str, Any]
"""The last form of a row and the row before it, which rows share: "" and None is the empty one."""
_Ways = dict[tuple[int, int], tuple[float, _Row]]
_Forms = tuple[tuple[str, int], ...]
_NOTHING: _Row = ("", None)


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
    # The best score and row that end in each pair of words; the best of all is scaled to 1.
    ways: _Ways = {(start, start): (1.0, _NOTHING)}
    for syllable in (*plain, STOP):
        ways = _narrowed(table.continued(ways, syllable))
    _, (_, row) = max(ways.values(), key=lambda way: way[0])
    forms = []
    while row is not _NOTHING:
        form, row = row
        forms.append(form)
    return forms[::-1]


def _narrowed(ways: _Ways) -> _Ways:
    best = sorted(ways.items(), key=lambda way: way[1][0], reverse=True)[:_BEAM]
    top = best[0][1][0]
    return {pair: (score / top, row) for pair, (score, row) in best if score > top * _HOPELESS}


@dataclass(frozen=True, slots=True)
class _Table:
    ids: Mapping[str, int]
    """The number of each word, from 1."""
    unknown: int
    """The number that stands for every other word."""
    forms: Mapping[str, _Forms]
    """The marked forms of each syllable without marks, with their numbers."""
    alone: Sequence[float]
    """The chance of each word by its number."""
    counts: Mapping[int, int]
    news: Mapping[int, int]
    """How much weight what never followed a word or pair has there (Witten-Bell)."""

    def continued(self, ways: _Ways, syllable: str) -> _Ways:
        """Return the best way to each pair of syllables one step further."""
        counts, further = self.counts, _Ways()
        for (before, last), (score, row) in ways.items():
            pair = before << SHIFT | last
            new = self.news.get(pair)
            key, scale = pair << SHIFT, score / (counts.get(pair, 0) + (new or 1))
            for form, number, chance in _after_one(last, syllable):
                if new is None:  # nothing is known to follow the pair
                    reached = scale * chance
                else:
                    reached = scale * (counts.get(key | number, 0) + new * chance)
                known = further.get((last, number))
                if known is None or known[0] < reached:
                    further[last, number] = reached, (form, row)
        return further


@lru_cache(maxsize=65_536)
def _after_one(last: int, syllable: str) -> tuple[tuple[str, int, float], ...]:
    """Return the forms of ``syllable`` with their numbers and their chance after one word."""
    table = _table()
    counts, key, new = table.counts, last << SHIFT, table.news.get(last, 1)
    total = counts.get(last, 0) + new
    forms = table.forms.get(syllable) or ((syllable, table.ids.get(syllable, table.unknown)),)
    return tuple(
        (form, number, (counts.get(key | number, 0) + new * table.alone[number]) / total)
        for form, number in forms
    )


@lru_cache(maxsize=1)
def _table() -> _Table:
    with np.load(TABLE) as held:
        words = held["words"].tobytes().decode().split("\n")
        keys = np.cumsum(held["keys"])
        counts = dict(zip(keys.tolist(), held["counts"].tolist(), strict=True))
    ids = {word: number for number, word in enumerate(words, 1)}
    met = [0, *(counts[number] for number in ids.values()), 0]
    total = sum(met)
    followers = Counter((keys[keys >= 1 << SHIFT] >> SHIFT).tolist())
    return _Table(
        ids=ids,
        unknown=len(ids) + 1,
        forms=_forms(ids, met),
        alone=[(count + _UNMET) / total for count in met],
        counts=counts,
        news={row: _NEW * count + 1 for row, count in followers.items()},
    )


def _forms(ids: Mapping[str, int], met: Sequence[int]) -> Mapping[str, _Forms]:
    """Return the commonest forms of each syllable, written without marks."""
    found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for word, number in ids.items():
        if word.isalpha() and len(plain := fold(word)) == len(word):
            found[plain].append((met[number], word))
    forms = {}
    for plain, counted in found.items():
        least = _RAREST_FORM * sum(count for count, _ in counted)
        often = sorted((pair for pair in counted if pair[0] >= least), reverse=True)[:_FORMS]
        forms[plain] = tuple((form, ids[form]) for _, form in often)
    return forms
