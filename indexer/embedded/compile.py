"""From a query to SQL over one generation of the embedded index.

Nearly every query becomes one FTS5 MATCH and one range of rowids. What FTS5 cannot say (an ordered
NEAR, a time under OR or NOT) becomes a condition beside it.
"""

# ruff: noqa: S608 - table names hold a generation number of our own, values are parameters

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from indexer.embedded.schema import COLUMNS, PAIRED_SPACES, PREFIX, first_rowid, paired
from indexer.value_words import EVERY_DOCUMENT, filter_words
from langnghe.query.ast import (
    And,
    Everything,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Published,
    Query,
    Words,
    found_by,
    literal_leaf,
)
from langnghe.query.evaluate import bounds
from langnghe.query.forms import NearForm, Space, forms, near_forms

_LAST_ROWID = (1 << 63) - 1


@dataclass
class Plan:
    """How to find the documents of a query: ``source`` goes behind FROM, with ``parameters``.

    ``nears`` are the ordered NEARs that the SQL function ``near_holds`` is asked about by number.
    """

    source: str
    parameters: list[str | int]
    nears: list[Near] = field(default_factory=list)

    def within(self, expression: str) -> Plan:
        """Return the plan for those of the documents that satisfy an FTS5 ``expression`` too."""
        match = f"({expression} AND {self.parameters[0]})"
        return replace(self, parameters=[match, *self.parameters[1:]])


def compile_query(query: Query, generation: int, now: datetime) -> Plan:
    """Return the plan of ``query`` for ``generation`` at ``now``."""
    return _Compiler(generation, now).plan(query.root)


def match_expression(node: Node) -> str | None:
    """Return the FTS5 expression of ``node``, None when FTS5 cannot say it."""
    match node:
        case Words():
            return _any(match_expressions(node))
        case Near():
            return None if node.is_ordered else near_candidates(node)
        case Filter():
            return _any(map(_quote, filter_words(node)))
        case Published():
            return None
        case Everything():
            return _quote(EVERY_DOCUMENT)
        case Or():
            parts = [match_expression(child) for child in node.children]
            return None if None in parts else _any(p for p in parts if p is not None)
        case And() | Not():
            return _conjunction(node)


def near_candidates(node: Near) -> str:
    """Return the FTS5 expression of ``node`` with either side first."""
    return _any(match_expressions(node))


def match_expressions(leaf: Words | Near, *, is_literal: bool = False) -> list[str]:
    """Return the FTS5 expressions of the forms of ``leaf``: of all, or of the typed one only."""
    if isinstance(leaf, Near):
        near = literal_leaf(leaf) if is_literal else leaf
        return [
            _in_columns(
                form.space,
                near.field,
                _near(form, near.distance),
            )
            for form in near_forms(near)
        ]
    words = literal_leaf(leaf) if is_literal else leaf
    return [
        _in_columns(form.space, words.field, _phrase(form.words, form.space))
        + ("*" if form.is_prefix else "")
        for form in forms(words)
    ]


def loose_expression(query: Query) -> str | None:
    """Return the FTS5 expression of the documents that may hold some word of ``query`` in another
    form only: outside of them the query and its literal reading agree. "" when there is no other
    form; None when all words were typed without marks, so that these documents are most."""
    parts: dict[str, None] = {}
    is_any_marked = False
    for leaf in found_by(query.root):
        exact = match_expressions(leaf, is_literal=True)
        others = [e for e in match_expressions(leaf) if e not in exact]
        is_marked = exact[0] in match_expressions(leaf)
        is_any_marked |= is_marked
        if is_marked or (isinstance(leaf, Near) and leaf.is_ordered):
            parts.update(dict.fromkeys(others))  # rare, or what FTS5 cannot compare with exact
        elif others:
            parts[f"({_any(others)} NOT {_any(exact)})"] = None
    if not parts:
        return ""
    return _any(parts) if is_any_marked else None


class _Compiler:
    def __init__(self, generation: int, now: datetime) -> None:
        self.fts = f"fts_{generation:d}"
        self.docs = f"docs_{generation:d}"
        self.now = now
        self.nears: list[Near] = []

    def plan(self, root: Node) -> Plan:
        children = root.children if isinstance(root, And) else (root,)
        low, high = 0, _LAST_ROWID
        sayable: list[Node] = []
        rest: list[Node] = []
        for child in children:
            if isinstance(child, Published):
                first, last = self._rowids(child)
                low, high = max(low, first), min(high, last)
            elif match_expression(child) is None:
                rest.append(child)
            else:
                sayable.append(child)
        whole: Node = And(tuple(sayable)) if sayable else Everything()
        parameters: list[str | int] = [match_expression(whole) or ""]
        source = f"{self.fts} AS f WHERE {self.fts} MATCH ?"
        if (low, high) != (0, _LAST_ROWID):
            source += " AND f.rowid BETWEEN ? AND ?"
            parameters += [low, high]
        for node in rest:
            source += " AND " + self._condition(node, parameters)
        return Plan(source, parameters, self.nears)

    def _rowids(self, node: Published) -> tuple[int, int]:
        low, high = bounds(node, self.now)
        return (
            0 if low is None else first_rowid(low),
            _LAST_ROWID if high is None else first_rowid(high + 1) - 1,
        )

    def _condition(self, node: Node, parameters: list[str | int]) -> str:
        """Return a condition on f; the + keeps SQLite from looking single rowids up in FTS5,
        which a contentless table cannot do."""
        expression = match_expression(node)
        if expression is not None:
            parameters.append(expression)
            return f"+f.rowid IN (SELECT rowid FROM {self.fts} WHERE {self.fts} MATCH ?)"
        match node:
            case Published():
                parameters += self._rowids(node)
                return "+f.rowid BETWEEN ? AND ?"
            case Near():
                return self._ordered(node, parameters)
            case Not():
                return f"NOT {self._condition(node.child, parameters)}"
            case And() | Or():
                word = " AND " if isinstance(node, And) else " OR "
                return "(" + word.join(self._condition(c, parameters) for c in node.children) + ")"
        raise AssertionError(f"no condition for {node!r}")

    def _ordered(self, node: Near, parameters: list[str | int]) -> str:
        self.nears.append(node)
        parameters += [near_candidates(node), len(self.nears) - 1]
        return (
            f"+f.rowid IN (SELECT n.rowid FROM {self.fts} AS n JOIN {self.docs} AS d"
            f" ON d.rowid = n.rowid WHERE {self.fts} MATCH ?"
            " AND near_holds(?, d.title, d.lead, d.text))"
        )


def _conjunction(node: And | Not) -> str | None:
    children = node.children if isinstance(node, And) else (node,)
    wanted = [c for c in children if not isinstance(c, Not)]
    unwanted = [c.child for c in children if isinstance(c, Not)]
    parts = [match_expression(c) for c in wanted]
    nots = [match_expression(c) for c in unwanted]
    if None in parts or None in nots:
        return None
    have = [p for p in parts if p is not None] or [_quote(EVERY_DOCUMENT)]
    left = have[0] if len(have) == 1 else f"({' AND '.join(have)})"
    avoid = [p for p in nots if p is not None]
    return f"({left} NOT {_any(avoid)})" if avoid else left


def _any(parts: Iterable[str]) -> str:
    found = list(parts)
    return found[0] if len(found) == 1 else f"({' OR '.join(found)})"


def _phrase(words: tuple[str, ...], space: Space) -> str:
    if len(words) > 1 and space in PAIRED_SPACES:
        return _quote(" ".join(paired(words)))
    return _plain(words, space)


def _near(form: NearForm, distance: int) -> str:
    """Return the NEAR of ``form``. Two phrases are looked for by their pairs: a phrase is then one
    word shorter while it begins where it began, so that one word more lies between the two."""
    if form.space in PAIRED_SPACES and min(len(form.left), len(form.right)) > 1:
        left, right = (_phrase(words, form.space) for words in (form.left, form.right))
        return f"NEAR({left} {right}, {distance + 1})"
    left, right = (_plain(words, form.space) for words in (form.left, form.right))
    return f"NEAR({left} {right}, {distance})"


def _plain(words: tuple[str, ...], space: Space) -> str:
    return _quote(" ".join(PREFIX[space] + word for word in words))


def _quote(words: str) -> str:
    return f'"{words}"'


def _in_columns(space: Space, text_field: str, expression: str) -> str:
    return f"{COLUMNS[space, text_field]}:{expression}" if text_field else expression
