"""Exact fields as words of one index column, so that filters are a search like any other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from langnghe.query.ast import Filter
from langnghe.query.fields import field_value
from langnghe.text import fold, has_marks

EVERY_DOCUMENT = "=all"
_UNSAFE = re.compile(r"[^\w.]")


def value_words(values: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield the words of a document whose exact fields hold ``values``."""
    yield EVERY_DOCUMENT
    for field, found in values.items():
        yield f"={field}"
        for value in dict.fromkeys(map(field_value, found)):
            yield from _words_of(field, value)


def filter_words(node: Filter) -> tuple[str, ...]:
    """Return the words of which one is there when ``node`` holds."""
    if node.value == "*":
        return (f"={node.field}",)
    exact = f"={node.field}={_encode(node.value)}"
    if has_marks(node.value):
        return (exact,)
    return (exact, f"={node.field}~{_encode(node.value)}")


@lru_cache(maxsize=65536)
def _words_of(field: str, value: str) -> tuple[str, ...]:
    exact, folded = f"={field}={_encode(value)}", fold(value)
    return (exact,) if folded == value else (exact, f"={field}~{_encode(folded)}")


def _encode(value: str) -> str:
    return _UNSAFE.sub(lambda match: f"%{ord(match.group()):x}_", value)
