"""Suggests which documents assert a claim that a recorded fact-check corrects.

A suggestion says "cần kiểm chứng" with both texts side by side; a person confirms it and a second
one approves. Refuting, asking, criticising and sharing the subject are not suggested: criticism is
feedback to answer (responsible-use rules 5, 6).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from langnghe.claim import ClaimSuggestion, FactCheck, Verdict
from langnghe.document import Document
from langnghe.text import fold, normalize, tokenize
from nlp.backends.pairs import PairReader
from nlp.claims.compare import Reference, Side, compare, reference_of, side_of, weight
from nlp.claims.model import STANDS, ClaimModel, shipped_model
from nlp.claims.reading import sides_of_claim
from nlp.places.gazetteer import province_codes
from nlp.teencode import expand

_RETRIEVED = 8
_LEAST_RARITY = 2.0
_MOST_WORDS = 120
_MOST_EVIDENCE = 3


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
    encoder_share: float = 0.0
    """The encoder's weight in the mean of log probabilities, where there is an encoder."""


CUTS_WITH_ENCODER = Cuts(
    match=0.2, asserts=0.6, asserts_unmarked=0.75, criticism=0.2, encoder_share=0.2
)
"""Careful cuts for the claims 121 to 150, which neither the encoder nor, for this, the words had
read (44 of 60 assertions, one unrelated post of thirty); looked at on the gate's fifty too."""


@dataclass(frozen=True)
class _Case:
    """A document (by its place in the batch) that speaks of the matter of a fact-check."""

    number: int
    reference: Reference
    raw: str
    is_social: bool
    match: float
    stands: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring words of a text that a claim has too: where they stand, how rare together."""

    start: int
    end: int
    rarity: float


class ClaimMatcher:
    """Matches documents against a ledger of fact-checks; immutable and safe to share."""

    def __init__(
        self,
        fact_checks: Sequence[FactCheck],
        *,
        model: ClaimModel | None = None,
        cuts: Cuts | None = None,
        reader: PairReader | None = None,
    ) -> None:
        self._model = model or shipped_model()
        self._reader = reader
        self._cuts = cuts or (Cuts() if reader is None else CUTS_WITH_ENCODER)
        self._references = [
            reference_of(check.id, check.claim, f"{check.correction} {check.quote}".strip())
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
        cases = [case for n, doc in enumerate(docs) for case in self._cases(n, doc)]
        found: list[list[ClaimSuggestion]] = [[] for _ in docs]
        for case, stands in zip(cases, self._stands(cases), strict=True):
            asserts, criticism = (stands[STANDS.index(x)] for x in ("asserts", "criticism"))
            if asserts >= self._least(case) and criticism <= self._cuts.criticism:
                found[case.number].append(
                    ClaimSuggestion(
                        docs[case.number].id,
                        case.reference.id,
                        round(case.match * float(asserts), 4),
                        _evidence(case.reference, case.raw, is_social=case.is_social),
                    )
                )
        return [sorted(some, key=lambda s: (-s.confidence, s.fact_check_id)) for some in found]

    def candidates(self, text: str) -> list[str]:
        """Return the ids of the fact-checks that share the rarest words with a text."""
        return [found.id for found in self._retrieve(side_of(text, is_social=True))]

    def _cases(self, number: int, doc: Document) -> Iterator[_Case]:
        """Yield the fact-checks of whose matter a document speaks."""
        is_social = doc.kind.is_social
        raw = " ".join(f"{doc.title} {doc.lead} {doc.text}".split()[:_MOST_WORDS])
        side = side_of(raw, is_social=is_social)
        provinces = side.provinces
        for reference in self._retrieve(side):
            is_elsewhere = bool(provinces) and provinces.isdisjoint(
                reference.provinces or provinces
            )
            if is_elsewhere or _subject_shared(reference, side) < self._cuts.subject:
                continue
            features = compare(reference, side, raw)
            match = self._model.match_probability(features)
            if match >= self._cuts.match:
                stands = self._model.stands(reference, features, raw, is_social=is_social)
                row = np.array([stands[name] for name in STANDS])
                yield _Case(number, reference, raw, is_social, match, row)

    def _stands(self, cases: Sequence[_Case]) -> Sequence[NDArray[np.float64]]:
        """Return for each case the probabilities of STANDS; the encoder has its share in them."""
        if self._reader is None or not cases:
            return [case.stands for case in cases]
        sides = [
            sides_of_claim(case.reference.text, case.reference.correction_text, case.raw)
            for case in cases
        ]
        share = self._cuts.encoder_share
        joint = []
        for case, ours in zip(cases, self._reader.stands(sides), strict=True):
            odds = share * np.log(ours + 1e-6) + (1 - share) * np.log(case.stands + 1e-6)
            odds = np.exp(odds - odds.max())
            joint.append(odds / odds.sum())
        return joint

    def _least(self, case: _Case) -> float:
        return self._cuts.asserts_unmarked if case.raw.isascii() else self._cuts.asserts

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


def _evidence(reference: Reference, raw: str, *, is_social: bool) -> tuple[str, ...]:
    """Return the words of a document that the claim has too, as written, the rarest run first.

    Neighbours stand together where they do so in the claim.
    """
    text = normalize(raw)
    runs: list[_Run] = []
    last = ""
    for token in tokenize(text):
        plain = [fold(w) for w in (expand(token.word) if is_social else (token.word,))]
        shared = [word for word in plain if word in reference.claim.bag]
        rarity = max(map(weight, shared), default=0.0)
        if shared and last and f"{last} {plain[0]}" in reference.claim.pairs:
            run = runs[-1]
            runs[-1] = _Run(run.start, token.end, run.rarity + rarity)
        elif shared:
            runs.append(_Run(token.start, token.end, rarity))
        last = plain[-1] if shared else ""
    telling = sorted((run for run in runs if run.rarity > _LEAST_RARITY), key=lambda r: -r.rarity)
    found = dict.fromkeys(" ".join(text[run.start : run.end].split()) for run in telling)
    return tuple(found)[:_MOST_EVIDENCE]
