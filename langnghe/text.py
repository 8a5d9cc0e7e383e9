"""Vietnamese text: normal forms, folding, words with offsets. One tokeniser for every engine.

Promise: what search, rules, highlights and models see as a word is decided here and nowhere
else. All functions are pure and total: any string is accepted.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_ZERO_WIDTH = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
_BIDI = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_INVISIBLE = {**_ZERO_WIDTH, **_BIDI}
_HAS_INVISIBLE = re.compile("[" + "".join(map(chr, _INVISIBLE)) + "]")

_TONES = "\u0300\u0301\u0303\u0309\u0323"
# The old and the new way to place the tone mark on oa, oe, uy: "hoà" = "hòa".
_OLD_TONE_PLACEMENT = {
    unicodedata.normalize("NFC", pair + tone): unicodedata.normalize(
        "NFC", pair[0] + tone + pair[1]
    )
    for lower in ("oa", "oe", "uy")
    for pair in (lower, lower.upper(), lower.capitalize())
    for tone in _TONES
}
_OLD_TONE = re.compile(
    r"(?<![qQ])(" + "|".join(_OLD_TONE_PLACEMENT) + r")(?![^\W\d_])",
)

# A Unicode word close to UAX #29: letters and digits, inner dots, commas and apostrophes kept
# (tp.hcm, 1.000, covid-19 is two words).
_WORD = re.compile(r"[^\W_]+(?:(?:(?<=\d)[.,](?=\d)|(?<=[^\W\d_])['’.·:](?=[^\W\d_])|_)[^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it stands in the text: lower-cased normal form and its character offsets."""

    word: str
    start: int
    end: int


def normalize(text: str) -> str:
    """Return ``text`` in NFC with tone marks in one place and without invisible characters."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    if _HAS_INVISIBLE.search(text):
        text = text.translate(_INVISIBLE)
    return _OLD_TONE.sub(lambda match: _OLD_TONE_PLACEMENT[match.group()], text)


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Return ``word`` lower-cased and without Vietnamese marks: "Đường" → "duong"."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFD", word.lower())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.replace("đ", "d"))


def has_marks(word: str) -> bool:
    """Return whether ``word`` carries Vietnamese marks, so that a search means them exactly."""
    return fold(word) != word.lower()


def tokenize(text: str) -> list[Token]:
    """Return the words of ``text`` in order, lower-cased, with offsets into ``text`` itself."""
    return [Token(m.group().lower(), m.start(), m.end()) for m in _WORD.finditer(text)]


def words(text: str) -> list[str]:
    """Return the lower-cased words of ``text`` in order."""
    return [w.lower() for w in _WORD.findall(text)]
