"""A query against one document, in memory: the reference that both engines must equal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from langnghe.analysis import AnalysedDocument
from langnghe.query.ast import (
    And,
    Everything,
    Filter,
    Moment,
    Near,
    Node,
    Not,
    Or,
    Published,
    Query,
    Words,
)
from langnghe.query.forms import Form, forms, near_forms
from langnghe.query.scoring import scored_words
from langnghe.query.words import ItemWords, TextWords, text_fields, whole_second
from langnghe.text import fold, has_marks

FIELD_WEIGHTS = {"title": 3, "lead": 2, "text": 1}


def matches(query: Query, item: AnalysedDocument, now: datetime) -> bool:
    """Return whether ``item`` satisfies ``query`` at ``now``; never raises."""
    return matches_words(query, ItemWords(item), now)


def matches_words(query: Query, words: ItemWords, now: datetime) -> bool:
    """Return whether the item of ``words`` satisfies ``query`` at ``now``."""
    return _holds(query.root, words, now)


def score(query: Query, words: TextWords) -> float:
    """Return the relevance of a matching item: for each word or phrase that is found and not
    under a NOT, its boost times 3 for the title, 2 for the lead or 1 for the text (the best)."""
    return sum(leaf.boost * _best_weight(leaf, words) for leaf in scored_words(query.root))


def bounds(node: Published, now: datetime) -> tuple[int | None, int | None]:
    """Return the first and last second of ``node`` at ``now``, both included."""
    return _second(node.low, now), _second(node.high, now)


def value_holds(node: Filter, values: tuple[str, ...]) -> bool:
    """Return whether one of a field's comparable ``values`` satisfies ``node``."""
    if node.value == "*":
        return bool(values)
    if has_marks(node.value):
        return node.value in values
    return any(fold(value) == node.value for value in values)


def word_holds(leaf: Words, item: TextWords) -> bool:
    """Return whether the words of ``item`` satisfy the word or phrase ``leaf``."""
    fields = text_fields(leaf.field)
    return any(_found(form, item, name) for form in forms(leaf) for name in fields)


def near_holds(node: Near, item: TextWords) -> bool:
    """Return whether the words of ``item`` satisfy the NEAR ``node``."""
    return any(
        is_near(f.left, f.right, item.words(f.space, name), node.distance, node.is_ordered)
        for f in near_forms(node)
        for name in text_fields(node.field)
    )


def occurrences(sequence: tuple[str, ...], words: list[str]) -> Iterator[int]:
    """Yield the positions at which ``sequence`` stands in ``words``."""
    first, size = sequence[0], len(sequence)
    at = -1
    while True:
        try:
            at = words.index(first, at + 1)
        except ValueError:
            return
        if size == 1 or tuple(words[at : at + size]) == sequence:
            yield at


def is_near(
    left: tuple[str, ...],
    right: tuple[str, ...],
    words: list[str],
    distance: int,
    is_ordered: bool,
) -> bool:
    """Return whether both sequences stand in ``words`` with at most ``distance`` words between."""
    rights = list(occurrences(right, words))
    if not rights:
        return False
    for at in occurrences(left, words):
        for other in rights:
            after, before = other - (at + len(left)), at - (other + len(right))
            if is_ordered:
                is_found = 0 <= after <= distance
            else:
                is_found = (after if other >= at else before) <= distance
            if is_found:
                return True
    return False


def _holds(node: Node, item: ItemWords, now: datetime) -> bool:
    match node:
        case And():
            return all(_holds(child, item, now) for child in node.children)
        case Or():
            return any(_holds(child, item, now) for child in node.children)
        case Not():
            return not _holds(node.child, item, now)
        case Words():
            return word_holds(node, item)
        case Near():
            return near_holds(node, item)
        case Filter():
            return value_holds(node, item.values.get(node.field, ()))
        case Published():
            low, high = bounds(node, now)
            second = item.published_second
            return (low is None or low <= second) and (high is None or second <= high)
        case Everything():
            return True


def _found(form: Form, item: TextWords, field: str) -> bool:
    words = item.words(form.space, field)
    if form.is_prefix:
        return any(word.startswith(form.words[0]) for word in words)
    if len(form.words) == 1:
        return form.words[0] in words
    return any(True for _ in occurrences(form.words, words))


def _best_weight(leaf: Words, item: TextWords) -> int:
    found = (
        FIELD_WEIGHTS[name]
        for name in text_fields(leaf.field)
        if any(_found(form, item, name) for form in forms(leaf))
    )
    return max(found, default=0)


def _second(moment: Moment | None, now: datetime) -> int | None:
    if moment is None:
        return None
    if moment.back is None:
        return moment.second
    return whole_second(now - moment.back)
