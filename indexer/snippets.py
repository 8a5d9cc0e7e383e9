"""Headline and snippet of a hit, with the found words marked by character offsets."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.store import Marks
from langnghe.query import Query
from langnghe.query.ast import Words, positive_words
from langnghe.query.evaluate import occurrences
from langnghe.query.forms import Space, forms
from langnghe.text import Token, fold, search_tokens

SNIPPET_CHARACTERS = 220
_LEAD_IN = 60
_ELLIPSIS = "…"


@dataclass(frozen=True)
class Excerpt:
    """What is shown of a document."""

    title_marks: Marks
    snippet: str
    snippet_marks: Marks


def excerpt(query: Query, title: str, lead: str, text: str) -> Excerpt:
    """Return the marked headline and the marked snippet: of the lead when it holds a found word
    or the text holds none, else of the text around its first found word."""
    leaves = list(positive_words(query.root))
    title_marks = marks(leaves, "title", title)
    lead_marks = marks(leaves, "lead", lead)
    body, found = lead, lead_marks
    if not lead_marks and text:
        text_marks = marks(leaves, "text", text)
        if text_marks or not lead:
            body, found = text, text_marks
    return Excerpt(title_marks, *_cut(body, found))


def marks(leaves: list[Words], field: str, text: str) -> Marks:
    """Return the offsets of all words of ``text`` that satisfy a leaf, joined where they touch."""
    wanted = [w for w in leaves if not w.field or w.field == field]
    if not wanted or not text:
        return ()
    tokens = search_tokens(text)
    exact = [t.word for t in tokens]
    folded = [fold(word) for word in exact]
    found: set[int] = set()
    for leaf in wanted:
        for form in forms(leaf):
            words = exact if form.space is Space.EXACT else folded
            if form.is_prefix:
                found.update(i for i, w in enumerate(words) if w.startswith(form.words[0]))
            elif form.space is not Space.BARE or exact == folded:
                for at in occurrences(form.words, words):
                    found.update(range(at, at + len(form.words)))
    return _spans(tokens, found)


def _spans(tokens: list[Token], found: set[int]) -> Marks:
    spans: list[tuple[int, int]] = []
    last = -2
    for index in sorted(found):
        start, end = tokens[index].start, tokens[index].end
        if index == last + 1 and start - spans[-1][1] <= 1:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        last = index
    return tuple(spans)


def _cut(text: str, found: Marks) -> tuple[str, Marks]:
    if len(text) <= SNIPPET_CHARACTERS:
        return text, found
    start = max(0, found[0][0] - _LEAD_IN) if found else 0
    start = min(start, len(text) - SNIPPET_CHARACTERS)
    if start:
        space = text.find(" ", start, start + _LEAD_IN)
        start = space + 1 if 0 <= space < (found[0][0] if found else len(text)) else start
    end = min(len(text), start + SNIPPET_CHARACTERS)
    if end < len(text):
        space = text.rfind(" ", start, end)
        end = space if space > start else end
    head = _ELLIPSIS if start else ""
    tail = _ELLIPSIS if end < len(text) else ""
    shift = len(head) - start
    kept = tuple((a + shift, b + shift) for a, b in found if start <= a and b <= end)
    return head + text[start:end] + tail, kept
