"""The quick look: which of today's provinces a text names, under today's or an older name."""

from __future__ import annotations

import re
from functools import lru_cache

from langnghe.text import fold, words
from nlp.places.gazetteer import province_codes


def provinces_in(text: str) -> frozenset[str]:
    """Return the codes of today's provinces that ``text`` (with accents) names."""
    codes = province_codes()
    return frozenset(codes[name] for name in _names().findall(text))


@lru_cache(maxsize=1)
def _names() -> re.Pattern[str]:
    longest_first = sorted(province_codes(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def provinces_in_folded(text: str) -> frozenset[str]:
    """Return the codes of today's provinces that ``text``, lower-case without accents, names."""
    codes = _folded_codes()
    return frozenset(codes[name] for name in _folded_names().findall(text))


@lru_cache(maxsize=1)
def _folded_codes() -> dict[str, str]:
    return {" ".join(map(fold, words(name))): code for name, code in province_codes().items()}


@lru_cache(maxsize=1)
def _folded_names() -> re.Pattern[str]:
    longest_first = sorted(_folded_codes(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
