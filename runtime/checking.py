"""Suggests recorded fact-checks to each new document, and a new one to the documents before it.

Press reports that may be corrections themselves are kept as candidates for a person to record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from langnghe.claim import ClaimSuggestion, FactCheck
from langnghe.document import Document
from ledger import claims, documents
from nlp.backends.pairs import PairReader
from nlp.claims import ClaimMatcher
from nlp.claims.candidates import candidates

_LOOK_BACK = timedelta(days=7)
_BATCH = 200


class CheckDesk:
    """Compares documents with the fact-checks that a person approved; it only ever suggests."""

    def __init__(self, reader: PairReader | None = None) -> None:
        self._reader = reader
        self._checks: list[FactCheck] = []
        self._matcher = ClaimMatcher(())

    def suggest(self, docs: Sequence[Document]) -> list[ClaimSuggestion]:
        """Return the suggestions for ``docs``; corrections among them are kept as candidates."""
        if found := candidates(docs):
            claims.record_candidates(found)
        checks = claims.load_fact_checks()
        if checks != self._checks:
            self._checks = checks
            self._matcher = ClaimMatcher(checks, reader=self._reader)
        return _flat(self._matcher.suggest(docs)) if checks else []

    def look_back(self, now: datetime, beat: Callable[[], None]) -> None:
        """Compare what came before a fact-check with it, once; a kill only repeats it."""
        checks = claims.unseen_fact_checks()
        if not checks:
            return
        matcher = ClaimMatcher(checks, reader=self._reader)
        recent = documents.recent_story_items(now - _LOOK_BACK)
        for batch in _batches(doc for doc, *_ in recent):
            beat()
            claims.record_suggestions(_flat(matcher.suggest(batch)), now)
        claims.mark_looked_back([check.id for check in checks], now)


def _batches(docs: Iterator[Document]) -> Iterator[list[Document]]:
    while batch := list(islice(docs, _BATCH)):
        yield batch


def _flat(found: Iterable[Sequence[ClaimSuggestion]]) -> list[ClaimSuggestion]:
    return [suggestion for one in found for suggestion in one]
