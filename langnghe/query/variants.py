"""Other ways to write the same words: abbreviations, quick-typing forms, raw Telex.

The lists are data (abbreviations.tsv). A query is widened, never the index, so that a better list
needs no reindex.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from langnghe.text import fold, search_words

_MOST_VARIANTS = 8

_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_TELEX_LETTERS = {"aa": "â", "ee": "ê", "oo": "ô", "aw": "ă", "ow": "ơ", "uw": "ư", "dd": "đ"}
_VOWEL = re.compile("[aeiouy]")
_TONE_INSIDE = re.compile("(.*[aeiouyw])([sfrxj])(ch|ng|nh|[cmnpt])")
_TELEX_ONLY = re.compile("aa|ee|oo|aw|ow|uw|dd")
_DOUBLED = re.compile("aa|ee|oo")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx])?"
    r"(?:[aăâeêioôơuưy]{1,3})(?:ch|ng|nh|[cmnpt])?"
)


@dataclass(frozen=True, slots=True)
class Variant:
    """Words that stand for typed ones. ``has_known_marks``: no typed word is left in them that
    could be a word with marks, so that they are compared with theirs even when none was typed
    (the "thành phố hcm" of "tp hcm", but not the "thành phố da nang" of "tp da nang")."""

    words: tuple[str, ...]
    has_known_marks: bool


@cache
def _groups() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Word sequence → the other members of its line in abbreviations.tsv."""
    table: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    lines = resources.files(__package__).joinpath("abbreviations.tsv").read_text("utf-8")
    for line in lines.splitlines():
        if not line or line.startswith("#"):
            continue
        forms = [tuple(search_words(form)) for form in line.split("\t")]
        for form in forms:
            others = tuple(f for f in forms if f != form)
            table[form] = table.get(form, ()) + others
            folded = tuple(map(fold, form))
            if len(form) > 1 and folded != form:
                table[folded] = table.get(folded, ()) + others
    return table


@cache
def _longest() -> int:
    return max(map(len, _groups()))


@lru_cache(maxsize=65536)
def variants(words: tuple[str, ...]) -> tuple[Variant, ...]:
    """Return what stands for ``words`` by the list or by raw Telex, never ``words`` itself."""
    table = _groups()
    found: dict[tuple[str, ...], Variant] = {}
    for start in range(len(words)):
        for size in range(min(_longest(), len(words) - start), 0, -1):
            for other in table.get(words[start : start + size], ()):
                before, after = words[:start], words[start + size :]
                other = before + other + after
                found.setdefault(other, Variant(other, not any(map(_VOWEL.search, before + after))))
    kept = list(found.values())[:_MOST_VARIANTS]
    if any(map(from_telex, words)):
        typed = tuple(from_telex(w) or _doubled(w) or w for w in words)
        kept.append(Variant(typed, has_known_marks=True))
    return tuple(variant for variant in kept if variant.words != words)


def is_abbreviation(words: tuple[str, ...]) -> bool:
    """Return whether ``words`` are a listed form that no Vietnamese syllable stands in, such as
    "tp hcm" or "ubnd" but not "hong": whoever types it means these very letters."""
    return words in _groups() and not any(map(_SYLLABLE.fullmatch, words))


@lru_cache(maxsize=65536)
def from_telex(word: str) -> str:
    """Return the Vietnamese syllable that raw Telex keys spell ("hocj" → "học"), "" if none."""
    return "" if _SYLLABLE.fullmatch(word) else _typed(word)


def _doubled(word: str) -> str:
    """Return what ``word`` spells beside raw Telex, where a doubled letter is a key typed twice:
    "thoong" alone is a syllable like "xoong", in "giao thoong hocj" it is "thông"."""
    return _typed(word) if _DOUBLED.search(word) else ""


def _typed(word: str) -> str:
    if not word.isascii() or not word.isalpha() or len(word) < 3:
        return ""
    body, tone = word, ""
    inside = _TONE_INSIDE.fullmatch(word)
    if inside is not None and (inside[2] in "fj" or _TELEX_ONLY.search(word)):
        body, tone = inside[1] + inside[3], _TELEX_TONES[inside[2]]
    elif word[-1] in _TELEX_TONES and (len(word) > 3 or word[-1] in "fj"):
        body, tone = word[:-1], _TELEX_TONES[word[-1]]
    body = body.replace("uow", "ươ").replace("dd", "đ")
    for keys, letter in _TELEX_LETTERS.items():
        body = body.replace(keys, letter)
    if not _SYLLABLE.fullmatch(body) or (not tone and body.isascii()):
        return ""
    return _with_tone(body, tone) if tone else body


def _with_tone(body: str, tone: str) -> str:
    start = 2 if body.startswith(("qu", "gi")) and len(body) > 2 and body[2] in _VOWELS else 0
    places = [i for i, c in enumerate(body) if i >= start and c in _VOWELS]
    if not places:
        return ""
    marked = [i for i in places if body[i] in "ăâêôơư"]
    if marked:
        place = marked[-1]
    elif len(places) == 1 or (places[-1] == len(body) - 1 and body[-2:] not in ("oa", "oe", "uy")):
        place = places[0] if len(places) < 3 else places[1]
    else:
        place = places[0] if places[-1] == len(body) - 1 else places[1]
    return unicodedata.normalize("NFC", body[: place + 1] + tone + body[place + 1 :])


_VOWELS = "aăâeêioôơuưy"
