"""The inverted index of the window: which earlier documents share rare words with a new one."""

from __future__ import annotations

from collections import defaultdict
from heapq import nlargest

from nlp.stories.features import Traits, rarity

LIMIT = 60
LEAST_COSINE = 0.04
_LEAST_RARITY = 2.5


class Neighbours:
    """Holds documents and finds the nearest by cosine; words that are everywhere do not count."""

    def __init__(self) -> None:
        self._held: dict[str, Traits] = {}
        self._postings: dict[str, dict[str, float]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, document_id: str) -> bool:
        return document_id in self._held

    def add(self, traits: Traits) -> None:
        """Hold a document, in place of an earlier state of it."""
        self.remove(traits.document_id)
        self._held[traits.document_id] = traits
        for term, weight in traits.full.items():
            if rarity(term) > _LEAST_RARITY:
                self._postings.setdefault(term, {})[traits.document_id] = weight

    def remove(self, document_id: str) -> None:
        """Forget a document; an unknown one is fine."""
        traits = self._held.pop(document_id, None)
        if traits is None:
            return
        for term in traits.full:
            posting = self._postings.get(term)
            if posting is not None:
                posting.pop(document_id, None)
                if not posting:
                    del self._postings[term]

    def get(self, document_id: str) -> Traits:
        """Return a held document; raises KeyError."""
        return self._held[document_id]

    def nearest(self, traits: Traits) -> list[tuple[Traits, float]]:
        """Return at most LIMIT held documents with their cosines, the nearest first."""
        cosines: defaultdict[str, float] = defaultdict(float)
        for term, weight in traits.full.items():
            for document_id, other in self._postings.get(term, {}).items():
                cosines[document_id] += weight * other
        cosines.pop(traits.document_id, None)
        near = ((cosine, id) for id, cosine in cosines.items() if cosine > LEAST_COSINE)
        return [(self._held[id], cosine) for cosine, id in nlargest(LIMIT, near)]
