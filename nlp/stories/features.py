"""What clustering sees of a document, and what it compares of a pair of documents.

Weights are TF-IDF over words and word pairs of title and lead against a fixed background of nine
months of Vietnamese news, so that a word that suddenly fills the week keeps its weight.
"""

from __future__ import annotations

import gzip
import itertools
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

import regex

from langnghe.document import Document
from langnghe.profile import Profile
from langnghe.text import normalize, words
from nlp.places.gazetteer import units
from nlp.places.provinces import provinces_in

_NAME = regex.compile(r"\p{Lu}\w*(?:[.’'-]\w+)*(?:\s+[\p{Lu}\d]\w*(?:[.’'-]\w+)*)+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_DIGEST = re.compile(
    r"^(?:xem nhanh|điểm tin|toàn cảnh|tin tức sáng|bản tin)\b[^:|]{0,24}:\s*", re.IGNORECASE
)
_DIGEST_BREAK = re.compile(r"\s[|]\s|;\s")
_UNKNOWN_WORD, _UNKNOWN_PAIR = 3, 8
_LEAD_WORDS = 60
_WORD_WEIGHT = 0.6
_TITLE_WEIGHT = 2.0

PAIR_FEATURES = (
    "cosine",
    "rarest_pair",
    "rare_pairs",
    "rare_words",
    "rare_sum",
    "rare_count",
    "title_words",
    "names",
    "name_weight",
    "rarest_name",
    "numbers",
    "gap_days",
    "provinces_shared",
    "provinces_apart",
    "same_outlet",
    "title_cosine",
    "rarest_title_word",
    "pair_count",
    "rare_pair_count",
    "cosine_to_top",
    "rank",
    "near_count",
    "title_length",
    "other_title_length",
    "name_count",
    "other_name_count",
)
_RARE_PAIR = 7
_NEAR = 0.15

Vector = dict[str, float]


@dataclass(frozen=True, slots=True)
class Traits:
    """One document as clustering sees it; ``at`` is in days."""

    document_id: str
    at: float
    is_social: bool
    outlet: str
    full: Vector
    title: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    provinces: frozenset[str]


@lru_cache(maxsize=1)
def background() -> tuple[int, Mapping[str, int]]:
    """Return how many news items the background holds and in how many each term occurs."""
    raw = files("nlp.resources").joinpath("background-df.txt.gz").read_bytes()
    first, *lines = gzip.decompress(raw).decode("utf-8").splitlines()
    counts = {}
    for line in lines:
        term, _, count = line.rpartition("\t")
        counts[term] = int(count)
    return int(first), counts


@lru_cache(maxsize=262_144)
def rarity(term: str) -> float:
    """Return the inverse document frequency of a word or word pair."""
    total, counts = background()
    unknown = _UNKNOWN_PAIR if " " in term else _UNKNOWN_WORD
    return math.log(total / counts.get(term, unknown))


def home_names(profile: Profile) -> re.Pattern[str] | None:
    """Return what matches the name of the office's own province, None for the whole country.

    In a provincial office's stream that name stands in most documents, so it tells nothing about
    which story one belongs to, however rare it is in the country's news.
    """
    names = {u.name for u in units() if u.level == "province" and u.code == profile.province}
    names |= {p.name for p in profile.places if p.level == "province"}
    names |= {alias for p in profile.places if p.level == "province" for alias in p.aliases}
    if not names:
        return None
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:(?:tỉnh|thành phố)\s+)?(?:{longest_first})(?!\w)", re.IGNORECASE)


def traits_of(
    doc: Document, latest: datetime | None = None, home: re.Pattern[str] | None = None
) -> Traits:
    """Return what clustering sees of ``doc``; a digest counts as its first headline.

    A document from the future counts as seen at ``latest``; what ``home`` matches is not seen.
    """
    title, lead = normalize(doc.title), normalize(doc.lead)
    if _DIGEST.match(title):
        title, lead = _DIGEST_BREAK.split(_DIGEST.sub("", title))[0], ""
    if doc.kind.is_social and doc.parent_title:
        title = f"{normalize(doc.parent_title)} . {title}"
    if not lead:
        lead = " ".join(normalize(doc.text[:800]).split()[:_LEAD_WORDS])
    provinces = provinces_in(f"{title} . {lead}")
    if home is not None:
        title, lead = home.sub(" ", title), home.sub(" ", lead)
    title_words, lead_words = words(title), words(lead)
    seen = f"{title} . {lead}"
    return Traits(
        document_id=doc.id,
        at=(min(doc.first_seen_at, latest) if latest else doc.first_seen_at).timestamp() / 86_400,
        is_social=doc.kind.is_social,
        outlet=doc.outlet,
        full=vector_of((title_words, _TITLE_WEIGHT), (lead_words, 1.0)),
        title=frozenset(title_words),
        names=frozenset(name.lower() for name in _NAME.findall(seen)),
        numbers=frozenset(n for n in _NUMBER.findall(seen) if len(n) > 1),
        provinces=provinces,
    )


def vector_of(*parts: tuple[Sequence[str], float]) -> Vector:
    """Return the TF-IDF weights, length 1, of words and word pairs; each part has its weight."""
    counts: defaultdict[str, float] = defaultdict(float)
    for found, weight in parts:
        for word in found:
            counts[word] += weight * _WORD_WEIGHT
        for left, right in itertools.pairwise(found):
            counts[f"{left} {right}"] += weight
    weights = {
        term: (1 + math.log(count) if count > 1 else count) * rarity(term)
        for term, count in counts.items()
    }
    norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
    return {term: w / norm for term, w in weights.items()}


def compare_all(traits: Traits, near: Sequence[tuple[Traits, float]]) -> list[tuple[float, ...]]:
    """Return PAIR_FEATURES of a document with each of its neighbours, given nearest first.

    Beside what a pair shares count how it compares with the document's other neighbours: a
    cosine of 0.2 says much where nothing is nearer and little where ten are.
    """
    top = near[0][1] if near else 1.0
    crowd = float(sum(cosine > _NEAR for _, cosine in near))
    return [
        (*_compare(traits, other, cosine), cosine / top, float(rank), crowd, *_sizes(traits, other))
        for rank, (other, cosine) in enumerate(near)
    ]


def _sizes(a: Traits, b: Traits) -> tuple[float, ...]:
    return float(len(a.title)), float(len(b.title)), float(len(a.names)), float(len(b.names))


def _title_cosine(a: Traits, b: Traits) -> float:
    shared = sum(rarity(t) ** 2 for t in a.title & b.title)
    norms = sum(rarity(t) ** 2 for t in a.title) * sum(rarity(t) ** 2 for t in b.title)
    return shared / math.sqrt(norms) if norms else 0.0


def _compare(a: Traits, b: Traits, cosine: float) -> tuple[float, ...]:
    shared = a.full.keys() & b.full.keys()
    pairs = sorted((rarity(t) for t in shared if " " in t), reverse=True)
    singles = sorted((rarity(t) for t in shared if " " not in t), reverse=True)
    names = a.names & b.names
    titles = sorted((rarity(t) for t in a.title & b.title), reverse=True)
    both_placed = bool(a.provinces and b.provinces)
    is_same_place = not a.provinces.isdisjoint(b.provinces)
    name_words = [rarity(word) for name in names for word in name.split()]
    return (
        cosine,
        pairs[0] if pairs else 0.0,
        sum(pairs[:3]),
        sum(singles[:3]),
        sum(r - 3 for r in singles if r > 3),
        float(sum(r > 4 for r in singles)),
        sum(titles[:2]),
        float(len(names)),
        sum(name_words),
        max(name_words, default=0.0),
        float(len(a.numbers & b.numbers)),
        abs(a.at - b.at),
        float(is_same_place),
        float(both_placed and not is_same_place),
        float(a.outlet == b.outlet),
        _title_cosine(a, b),
        titles[0] if titles else 0.0,
        float(len(pairs)),
        float(sum(r > _RARE_PAIR for r in pairs)),
    )


def shared_words(a: Traits, b: Traits, limit: int = 5) -> tuple[str, ...]:
    """Return what ties two documents together: rare shared words, names, places and numbers."""
    shared = a.full.keys() & b.full.keys()
    found = sorted(a.names & b.names, key=len, reverse=True)
    found += sorted((t for t in shared if " " in t), key=lambda t: (-rarity(t), t))
    found += sorted((t for t in shared if " " not in t), key=lambda t: (-rarity(t), t))
    found += sorted(a.numbers & b.numbers)
    chosen: list[str] = []
    for term in found:
        if len(chosen) == limit:
            break
        if not any(term in kept or kept in term for kept in chosen):
            chosen.append(term)
    return tuple(chosen)
