"""The words of one document as queries see them; made once and shared by every engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from operator import ne

from langnghe.analysis import EXACT_FIELDS, AnalysedDocument
from langnghe.query.ast import TEXT_FIELDS
from langnghe.query.fields import LONGEST_VALUE, field_value
from langnghe.query.forms import Space
from langnghe.text import fold, search_words, words

_BARE_LEAST_WORDS = 3
_BARE_MOST_MARKED = 0.1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


class TextWords:
    """The words of a title, a lead and a text in the three spaces.

    Positions count search words from 0 in each field; a phrase never crosses fields.
    """

    def __init__(self, title: str, lead: str, text: str) -> None:
        self.exact: dict[str, list[str]] = {
            "title": search_words(title),
            "lead": search_words(lead),
            "text": search_words(text),
        }

    @cached_property
    def folded(self) -> dict[str, list[str]]:
        """The words without marks."""
        return {name: [fold(w) for w in sequence] for name, sequence in self.exact.items()}

    @cached_property
    def is_bare(self) -> bool:
        """Whether the document was typed without marks: hardly any word carries one.

        At least three words with letters and at most one in ten marked.
        """
        letters = marked = 0
        for name, sequence in self.exact.items():
            letters += len(sequence) - sum(map(str.isdigit, sequence))
            marked += sum(map(ne, sequence, self.folded[name]))  # no number carries a mark
        return letters >= _BARE_LEAST_WORDS and marked <= letters * _BARE_MOST_MARKED

    def words(self, space: Space, field: str) -> list[str]:
        """Return the words of ``field`` in ``space``, in order."""
        if space is Space.EXACT:
            return self.exact[field]
        if space is Space.FOLDED or self.is_bare:
            return self.folded[field]
        return []


class ItemWords(TextWords):
    """The words of an item and its exact fields."""

    def __init__(self, item: AnalysedDocument) -> None:
        doc = item.document
        super().__init__(doc.title, doc.lead, doc.text)
        self.item = item

    @cached_property
    def values(self) -> Mapping[str, tuple[str, ...]]:
        """The comparable values of each exact field."""
        return {
            name: tuple(dict.fromkeys(map(field_value, values)))
            for name, values in item_values(self.item).items()
        }

    @property
    def published_second(self) -> int:
        """Whole seconds since the epoch, rounded down."""
        return whole_second(self.item.document.published_at)


def item_words(item: AnalysedDocument) -> ItemWords:
    """Return the words of ``item``, found once and kept with it: the index asks, then the rules."""
    kept: dict[str, ItemWords] = vars(item)
    if "_words" not in kept:
        kept["_words"] = ItemWords(item)
    return kept["_words"]


class ExactWords(ItemWords):
    """An item as ``rules match --exact`` reads it: the Unicode words of ``title . lead`` as one
    field (kept as ``text``), in lower case, with no folding at all."""

    def __init__(self, item: AnalysedDocument) -> None:
        doc = item.document
        self.item = item
        self.exact = {"title": [], "lead": [], "text": words(f"{doc.title} . {doc.lead}")}


def item_values(item: AnalysedDocument) -> dict[str, tuple[str, ...]]:
    """Return the values of each exact field of ``item`` as people see them, none of them blank."""
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(EXACT_FIELDS):
        values = dict.fromkeys(" ".join(v.split())[:LONGEST_VALUE] for v in item.field_values(name))
        if kept := tuple(v for v in values if field_value(v)):
            found[name] = kept
    return found


def whole_second(moment: datetime) -> int:
    """Return the seconds since the epoch of an aware ``moment``, rounded down."""
    return (moment - _EPOCH) // _SECOND


def text_fields(field: str) -> tuple[str, ...]:
    """Return the text fields that ``field`` of a leaf means."""
    return (field,) if field else TEXT_FIELDS
