"""The tree of a query. Frozen values: a query can be compared, hashed, cached and sent around."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

TEXT_FIELDS = ("title", "lead", "text")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Words:
    """One search word, or a phrase of several in a row, in ``field`` ("" = any text field).

    ``is_marked``: some word carries Vietnamese marks (or a neighbour in the same NEAR does), so
    that all are compared as written; else they are compared without marks. ``is_prefix``: the one
    word is the beginning of a word. ``boost`` weighs the score only. ``is_literal``: compared
    exactly as typed, without folding, abbreviations or any other leniency.
    """

    words: tuple[str, ...]
    field: str = ""
    is_marked: bool = False
    is_prefix: bool = False
    boost: float = 1.0
    is_literal: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Both sides stand in one text field with at most ``distance`` words between them.

    Each side is a choice of words or phrases. Ordered: the left side comes first and the two do
    not overlap; else either may come first, and overlapping counts as near.
    """

    left: tuple[Words, ...]
    right: tuple[Words, ...]
    distance: int
    is_ordered: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """An exact field such as ``topic`` holds ``value``; ``*`` = it holds anything at all.

    A value with marks is compared as written, one without marks is compared without marks; case
    never matters.
    """

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment: seconds since the epoch, or (``back`` given) that long before ``now``."""

    second: int = 0
    back: timedelta | None = None

    def at(self, now: datetime | None = None) -> datetime:
        """Return the moment in UTC; ``now`` is needed for one that is relative to it."""
        if self.back is None:
            return _EPOCH + timedelta(seconds=self.second)
        if now is None:
            raise ValueError("a relative moment needs now")
        return now - self.back


@dataclass(frozen=True, slots=True)
class Published:
    """Published between ``low`` and ``high``, both included, in whole seconds; None = open."""

    low: Moment | None = None
    high: Moment | None = None


@dataclass(frozen=True, slots=True)
class And:
    """All children hold."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one child holds."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The child does not hold."""

    child: Node


@dataclass(frozen=True, slots=True)
class Everything:
    """Every document: the empty query."""


Node = Words | Near | Filter | Published | And | Or | Not | Everything


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: its tree and the text that it was parsed from."""

    root: Node
    text: str = ""


def found_by(node: Node) -> Iterator[Words | Near]:
    """Yield the words, phrases and NEARs that a document is found by (none below a NOT)."""
    if isinstance(node, Words | Near):
        yield node
    elif isinstance(node, And | Or):
        for child in node.children:
            yield from found_by(child)


def positive_words(node: Node) -> Iterator[Words]:
    """Yield the words and phrases that a document is found by (none below a NOT), in order."""
    for leaf in found_by(node):
        if isinstance(leaf, Words):
            yield leaf
        else:
            yield from leaf.left
            yield from leaf.right


def literally(query: Query) -> Query:
    """Return ``query`` with the words that a document is found by compared exactly as typed.

    What is excluded stays excluded in all its forms, so the new query finds a part of the old.
    """
    return Query(_literal(query.root), query.text)


_Leaf = TypeVar("_Leaf", Words, Near)


def literal_leaf(leaf: _Leaf) -> _Leaf:
    """Return ``leaf`` with its words compared exactly as typed."""
    if isinstance(leaf, Words):
        return replace(leaf, is_literal=True)
    left, right = (tuple(map(literal_leaf, side)) for side in (leaf.left, leaf.right))
    return replace(leaf, left=left, right=right)


def _literal(node: Node) -> Node:
    match node:
        case Words():
            return literal_leaf(node)
        case Near():
            return literal_leaf(node)
        case And() | Or():
            return replace(node, children=tuple(map(_literal, node.children)))
        case _:
            return node


def all_of(children: list[Node]) -> Node:
    """Return the conjunction of ``children``, flat and as small as can be."""
    flat = [c for n in children for c in (n.children if isinstance(n, And) else (n,))]
    flat = [n for n in flat if not isinstance(n, Everything)]
    if not flat:
        return Everything()
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(children: list[Node]) -> Node:
    """Return the disjunction of ``children``, flat; at least one child is needed."""
    flat = [c for n in children for c in (n.children if isinstance(n, Or) else (n,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))
