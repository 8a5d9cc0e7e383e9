"""Vietnamese typed for fonts of before Unicode (TCVN3/ABC, VNI-Windows), back to Unicode.

Old portals still serve text whose letters only a font turned into Vietnamese: "Céng hßa" (TCVN3) or
"Coäng hoøa" (VNI) where "Cộng hòa" is meant, whatever charset is declared. Promise: ordinary text
is never touched. What is changed must have

1. no letter that only Unicode has (ă, đ, ơ, ư, ạ …) in its piece: a page may mix both;
2. words that are no Vietnamese syllables as they stand and are some once converted;
3. enough different ones of them in the whole text, and no more that stay strange.

Tables: TCVN 5712:1993 (VN3); VNI-Windows as vnisoft published it. TCVN3 has no capitals with tones
(another font shows them), so capitals are put back only where all of a word's other letters are.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

_ENOUGH_WORDS = 6
_SHARE = 0.9
_SHARE_ONCE_SURE = 0.7
_SHARE_EXPLAINED = 0.5

_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT = "\u0300\u0301\u0303\u0309\u0323"
_HAT, _BREVE, _HORN = "\u0302\u0306\u031b"
_VNI_MARKS = {
    "ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _HAT, "à": _HAT + _GRAVE, "á": _HAT + _ACUTE, "å": _HAT + _HOOK, "ã": _HAT + _TILDE,
    "ä": _HAT + _DOT, "ê": _BREVE, "è": _BREVE + _GRAVE, "é": _BREVE + _ACUTE,
    "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE, "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {"ñ": "đ", "ô": "ơ", "ö": "ư", "ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị",
                "î": "ỵ"}  # fmt: skip
_VOWELS = "aeouyôö"


def _vni_table() -> dict[str, str]:
    pairs = dict(_VNI_LETTERS)
    for vowel, (sign, marks) in product(_VOWELS, _VNI_MARKS.items()):
        letter = unicodedata.normalize("NFC", _VNI_LETTERS.get(vowel, vowel) + marks)
        if len(letter) == 1:
            pairs[vowel + sign] = letter
    table = dict(pairs)
    for typed, letter in pairs.items():
        table[typed.upper()] = letter.upper()
        table[typed[0].upper() + typed[1:]] = letter.upper()
    return table


_VNI = _vni_table()
_VNI_TYPED = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_TO_TCVN3 = str.maketrans(_TCVN3)

_PIECE = re.compile(r'[^<>"\n]+')
_WORD = re.compile("[A-Za-z\xa1-\xff]+")
_MARKED = re.compile("[\xa1-\xff]")
_ENTITY = re.compile(r"&(?:#(?:1[6-9]\d|2[0-4]\d|25[0-5])|[A-Za-z]{2,6}\d{0,2});")
_ONLY_UNICODE = re.compile(
    "[ĂăĐđĨĩŨũƠơƯư\u0300-\u0323\u1ea0-\u1ef9]|&#(?:2[6-9]\\d|[3-9]\\d\\d|\\d{4,6});"
)
# Signs of each font that any text of some words holds three of, and others hardly do; chosen among
# those that are looked for quickest.
_TELLTALES = (frozenset("\xadµ¶¸¹¨§ÖÜß×÷þñøîï"), frozenset("øïñûåäüë"))
_MIN_TELLTALES = 3

_ONSET = "(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
_RIME = (
    "a(?:ch?|i|m|ng?|nh|o|p|t|u|y)?|ă(?:c|m|ng?|p|t)|â(?:c|m|ng?|p|t|u|y)|e(?:c|m|ng?|o|p|t)?|"
    "ê(?:ch|m|n|nh|p|t|u)?|i(?:a|ch|m|n|nh|p|t|u)?|iê(?:c|m|ng?|p|t|u)|"
    "o(?:c|i|m|ng?|p|t)?|oa(?:ch?|i|m|ng?|nh|o|p|t|y)?|oă(?:c|m|ng?|t)|oe(?:n|o|t)?|oo(?:c|ng)|"
    "ô(?:c|i|m|ng?|p|t)?|ơ(?:i|m|n|p|t)?|u(?:a|c|i|m|ng?|p|t)?|uâ(?:ng?|t|y)|uê(?:ch|nh)?|"
    "uô(?:c|i|m|ng?|t)|uơ|uy(?:a|ch|n|nh|p|t|u)?|uyê(?:n|t)|"
    "ư(?:a|c|i|m|n|ng|t|u)?|ươ(?:c|i|m|ng?|p|t|u)|y|yê(?:m|n|t|u)"
)
# After "gi" and "qu" a rime has lost its own i or u: giết, quyết.
_SYLLABLE = re.compile(f"{_ONSET}(?:{_RIME})|gi(?:ê(?:c|m|ng?|t|u)|n|m)?|quy(?:ê(?:n|t)|t|nh|u)?")
_TONES = dict.fromkeys(map(ord, (_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT)))


def restored(text: str) -> tuple[str, str]:
    """Return ``text`` (also with markup) in Unicode, and from which font: "tcvn3", "vni" or ""."""
    if not _may_be_legacy(text):
        return text, ""
    pieces = _marked_pieces(text)
    found = max((_verdict(pieces, font) for font in _FONTS), key=lambda verdict: verdict.words)
    if found.words < _ENOUGH_WORDS:
        return text, ""
    is_pure = not _ONLY_UNICODE.search(text)

    def piece(match: re.Match[str]) -> str:
        return _convert(match.group(), found.font, is_pure=is_pure)

    return _PIECE.sub(piece, text), found.font.name


@dataclass(frozen=True)
class _Font:
    name: str
    convert: Callable[[str], str]


@dataclass(frozen=True)
class _Verdict:
    """How many different words of a text became syllables by one font's table."""

    font: _Font
    words: int


@dataclass(frozen=True)
class _Count:
    """Of a piece's words with marks: how many, and how many are syllables before and after."""

    marked: int
    before: int
    after: int
    gained: frozenset[str]


def _from_tcvn3(piece: str) -> str:
    letters = [c for c in piece if c.isascii() and c.isalpha()]
    if len(letters) >= 3 and all(map(str.isupper, letters)):
        return piece.translate(_TO_TCVN3).upper()
    return _WORD.sub(_word_from_tcvn3, piece)


def _word_from_tcvn3(match: re.Match[str]) -> str:
    word = match.group()
    letters = [c for c in word if c.isascii()]
    is_capital = len(letters) >= 2 and all(map(str.isupper, letters))
    found = word.translate(_TO_TCVN3)
    return found.upper() if is_capital else found


def _from_vni(piece: str) -> str:
    return _VNI_TYPED.sub(lambda match: _VNI[match.group()], piece)


_FONTS = (_Font("tcvn3", _from_tcvn3), _Font("vni", _from_vni))


def _may_be_legacy(text: str) -> bool:
    """Whether a closer look is worth its time; ordinary text ends here, a page in 0.3 ms."""
    written = set(map(html.unescape, set(_ENTITY.findall(text))))
    return any(
        sum(sign in written or sign in text for sign in signs) >= _MIN_TELLTALES
        for signs in _TELLTALES
    )


def _marked_pieces(text: str) -> list[str]:
    """Return the pieces with letters that an old font may have shown as others."""
    pieces = (
        _plain(piece) for piece in _PIECE.findall(text) if "&" in piece or not piece.isascii()
    )
    return [piece for piece in pieces if _MARKED.search(piece) and not _ONLY_UNICODE.search(piece)]


def _verdict(pieces: list[str], font: _Font) -> _Verdict:
    gained: set[str] = set()
    strange = explained = 0
    for piece in pieces:
        count = _count(piece, font)
        strange += count.marked - count.before
        if count.after > count.before and count.after >= _SHARE * count.marked:
            gained |= count.gained
            explained += count.marked - count.before
    return _Verdict(font, len(gained) if explained >= _SHARE_EXPLAINED * strange else 0)


def _convert(piece: str, font: _Font, *, is_pure: bool) -> str:
    plain = _plain(piece)
    if not _MARKED.search(plain) or _ONLY_UNICODE.search(plain):
        return piece
    count = _count(plain, font)
    is_gain = count.after > count.before or (is_pure and count.after == count.before)
    if is_gain and count.after >= _SHARE_ONCE_SURE * count.marked:
        return font.convert(plain)
    return piece


def _count(piece: str, font: _Font) -> _Count:
    marked = before = after = 0
    gained: set[str] = set()
    for word in _WORD.findall(piece):
        if len(word) < 2 or not _MARKED.search(word):
            continue
        was, becomes = _is_syllable(word.lower()), _is_syllable(font.convert(word).lower())
        marked, before, after = marked + 1, before + was, after + becomes
        if becomes and not was:
            gained.add(word.lower())
    return _Count(marked, before, after, frozenset(gained))


def _plain(piece: str) -> str:
    """Return a piece with the entities of the old letters as letters; others stay."""
    return _ENTITY.sub(_letter, piece) if "&" in piece else piece


def _letter(match: re.Match[str]) -> str:
    letter = html.unescape(match.group())
    return letter if len(letter) == 1 and "\xa1" <= letter <= "\xff" else match.group()


@lru_cache(maxsize=16384)
def _is_syllable(word: str) -> bool:
    decomposed = unicodedata.normalize("NFD", word)
    bare = decomposed.translate(_TONES)
    if len(decomposed) - len(bare) > 1:
        return False
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None
