"""Headline and snippet of a hit, with the found words marked by character offsets."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.store import Marks
from langnghe.query import Query
from langnghe.query.ast import TEXT_FIELDS, Words, positive_words
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


class Marker:
    """Marks the words that satisfy a query; made once a page, asked for every hit."""

    def __init__(self, query: Query) -> None:
        leaves = list(positive_words(query.root))
        self._fields = {
            name: _Wanted([w for w in leaves if w.field in ("", name)]) for name in TEXT_FIELDS
        }

    def excerpt(self, title: str, lead: str, text: str) -> Excerpt:
        """Return the marked headline and the marked snippet: of the lead when it holds a found
        word or the text holds none, else of the text around its first found word."""
        title_marks = self.marks("title", title)
        lead_marks = self.marks("lead", lead)
        body, found = lead, lead_marks
        if not lead_marks and text:
            text_marks = self.marks("text", text)
            if text_marks or not lead:
                body, found = text, text_marks
        return Excerpt(title_marks, *_cut(body, found))

    def marks(self, field: str, text: str) -> Marks:
        """Return the offsets of all words of ``text`` that satisfy a word of the query, joined
        where they touch."""
        wanted = self._fields[field]
        if not text or wanted.is_empty:
            return ()
        tokens = search_tokens(text)
        exact = [t.word for t in tokens]
        folded = [fold(word) for word in exact]
        found = wanted.positions(Space.EXACT, exact) | wanted.positions(Space.FOLDED, folded)
        if exact == folded:
            found |= wanted.positions(Space.BARE, folded)
        return _spans(tokens, found)


class _Wanted:
    """The forms to find in one field, by space and first word."""

    def __init__(self, leaves: list[Words]) -> None:
        self.sequences: dict[Space, dict[str, list[tuple[str, ...]]]] = {s: {} for s in Space}
        self.beginnings: dict[Space, tuple[str, ...]] = dict.fromkeys(Space, ())
        for form in {form for leaf in leaves for form in forms(leaf)}:
            if form.is_prefix:
                self.beginnings[form.space] += form.words
            else:
                self.sequences[form.space].setdefault(form.words[0], []).append(form.words)
        self.is_empty = not leaves

    def positions(self, space: Space, words: list[str]) -> set[int]:
        """Return the positions of all words that belong to a form found in ``words``."""
        found: set[int] = set()
        by_first, beginnings = self.sequences[space], self.beginnings[space]
        for at, word in enumerate(words):
            for sequence in by_first.get(word, ()):
                if len(sequence) == 1 or tuple(words[at : at + len(sequence)]) == sequence:
                    found.update(range(at, at + len(sequence)))
            if beginnings and word.startswith(beginnings):
                found.add(at)
        return found


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
