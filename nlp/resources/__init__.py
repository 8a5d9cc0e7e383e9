"""Lexicons and gazetteers: data, one entry a line, "#" starts a comment."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=64)
def read_entries(name: str) -> tuple[str, ...]:
    """Return the non-empty lines of resource ``name`` without comments."""
    text = files(__name__).joinpath(name).read_text("utf-8")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(line for line in lines if line)


def read_words(name: str) -> frozenset[str]:
    """Return all words of resource ``name``, however many stand on a line."""
    return frozenset(word for line in read_entries(name) for word in line.split())
