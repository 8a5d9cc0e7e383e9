"""What a leaf of a query looks like in the index: forms, each in one space of words.

A document's words are held in three spaces, each with its own positions per text field:

- EXACT: search words as written;
- FOLDED: the same without marks;
- BARE: the folded words once more, only of a document that was typed without marks, so that a
  marked query finds it too.

All evaluators ask :func:`forms` and :func:`near_forms`, so they cannot disagree on what a leaf
means.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from langnghe.query.ast import Near, Words
from langnghe.query.variants import is_abbreviation, variants
from langnghe.text import fold


class Space(StrEnum):
    """One reading of a document's words."""

    EXACT = "exact"
    FOLDED = "folded"
    BARE = "bare"


@dataclass(frozen=True, slots=True)
class Form:
    """A word sequence to find in one space; ``is_prefix``: its one word begins a word."""

    words: tuple[str, ...]
    space: Space
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class NearForm:
    """Two word sequences to find near each other in one space."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    space: Space


@lru_cache(maxsize=65536)
def forms(leaf: Words) -> tuple[Form, ...]:
    """Return the forms of which any one satisfies ``leaf``."""
    if leaf.is_literal:
        return (Form(leaf.words, Space.EXACT, leaf.is_prefix),)
    others = () if leaf.is_prefix else variants(leaf.words)
    found: dict[Form, None] = {}
    for words, has_known_marks in (
        (leaf.words, leaf.is_marked or is_abbreviation(leaf.words)),
        *((other.words, leaf.is_marked or other.has_known_marks) for other in others),
    ):
        if has_known_marks:
            found[Form(words, Space.EXACT, leaf.is_prefix)] = None
            found[Form(_folded(words), Space.BARE, leaf.is_prefix)] = None
        else:
            found[Form(_folded(words), Space.FOLDED, leaf.is_prefix)] = None
    return tuple(found)


@lru_cache(maxsize=65536)
def side_forms(words: Words) -> tuple[Form, ...]:
    """Return the forms of ``words`` as a side of NEAR: without marks all of them are folded, so
    that both sides are looked for in one space."""
    if words.is_literal or words.is_marked:
        return forms(words)
    folded = [Form(_folded(form.words), Space.FOLDED) for form in forms(words)]
    return tuple(dict.fromkeys(folded))


@lru_cache(maxsize=8192)
def near_forms(leaf: Near) -> tuple[NearForm, ...]:
    """Return the pairs of which any one satisfies ``leaf``."""
    found: dict[NearForm, None] = {}
    for left in (f for words in leaf.left for f in side_forms(words)):
        for right in (f for words in leaf.right for f in side_forms(words)):
            if left.space == right.space:
                found[NearForm(left.words, right.words, left.space)] = None
    return tuple(found)


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(fold, words))
