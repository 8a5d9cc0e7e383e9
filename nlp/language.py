"""Which language a text is in: enough to set foreign text apart, with or without accents."""

from __future__ import annotations

from langnghe.text import fold, has_marks, words
from nlp.resources import read_words
from nlp.teencode import expand

_VIETNAMESE = read_words("syllables-unmarked.txt")
_ENGLISH = read_words("english-words.txt")


def detect_language(text: str) -> str:
    """Return "vi", "en" or "other"; text of fewer than three words counts as Vietnamese.

    Chat spellings ("mn ko bt") are Vietnamese too.
    """
    found = words(text)
    if len(found) < 3:
        return "vi"
    if sum(map(has_marks, found)) >= 0.15 * len(found):
        return "vi" if _is_latin(text) else "other"
    vietnamese = sum(fold(word) in _VIETNAMESE or expand(word) != (word,) for word in found)
    english = sum(word in _ENGLISH for word in found)
    if english > vietnamese and english >= 0.15 * len(found):
        return "en"
    return "vi" if vietnamese >= 0.15 * len(found) else "other"


def _is_latin(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return sum(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 for c in letters) * 2 >= len(letters)
