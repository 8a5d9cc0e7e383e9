"""Vietnamese text: normal forms, folding, words with offsets. One tokeniser for every engine.

Promise: what search, rules, highlights and models see as a word is decided here and nowhere
else. All functions are pure and total: any string is accepted.

Two readings of a text:

- *Unicode words* (:func:`tokenize`, :func:`words`): UAX #29 as Lucene's StandardTokenizer reads
  it (``tp.hcm`` and ``1.000`` are one word, at most 255 characters).
- *Search words* (:func:`search_tokens`, :func:`search_words`): what the index and the rules hold.
  Dots and apostrophes between letters separate (``TP.HCM`` = ``TP HCM``), numbers lose their
  grouping (``1.000`` = ``1,000`` = ``1000``; ``2,5`` = ``2.5``), invisible characters, Unicode
  forms and the place of the tone mark do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

TOKENIZER_VERSION = "1"
"""Changes whenever the same text gives other search words; an index of another one is outdated."""

_MAX_WORD = 255

_ZERO_WIDTH = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
_BIDI = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_INVISIBLE = {**_ZERO_WIDTH, **_BIDI}
_INVISIBLE_CLASS = "".join(map(chr, _INVISIBLE))
_HAS_INVISIBLE = re.compile(f"[{_INVISIBLE_CLASS}]")

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
# It begins with letters, and not with what must not stand before them, so that it is looked for
# quickly; a pair that the table does not know stays.
_OLD_TONE = re.compile(
    "[oOuU](?<![qQ].)[" + "".join({pair[1] for pair in _OLD_TONE_PLACEMENT}) + r"](?![^\W\d_])"
)

# Unicode words, quick: the text holds nothing but Latin letters and common punctuation.
_LATIN_ONLY = re.compile(
    "[\u0000-\u00a8\u00aa-\u00ad\u00af-\u024f\u0300-\u036f\u1e00-\u1eff\u2010-\u201f\u2026]*"
)
_ODD = "\u00b2\u00b3\u00b9\u00bc-\u00be"  # superscripts and fractions: alphanumeric, but no word
_LETTER, _WORDLIKE = rf"[^\W\d_{_ODD}]", rf"[^\W{_ODD}]"
_LATIN_WORD = re.compile(
    rf"{_WORDLIKE}(?:{_WORDLIKE}+|[\u00ad\u0300-\u036f]"
    rf"|(?<={_LETTER})['.:·\u2018\u2019](?={_LETTER})"
    r"|(?<=\d)['.,;\u2018\u2019](?=\d))*"
)
# Unicode words, whole: UAX #29 with Lucene's types (Han and Hiragana one by one, emoji).
_EX = r"[\p{WB=Extend}\p{WB=Format}\p{WB=ZWJ}]*"
_AH = rf"(?:[\p{{WB=ALetter}}\p{{WB=Hebrew_Letter}}--\p{{Line_Break=SA}}]{_EX})"
_NUM = rf"(?:\p{{WB=Numeric}}{_EX})"
_JOIN = rf"(?:\p{{WB=ExtendNumLet}}{_EX})"
_MID_LETTER = rf"(?:[\p{{WB=MidLetter}}\p{{WB=MidNumLet}}\p{{WB=Single_Quote}}]{_EX})"
_MID_NUM = rf"(?:[\p{{WB=MidNum}}\p{{WB=MidNumLet}}\p{{WB=Single_Quote}}]{_EX})"
_KATAKANA = rf"(?:\p{{WB=Katakana}}{_EX})"
_UNICODE_WORD = regex.compile(
    rf"{_JOIN}*(?:{_KATAKANA}(?:{_JOIN}*{_KATAKANA})*"
    rf"|(?:{_NUM}(?:(?:{_JOIN}*|{_MID_NUM}){_NUM})*|{_AH}(?:(?:{_JOIN}*|{_MID_LETTER}){_AH})*)+)"
    rf"(?:{_JOIN}+(?:{_KATAKANA}(?:{_JOIN}*{_KATAKANA})*"
    rf"|(?:{_NUM}(?:(?:{_JOIN}*|{_MID_NUM}){_NUM})*"
    rf"|{_AH}(?:(?:{_JOIN}*|{_MID_LETTER}){_AH})*)+))*{_JOIN}*"
    rf"|(?:\p{{Line_Break=SA}}{_EX})+"
    rf"|[\p{{Script=Han}}\p{{Script=Hiragana}}]{_EX}"
    r"|\p{RI}\p{RI}|[0-9#*]\uFE0F?\u20E3"
    r"|\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]*"
    r"(?:\u200D\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]*)*",
    regex.V1,
)

# Search words: runs of letters and digits; marks and invisible characters inside belong to them.
_INSIDE = rf"[\u0300-\u036f{_INVISIBLE_CLASS}]"
_SEARCH_WORD = re.compile(rf"[^\W_](?:[^\W_]+|{_INSIDE}|(?<=\d)[.,](?=\d))*")
_GROUPING = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")


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
        text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    return _OLD_TONE.sub(_with_new_tone, text)


def _with_new_tone(match: re.Match[str]) -> str:
    pair = match.group()
    return _OLD_TONE_PLACEMENT.get(pair, pair)


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Return ``word`` lower-cased and without Vietnamese marks: "Đường" → "duong"."""
    return word.lower() if word.isascii() else unmarked(word.lower())


def unmarked(text: str) -> str:
    """Return ``text`` without Vietnamese marks, in the case that it has: "Đường" → "Duong"."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.replace("đ", "d").replace("Đ", "D"))


def has_marks(word: str) -> bool:
    """Return whether ``word`` carries Vietnamese marks, so that a search means them exactly."""
    return not word.isascii() and fold(word) != word.lower()


def tokenize(text: str) -> list[Token]:
    """Return the Unicode words of ``text`` in order, lower-cased, with offsets into ``text``."""
    return [Token(text[a:b].lower(), a, b) for a, b in _unicode_spans(text)]


def words(text: str) -> list[str]:
    """Return the lower-cased Unicode words of ``text`` in order."""
    lowered = text.lower()
    if len(lowered) == len(text):
        # Nearly every text: no word to split or to leave out, so that no offsets are needed.
        if "_" not in text and _LATIN_ONLY.fullmatch(text):
            found: list[str] = _LATIN_WORD.findall(lowered)
            if len(max(found, key=len, default="")) <= _MAX_WORD:
                return found
        return [lowered[a:b] for a, b in _unicode_spans(text)]
    return [text[a:b].lower() for a, b in _unicode_spans(text)]


def search_tokens(text: str) -> list[Token]:
    """Return the search words of ``text`` in order, in normal form, with offsets into ``text``."""
    return [Token(_search_word(m.group()), m.start(), m.end()) for m in _SEARCH_WORD.finditer(text)]


def search_words(text: str) -> list[str]:
    """Return the search words of ``text`` in order, in normal form."""
    return [_search_word(w) for w in _SEARCH_WORD.findall(text)]


def _unicode_spans(text: str) -> Iterator[tuple[int, int]]:
    latin = _LATIN_ONLY.fullmatch(text) is not None
    for match in (_LATIN_WORD if latin else _UNICODE_WORD).finditer(text):
        start, end = match.span()
        if latin and text[start] == "_" and not match.group().strip("_"):
            continue
        while end - start > _MAX_WORD:
            yield start, start + _MAX_WORD
            start += _MAX_WORD
        yield start, end


@lru_cache(maxsize=131072)
def _search_word(raw: str) -> str:
    word = normalize(raw).lower()[:_MAX_WORD]
    if word.isalpha():
        return word
    return _GROUPING.sub("", word).replace(",", ".")
