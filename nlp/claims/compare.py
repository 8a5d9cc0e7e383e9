"""What a document shares with a recorded fact-check, without accents and chat spellings.

The words that a document shares with the claim or with its correction are also written as marks
("không có vụ CLAIM CLAIM"), so that what is learned about asserting and refuting holds for claims
never seen.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from langnghe.text import fold, normalize, words
from nlp.places.provinces import provinces_in_folded
from nlp.stories.features import background
from nlp.teencode import expand

CLAIM_MARK, CORRECTION_MARK = "CLAIM", "CORRECTION"
_CAPITALISED = re.compile(r"[^\W\d_]\w*")
_TELLING = 1.2

FEATURES = (
    "words_held",
    "pairs_held",
    "cosine",
    "rarest_word",
    "rare_words",
    "rarest_pair",
    "rare_pairs",
    "plain_words_held",
    "names_held",
    "has_names",
    "correction_held",
    "numbers_held",
    "is_question",
    "length",
    "words_shared",
    "pairs_shared",
)


@dataclass(frozen=True)
class Side:
    """One text as a bag of folded words and neighbouring pairs."""

    words: tuple[str, ...]
    bag: frozenset[str]
    pairs: frozenset[str]

    @property
    def provinces(self) -> frozenset[str]:
        """The codes of today's provinces that the text names."""
        return provinces_in_folded(" ".join(self.words))


@dataclass(frozen=True)
class Reference:
    """A fact-check, taken apart once."""

    id: str
    text: str
    correction_text: str
    claim: Side
    provinces: frozenset[str]
    names: frozenset[str]
    plain: frozenset[str]
    numbers: frozenset[str]
    marked_claim: frozenset[str]
    correction: frozenset[str]


@lru_cache(maxsize=1)
def _folded_background() -> tuple[int, Mapping[str, int]]:
    total, counts = background()
    plain: Counter[str] = Counter()
    for term, count in counts.items():
        plain[" ".join(map(fold, term.split()))] += count
    return total, plain


@lru_cache(maxsize=131_072)
def weight(term: str) -> float:
    """Return the inverse document frequency of a folded word or pair."""
    total, counts = _folded_background()
    return math.log(total / min(total, counts.get(term, 8 if " " in term else 3)))


def side_of(text: str, *, is_social: bool) -> Side:
    """Return ``text`` as folded words; chat spellings are written out in social text."""
    found = words(normalize(text))
    if is_social:
        found = [full for word in found for full in expand(word)]
    plain = tuple(map(fold, found))
    pairs = frozenset(f"{a} {b}" for a, b in itertools.pairwise(plain))
    return Side(plain, frozenset(plain), pairs)


def reference_of(id: str, claim: str, correction: str) -> Reference:
    """Return a fact-check taken apart."""
    side = side_of(claim, is_social=False)
    capitals = {fold(w) for w in _CAPITALISED.findall(normalize(claim)) if w[0].isupper()}
    first = side.words[:1]
    corrected = side_of(correction, is_social=False).bag - side.bag
    return Reference(
        id=id,
        text=claim,
        correction_text=correction,
        claim=side,
        provinces=side.provinces,
        names=frozenset(w for w in capitals if weight(w) > 1.5 and w not in first),
        plain=frozenset(w for w in side.bag - capitals if weight(w) > 2.0),
        numbers=frozenset(w for w in side.bag if any(c.isdigit() for c in w)),
        marked_claim=frozenset(w for w in side.bag if weight(w) > _TELLING),
        correction=frozenset(w for w in corrected if weight(w) > 2.0),
    )


def compare(reference: Reference, side: Side, raw: str) -> list[float]:
    """Return FEATURES of a document's text against a fact-check."""
    claim = reference.claim
    shared, pairs = claim.bag & side.bag, claim.pairs & side.pairs
    rare = sorted(map(weight, shared), reverse=True)
    rare_pairs = sorted(map(weight, pairs), reverse=True)
    norm = math.sqrt(_squares(claim.bag) * _squares(side.bag)) or 1.0
    return [
        _share(shared, claim.bag),
        _share(pairs, claim.pairs),
        _squares(shared) / norm,
        rare[0] if rare else 0.0,
        sum(rare[:3]),
        rare_pairs[0] if rare_pairs else 0.0,
        sum(rare_pairs[:3]),
        _share(reference.plain & side.bag, reference.plain),
        len(reference.names & side.bag) / len(reference.names) if reference.names else 0.5,
        float(bool(reference.names)),
        _share(reference.correction & side.bag, reference.correction),
        len(reference.numbers & side.bag) / len(reference.numbers) if reference.numbers else 0.5,
        float("?" in raw),
        math.log1p(len(side.words)),
        float(len(shared)),
        float(len(pairs)),
    ]


def marked(reference: Reference, raw: str, *, is_social: bool) -> list[str]:
    """Return the words of a text in order, those of the claim and its correction as marks."""
    found = []
    for word in words(normalize(raw)):
        plain = [fold(w) for w in (expand(word) if is_social else (word,))]
        if any(w in reference.marked_claim for w in plain):
            found.append(CLAIM_MARK)
        elif any(w in reference.correction for w in plain):
            found.append(CORRECTION_MARK)
        else:
            found.append(word)
    return found


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    total = sum(map(weight, whole))
    return sum(map(weight, part)) / total if total else 0.0


def _squares(terms: frozenset[str]) -> float:
    return sum(weight(term) ** 2 for term in terms)


def ngrams(found: Sequence[str], longest: int = 3) -> Counter[str]:
    """Return how often each run of up to ``longest`` words occurs."""
    return Counter(
        " ".join(found[at : at + length])
        for length in range(1, longest + 1)
        for at in range(len(found) - length + 1)
    )
