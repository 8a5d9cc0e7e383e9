"""Thousands of queries against one document, in memory: what alert rules run on.

1. Each query is cut into conditions that must all hold (a conjunction). A condition that is a
   choice of words, phrases or field values is *simple*: one found key satisfies it.
2. All keys of all simple conditions go into one multi-pattern automaton (Aho-Corasick).
3. A document is read once; each key that is found sets the bits of its conditions.
4. A query whose required bits are all set, and none of its forbidden ones, is a candidate; it
   matches at once when all its conditions are simple, else the evaluator decides.
5. A query without any required simple condition is always a candidate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import ahocorasick

from langnghe.analysis import AnalysedDocument
from langnghe.query.ast import (
    TEXT_FIELDS,
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
)
from langnghe.query.evaluate import matches_words
from langnghe.query.forms import Form, Space, forms, side_forms
from langnghe.query.words import ItemWords, item_words
from langnghe.text import fold, has_marks

_LED_BY = {Space.EXACT: "", Space.FOLDED: "~", Space.BARE: "!"}


@dataclass(frozen=True)
class _Keys:
    """Keys of which one must be found; ``is_exact``: finding one is enough for the condition."""

    keys: frozenset[str]
    is_exact: bool


@dataclass
class _Conditions:
    """What of a query the automaton can see."""

    required: list[_Keys] = field(default_factory=list)
    forbidden: list[_Keys] = field(default_factory=list)
    is_whole: bool = True


class RuleSet:
    """Finds which of many queries a document satisfies; equals asking them one by one."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self._queries = list(queries)
        self._required: list[int] = []
        self._is_whole: list[bool] = []
        self._always: list[int] = []
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, query in enumerate(self._queries):
            self._enter(number, _conditions(query), postings)
        self._automaton = _automaton(postings)
        led_by = {key[1:2] if key[0] == " " else "=" for key in postings}
        self._reads_fields = "=" in led_by
        self._spaces = {s for s, mark in _LED_BY.items() if mark in led_by}
        if led_by - {"~", "!", "="}:
            self._spaces.add(Space.EXACT)

    def __len__(self) -> int:
        return len(self._queries)

    def match(self, item: AnalysedDocument, now: datetime) -> list[int]:
        """Return the positions of the queries that ``item`` satisfies at ``now``, ascending."""
        return self.match_words(item_words(item), now)

    def match_words(self, item: ItemWords, now: datetime) -> list[int]:
        """Return the positions of the queries that the item of ``item`` satisfies at ``now``."""
        found = []
        for number, is_sure in self._candidates(self._readable(item)):
            if is_sure or matches_words(self._queries[number], item, now):
                found.append(number)
        return sorted(found)

    def _enter(
        self, number: int, conditions: _Conditions, postings: dict[str, list[tuple[int, int]]]
    ) -> None:
        bit, required = 1, 0
        for keys in conditions.required:
            for key in keys.keys:
                postings[key].append((number, bit))
            required |= bit
            bit <<= 1
        if conditions.is_whole:
            for keys in conditions.forbidden:
                for key in keys.keys:
                    postings[key].append((number, bit))
                bit <<= 1
        self._required.append(required)
        self._is_whole.append(conditions.is_whole)
        if not required:
            self._always.append(number)

    def _candidates(self, readable: str) -> Iterator[tuple[int, bool]]:
        state: dict[int, int] = {}
        get = state.get
        if self._automaton is not None:
            for _, hits in self._automaton.iter(readable):
                for number, bit in hits:
                    state[number] = get(number, 0) | bit
        required, is_whole = self._required, self._is_whole
        for number, bits in state.items():
            need = required[number]
            if need and (bits == need if is_whole[number] else bits & need == need):
                yield number, is_whole[number]
        for number in self._always:
            if not is_whole[number] or not get(number, 0):
                yield number, is_whole[number]

    def _readable(self, item: ItemWords) -> str:
        """Return all that the automaton reads of an item: its words by space and its fields."""
        parts = [""]
        for space, led_by in _LED_BY.items():
            if space not in self._spaces or (space is Space.BARE and not item.is_bare):
                continue
            for name in TEXT_FIELDS:
                sequence = item.words(space, name)
                if sequence:
                    parts += (led_by + f" {led_by}".join(sequence), "\n")
        if self._reads_fields:
            for name, values in item.values.items():
                parts.append(_any_value_key(name))
                for value in values:
                    parts += (_value_key(name, value), _folded_key(name, value))
        return " ".join(parts) + " "


def _conditions(query: Query) -> _Conditions:
    root = query.root
    conditions = _Conditions()
    for child in root.children if isinstance(root, And) else (root,):
        if isinstance(child, Everything):
            continue
        is_forbidden = isinstance(child, Not)
        keys = _keys(child.child if isinstance(child, Not) else child)
        if keys is not None and (keys.is_exact or not is_forbidden):
            (conditions.forbidden if is_forbidden else conditions.required).append(keys)
        if keys is None or not keys.is_exact:
            conditions.is_whole = False
    return conditions


def _keys(node: Node) -> _Keys | None:
    """Return keys of which one is found whenever ``node`` holds, None when there are none."""
    match node:
        case Words():
            return _Keys(frozenset(map(_form_key, forms(node))), not node.field)
        case Filter():
            return _Keys(frozenset({_filter_key(node)}), True)
        case Near():
            found = (f for words in node.left for f in side_forms(words))
            return _Keys(frozenset(map(_form_key, found)), False)
        case Or():
            parts = [_keys(child) for child in node.children]
            known = [part for part in parts if part is not None]
            if len(known) < len(parts):
                return None
            keys = frozenset(key for part in known for key in part.keys)
            return _Keys(keys, all(part.is_exact for part in known))
        case And():
            parts = [_keys(child) for child in node.children]
            known = [part for part in parts if part is not None]
            return _Keys(max(known, key=_rarity).keys, False) if known else None
        case Not() | Published() | Everything():
            return None


def _rarity(keys: _Keys) -> int:
    """The longer the shortest key, the rarer it is likely to be."""
    return min(map(len, keys.keys))


def _form_key(form: Form) -> str:
    led_by = _LED_BY[form.space]
    key = f" {led_by}" + f" {led_by}".join(form.words)
    return key if form.is_prefix else key + " "


def _filter_key(node: Filter) -> str:
    if node.value == "*":
        return _any_value_key(node.field)
    is_marked = has_marks(node.value)
    return (_value_key if is_marked else _folded_key)(node.field, node.value)


def _any_value_key(name: str) -> str:
    return f"={name}="


def _value_key(name: str, value: str) -> str:
    return f"={name}={value}\n".replace(" ", "\x1f")


def _folded_key(name: str, value: str) -> str:
    return f"={name}~{fold(value)}\n".replace(" ", "\x1f")


def _automaton(postings: dict[str, list[tuple[int, int]]]) -> Any:
    if not postings:
        return None
    automaton = ahocorasick.Automaton()
    for key, hits in postings.items():
        automaton.add_word(key, tuple(hits))
    automaton.make_automaton()
    return automaton
