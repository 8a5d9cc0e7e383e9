"""Puts the marks back on what was typed without any: "duong ngap" → "đường ngập".

Half of the posts that escape a model are plain typing without marks. Each syllable has few marked
forms; the likeliest row of them is found with the counts of words and word pairs of the background
(Viterbi). Only texts without any mark that read as Vietnamese are touched, and no letter is added
or lost, so that offsets hold.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from langnghe.text import fold
from nlp.language import detect_language

_WORD = re.compile(r"[^\W\d_]+")
_FORMS = 8
_RARE = 0.5
_PAIR_SHARE = 0.9
"""How much of a step is told by the pair, the rest by the word alone."""


def with_marks(text: str) -> str:
    """Return ``text`` with its likeliest marks where it has none at all, else as it is."""
    if not text.isascii() or detect_language(text) != "vi":
        return text
    found = list(_WORD.finditer(text))
    chosen = _likeliest([match.group().lower() for match in found])
    letters = list(text)
    for match, form in zip(found, chosen, strict=True):
        for at, letter in enumerate(form, match.start()):
            letters[at] = letter.upper() if text[at].isupper() else letter
    return "".join(letters)


def _likeliest(plain: Sequence[str]) -> list[str]:
    """Return one form for every syllable, the row that is likeliest as a whole."""
    if not plain:
        return []
    counts = _background()[1]
    scores = {form: math.log(_count(counts, form)) for form in _forms_of(plain[0])}
    steps: list[Mapping[str, str]] = []
    for syllable in plain[1:]:
        best: dict[str, tuple[float, str]] = {}
        for form in _forms_of(syllable):
            best[form] = max(
                (score + _step(counts, before, form), before) for before, score in scores.items()
            )
        steps.append({form: before for form, (_, before) in best.items()})
        scores = {form: score for form, (score, _) in best.items()}
    row = [max(scores, key=lambda form: scores[form])]
    for step in reversed(steps):
        row.append(step[row[-1]])
    return row[::-1]


def _step(counts: Mapping[str, int], before: str, form: str) -> float:
    pair = counts.get(f"{before} {form}", 0) / _count(counts, before)
    alone = _count(counts, form) / _total()
    return math.log(_PAIR_SHARE * pair + (1 - _PAIR_SHARE) * alone)


def _count(counts: Mapping[str, int], form: str) -> float:
    return counts.get(form, _RARE)


def _forms_of(syllable: str) -> tuple[str, ...]:
    return _forms().get(syllable, (syllable,))


def _background() -> tuple[int, Mapping[str, int]]:
    # Imported here: clustering stands above the backends, and these read texts through us.
    from nlp.stories.features import background

    return background()


@lru_cache(maxsize=1)
def _total() -> int:
    return _background()[0]


@lru_cache(maxsize=1)
def _forms() -> Mapping[str, tuple[str, ...]]:
    """Return the commonest forms of each syllable, written without marks."""
    counts = _background()[1]
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for term, count in counts.items():
        if term.isalpha() and len(plain := fold(term)) == len(term):
            found[plain].append((count, term))
    return {
        plain: tuple(form for _, form in sorted(forms, reverse=True)[:_FORMS])
        for plain, forms in found.items()
    }
