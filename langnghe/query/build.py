"""From what people fill into a form to a query in the language: the room's builder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from langnghe.query.lexer import DEFAULT_DISTANCE, MOST_DISTANCE
from langnghe.text import normalize, search_words

_QUOTES = re.compile('["“”„«»*]')
_PLAIN = re.compile(r"[^\W_]+")
_OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR", "ONEAR"})


@dataclass(frozen=True, slots=True)
class Parts:
    """What is wanted, part by part; "" leaves a part out.

    ``any_of``, ``none_of`` and the sides of NEAR are choices with commas between them, each a word
    or a phrase. ``where`` is a text field for all the words, "" for all of them. ``values`` are
    exact fields; the days are ISO dates of Vietnam, both included.
    """

    words: str = ""
    phrase: str = ""
    any_of: str = ""
    none_of: str = ""
    near_left: str = ""
    near_right: str = ""
    distance: int = DEFAULT_DISTANCE
    is_ordered: bool = False
    where: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    first_day: str = ""
    last_day: str = ""


def build(parts: Parts) -> str:
    """Return the query that asks for all ``parts``; words and values are always taken as such,
    never as operators. A NEAR with one side is that side alone."""
    text = [
        *map(_term, parts.words.split()),
        _term(parts.phrase),
        _choice(parts.any_of),
        _near(parts),
        _negated(_choice(parts.none_of)),
    ]
    said = [part for part in text if part]
    if said and parts.where:
        said = [f"{parts.where}:({' '.join(said)})"]
    values = ((name, _value(value)) for name, value in parts.values.items())
    said += [f"{name}:{value}" for name, value in values if value]
    if parts.first_day or parts.last_day:
        said.append(f"published:[{parts.first_day or '*'} TO {parts.last_day or '*'}]")
    return " ".join(said)


def _near(parts: Parts) -> str:
    sides = [side for side in map(_choice, (parts.near_left, parts.near_right)) if side]
    if len(sides) < 2:
        return "".join(sides)
    distance = min(max(parts.distance, 0), MOST_DISTANCE)
    operator = "ONEAR" if parts.is_ordered else "NEAR"
    return f"({sides[0]} {operator}/{distance} {sides[1]})"


def _choice(text: str) -> str:
    # A comma inside a number ("2,5") separates nothing.
    terms = _unique(map(_term, re.split(r",(?!\d)|[;\n]", text)))
    return f"({' OR '.join(terms)})" if len(terms) > 1 else "".join(terms)


def _negated(choice: str) -> str:
    return f"NOT {choice}" if choice else ""


def _term(text: str) -> str:
    bare = _bare(text)
    if not search_words(bare):
        return ""
    return bare if _PLAIN.fullmatch(bare) and bare not in _OPERATORS else f'"{bare}"'


def _value(text: str) -> str:
    bare = _bare(text)
    if not normalize(bare).strip():
        return ""
    is_code = bare.isascii() and bare.isidentifier() and bare not in _OPERATORS
    return bare if is_code else f'"{bare}"'


def _bare(text: str) -> str:
    return " ".join(_QUOTES.sub(" ", text).split())


def _unique(terms: Iterable[str]) -> list[str]:
    return [term for term in dict.fromkeys(terms) if term]
