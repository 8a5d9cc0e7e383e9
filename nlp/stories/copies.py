"""Copies and wire reprints: nearly the same words, found by MinHash; not the same as a story."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from rensa import RMinHash, RMinHashLSH

from langnghe.document import Document
from langnghe.text import normalize, words

_PERMUTATIONS, _BANDS, _SEED = 128, 32, 17
_SHINGLE = 4
_LEAST_WORDS = 25
_LEAST_LIKENESS = 0.6


class CopyFinder:
    """Remembers the ``capacity`` latest documents and tells of which one a new one is a copy."""

    def __init__(self, capacity: int = 20_000) -> None:
        self._capacity = capacity
        self._index = RMinHashLSH(_LEAST_LIKENESS, _PERMUTATIONS, _BANDS)
        self._prints: OrderedDict[int, RMinHash] = OrderedDict()
        self._ids: dict[int, str] = {}
        self._next = 0

    def original_of(self, doc: Document) -> str:
        """Return the id of the earliest remembered document that ``doc`` copies, "" if none.

        Remembers ``doc``. Texts of fewer than 25 words are too short to tell.
        """
        found = words(normalize(f"{doc.title}\n{doc.lead}\n{doc.text}"))
        if len(found) < _LEAST_WORDS:
            return ""
        minhash = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
        minhash.update(_shingles(found))
        originals = sorted(
            number
            for number in self._index.query(minhash)
            if self._ids[number] != doc.id
            and self._prints[number].jaccard(minhash) >= _LEAST_LIKENESS
        )
        original = self._ids[originals[0]] if originals else ""
        self._remember(doc.id, minhash)
        return original

    def _remember(self, document_id: str, minhash: RMinHash) -> None:
        self._index.insert(self._next, minhash)
        self._prints[self._next] = minhash
        self._ids[self._next] = document_id
        self._next += 1
        if len(self._prints) > self._capacity:
            oldest, _ = self._prints.popitem(last=False)
            self._index.remove(oldest)
            del self._ids[oldest]


def _shingles(found: Sequence[str]) -> list[str]:
    return [" ".join(found[i : i + _SHINGLE]) for i in range(len(found) - _SHINGLE + 1)]
