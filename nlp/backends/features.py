"""Turns texts into hashed word features: single words, pairs and triples, the headline's apart.

A feature is the 32-bit mix of its words' CRC-32 values and of its family, so
that no vocabulary has to be loaded; word order counts, the border between
headline and body is never crossed. What a word is, is fixed here and not
shared with search, so that weights stay valid whatever search learns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from langnghe.text import fold

WORD = re.compile(r"[^\W_]+")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_FAMILIES = ("word", "pair", "triple", "headline_word", "headline_pair", "bare_word", "bare_pair")
_SALT = {name: np.uint64(crc32(name.encode())) for name in _FAMILIES}


@lru_cache(maxsize=1 << 17)
def _word_hash(word: str) -> int:
    return crc32(word.encode())


@lru_cache(maxsize=1 << 17)
def _bare_hash(word: str) -> int:
    return crc32(fold(word).encode())


@dataclass(frozen=True)
class Occurrences:
    """Every feature of a batch where it stands; the arrays are of one length.

    ``row`` is the text, ``key`` the feature, ``first`` the number of the first
    word it spans and ``width`` how many words, counted over the whole batch.
    ``starts`` gives the number of the first word of every text, and the end.
    """

    row: NDArray[np.int64]
    key: NDArray[np.uint32]
    first: NDArray[np.int64]
    width: NDArray[np.int64]
    starts: NDArray[np.int64]


def extract(pairs: Sequence[tuple[str, str]], *, social: bool) -> Occurrences:
    """The features of every (headline, body) pair.

    In news the headline says the same as the body and counts twice; in
    ``social`` writing it belongs to somebody else and is kept apart, and words
    count once more without their marks, which many writers leave out.
    """
    sides = [WORD.findall(text.lower()) for both in pairs for text in both]
    words = [word for side in sides for word in side]
    sizes = np.fromiter(map(len, sides), np.int64, len(sides))
    place = np.repeat(np.arange(len(sides)), sizes)
    hashes = np.fromiter(map(_word_hash, words), np.uint64, len(words))
    is_head = place % 2 == 0
    second, third = _follows(place, 1), _follows(place, 2)
    shared = [np.arange(len(words)), second, third]
    if social:
        shared = [starts[~is_head[starts]] for starts in shared]
    families = [
        ("word", shared[0], hashes, 1),
        ("pair", shared[1], hashes, 2),
        ("triple", shared[2], hashes, 3),
        ("headline_word", np.flatnonzero(is_head), hashes, 1),
        ("headline_pair", second[is_head[second]], hashes, 2),
    ]
    if social:
        bare = np.fromiter(map(_bare_hash, words), np.uint64, len(words))
        families += [("bare_word", shared[0], bare, 1), ("bare_pair", shared[1], bare, 2)]
    at = np.concatenate([starts for _, starts, _, _ in families])
    return Occurrences(
        row=place[at] // 2 if len(words) else at,
        key=np.concatenate([_mix(*family) for family in families]),
        first=at,
        width=np.concatenate([np.full(len(starts), size) for _, starts, _, size in families]),
        starts=np.concatenate([[0], np.cumsum(sizes.reshape(-1, 2).sum(axis=1))]),
    )


def _follows(place: NDArray[np.int64], distance: int) -> NDArray[np.int64]:
    return np.flatnonzero(place[distance:] == place[:-distance])


def _mix(
    family: str, starts: NDArray[np.int64], hashes: NDArray[np.uint64], width: int
) -> NDArray[np.uint32]:
    mixed = np.full(len(starts), _SALT[family], np.uint64)
    for step in range(width):
        mixed = (mixed ^ hashes[starts + step]) * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)
