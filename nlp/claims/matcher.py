"""Suggests which documents assert a claim that a recorded fact-check corrects.

A suggestion says "cần kiểm chứng" with both texts side by side; a person confirms it and a second
one approves. Refuting, asking, criticising and sharing the subject are not suggested: criticism is
feedback to answer (responsible-use rules 5, 6).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest

from langnghe.claim import ClaimSuggestion, FactCheck, Verdict
from langnghe.document import Document
from langnghe.text import fold
from nlp.claims.compare import Reference, Side, compare, reference_of, side_of, weight
from nlp.claims.model import ClaimModel, shipped_model
from nlp.places.gazetteer import province_codes

_RETRIEVED = 8
_LEAST_RARITY = 2.0
_MOST_WORDS = 120


@dataclass(frozen=True)
class Cuts:
    """How sure both decisions must be before a person is asked."""

    subject: float = 5.0
    """The least rarity of the shared words together, names of provinces left out."""
    match: float = 0.25
    asserts: float = 0.57
    asserts_unmarked: float = 0.75
    """The same for text without any accents, which chat style makes look like asserting."""
    criticism: float = 0.12
    """The most doubt that the text merely criticises; above it nobody is asked."""


class ClaimMatcher:
    """Matches documents against a ledger of fact-checks; immutable and safe to share."""

    def __init__(
        self,
        fact_checks: Sequence[FactCheck],
        *,
        model: ClaimModel | None = None,
        cuts: Cuts | None = None,
    ) -> None:
        self._model = model or shipped_model()
        self._cuts = cuts or Cuts()
        self._references = [
            reference_of(check.id, check.claim, f"{check.correction} {check.quote}")
            for check in fact_checks
            if check.verdict is not Verdict.TRUE
        ]
        self._postings: defaultdict[str, list[int]] = defaultdict(list)
        for number, reference in enumerate(self._references):
            for word in reference.claim.bag:
                if weight(word) > _LEAST_RARITY:
                    self._postings[word].append(number)

    def suggest(self, docs: Sequence[Document]) -> list[list[ClaimSuggestion]]:
        """Return for each document its suggestions, the surest first; an empty list for most."""
        return [self._suggest(doc) for doc in docs]

    def _suggest(self, doc: Document) -> list[ClaimSuggestion]:
        is_social = doc.kind.is_social
        raw = " ".join(f"{doc.title} {doc.lead} {doc.text}".split()[:_MOST_WORDS])
        side = side_of(raw, is_social=is_social)
        least = self._cuts.asserts_unmarked if raw.isascii() else self._cuts.asserts
        provinces = side.provinces
        found = []
        for reference in self._retrieve(side):
            is_elsewhere = bool(provinces) and provinces.isdisjoint(
                reference.provinces or provinces
            )
            if is_elsewhere or _subject_shared(reference, side) < self._cuts.subject:
                continue
            features = compare(reference, side, raw)
            match = self._model.match_probability(features)
            if match < self._cuts.match:
                continue
            stands = self._model.stands(reference, features, raw, is_social=is_social)
            is_criticism = stands["criticism"] > self._cuts.criticism
            if stands["asserts"] >= least and not is_criticism:
                confidence = round(match * stands["asserts"], 4)
                evidence = _evidence(reference, side)
                found.append(ClaimSuggestion(doc.id, reference.id, confidence, evidence))
        return sorted(found, key=lambda s: (-s.confidence, s.fact_check_id))

    def _retrieve(self, side: Side) -> list[Reference]:
        scores: defaultdict[int, float] = defaultdict(float)
        for word in side.bag:
            for number in self._postings.get(word, ()):
                scores[number] += weight(word)
        best = nlargest(_RETRIEVED, scores, key=lambda number: (scores[number], -number))
        return [self._references[number] for number in best]


def _subject_shared(reference: Reference, side: Side) -> float:
    """Return how much of the subject is shared; a place alone is no subject."""
    return sum(weight(word) for word in (reference.claim.bag & side.bag) - _place_words())


@lru_cache(maxsize=1)
def _place_words() -> frozenset[str]:
    return frozenset(
        fold(word) for name in province_codes() for word in name.replace(".", " ").split()
    )


def _evidence(reference: Reference, side: Side) -> tuple[str, ...]:
    """Return the rarest words and pairs that the document shares with the claim."""
    shared = [*(reference.claim.pairs & side.pairs), *(reference.claim.bag & side.bag)]
    ranked = sorted(shared, key=lambda term: (-weight(term), term))
    chosen: list[str] = []
    for term in ranked:
        if len(chosen) < 5 and not any(term in kept for kept in chosen):
            chosen.append(term)
    return tuple(chosen)
