"""Chat spellings of social posts: "mn ko bt" → "mọi người không biết". Never for press text."""

from __future__ import annotations

from functools import lru_cache

from nlp.resources import read_entries


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, ...]]:
    rows = (line.split("\t") for line in read_entries("teencode.tsv"))
    return {spelling: tuple(words.split()) for spelling, words in rows}


def expand(word: str) -> tuple[str, ...]:
    """Return the words that one lower-case chat spelling stands for, or the word itself."""
    return _table().get(word, (word,))
