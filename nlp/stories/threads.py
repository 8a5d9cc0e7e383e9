"""Threads: a comment belongs to what it answers, whatever its own words are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from langnghe.document import Document
from langnghe.text import fold, normalize, words

LIKENESS = 0.98
_KEY_WORDS = 8
_LEAST_WORDS = 4
_MOST_MATES = 40


class Threads:
    """Finds the documents of the window that a new one answers, or that answer it.

    A feed names what a comment answers by its title, or by its first words where it has none, so
    that the first eight folded words are the thread. Two documents without a parent are never
    mates: titles of a series begin alike.
    """

    def __init__(self) -> None:
        self._members: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        self._key_of: dict[str, str] = {}

    def mates(self, doc: Document) -> list[str]:
        """Return the newest held documents of the thread of ``doc``."""
        is_answer = bool(doc.parent_title)
        held = self._members.get(_key(doc), {})
        return [
            other
            for other, other_is_answer in reversed(held.items())
            if other != doc.id and (is_answer or other_is_answer)
        ][:_MOST_MATES]

    def grouped(self, ids: Iterable[str]) -> list[list[str]]:
        """Return the documents of ``ids`` thread by thread, each thread with what it answers.

        A document of no thread stands alone; a thread without any answer is no thread.
        """
        units: dict[str, list[str]] = {}
        for id in ids:
            key = self._key_of.get(id, "")
            members = self._members.get(key, {})
            if any(members.values()):
                units.setdefault(key, list(members))
            else:
                units[f"\x00{id}"] = [id]
        return list(units.values())

    def add(self, doc: Document) -> None:
        """Hold a document, in place of an earlier state of it."""
        self.remove(doc.id)
        key = _key(doc)
        if key:
            self._members[key][doc.id] = bool(doc.parent_title)
            self._key_of[doc.id] = key

    def remove(self, document_id: str) -> None:
        """Forget a document; an unknown one is fine."""
        key = self._key_of.pop(document_id, "")
        if key:
            del self._members[key][document_id]
            if not self._members[key]:
                del self._members[key]


def _key(doc: Document) -> str:
    named = doc.parent_title or doc.title or doc.text or doc.lead
    found = words(normalize(named[:200]))[:_KEY_WORDS]
    return " ".join(map(fold, found)) if len(found) >= _LEAST_WORDS else ""
