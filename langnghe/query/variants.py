"""Other ways to write the same words: abbreviations, quick-typing forms, raw Telex.

The lists are data (abbreviations.tsv). A query is widened, never the index, so that a better list
needs no reindex.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources

from langnghe.text import fold, search_words

_MOST_VARIANTS = 8

_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_TELEX_LETTERS = {"aa": "â", "ee": "ê", "oo": "ô", "aw": "ă", "ow": "ơ", "uw": "ư", "dd": "đ"}
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx])?"
    r"(?:[aăâeêioôơuưy]{1,3})(?:ch|ng|nh|[cmnpt])?"
)


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
def variants(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return other word sequences that mean ``words``, at most eight, never ``words`` itself."""
    table = _groups()
    found: dict[tuple[str, ...], None] = {}
    for start in range(len(words)):
        for size in range(min(_longest(), len(words) - start), 0, -1):
            for other in table.get(words[start : start + size], ()):
                found.setdefault(words[:start] + other + words[start + size :])
    telex = tuple(from_telex(w) or w for w in words)
    if telex != words:
        found.setdefault(telex)
    found.pop(words, None)
    return tuple(found)[:_MOST_VARIANTS]


@lru_cache(maxsize=65536)
def from_telex(word: str) -> str:
    """Return the Vietnamese syllable that raw Telex keys spell ("hocj" → "học"), "" if none."""
    if not word.isascii() or not word.isalpha() or len(word) < 3 or _SYLLABLE.fullmatch(word):
        return ""
    body, tone = word, ""
    if word[-1] in _TELEX_TONES and (len(word) > 3 or word[-1] in "fj"):
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
