"""Markup to plain text in linear time: nothing that was a tag survives, so nothing can run later.

Used for feed fragments, API texts and metadata. Whole pages go through :mod:`crawlers.pages`.
"""

from __future__ import annotations

import html
import re
import unicodedata

# One tag; quoted attribute values may hold ">" but are bounded, so that a hostile string of
# unclosed quotes costs linear time.
_TAG = re.compile(
    r"""</?[a-zA-Z](?:(?:[^<>"']++|"[^"<]{0,4000}"|'[^'<]{0,4000}')*+>|[^<>]*+>)|<[!?][^<>]*+>"""
)
_PLAIN_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*+>")
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|br|li|[uo]l|h[1-6r]|t[rd]|table|blockquote|section|article|figure|figcaption|pre|"
    r"d[tdl]|header|footer)\b[^<>]*+>",
    re.I,
)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n\s*")
_UNSEEN = ("script", "style", "noscript", "template", "iframe", "object", "svg")
_MAYBE_UNSEEN = re.compile(r"<(?i:script|style|noscript|template|iframe|object|svg)\b")
_TAGS = re.compile(r"(?:<[a-zA-Z/][^<>]*+>\s*+)++")
_MAX_QUICK_TAGS = 8
_QUICK_NAMES = ("a", "b", "br", "div", "em", "i", "img", "p", "span", "strong")
_QUICK_TAGS = frozenset([*_QUICK_NAMES, *(f"/{name}" for name in _QUICK_NAMES), "br/"])
_ESCAPED_TAG = re.compile(
    r"&lt;\s*/?\s*(?:p|br|a|img|b|i|em|strong|div|span|ul|li|ol|table|h[1-6])\b", re.I
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
# C0 and C1 controls but tab and newline, U+FFFE/F, lone surrogates: never text. Zero-width and
# direction characters: invisible, and able to disguise what is read.
_NEVER = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff"
    "\u200b\u200c\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069"
)
_INVISIBLE = "\u200b\u200c\u2060\ufeff\u00ad\u200e\u200f"
_NEVER_TEXT = re.compile(f"[{_NEVER}]")
_MAX_ESCAPES = 3


def plain_text(fragment: str) -> str:
    """Return the visible text of an HTML fragment: NFC, one block a line, no tags or controls.

    Text that was escaped twice ("&amp;lt;p&amp;gt;", "&amp;eacute;") is understood; a lone "<"
    that begins no tag stays what it was.
    """
    if not fragment:
        return ""
    text = fragment
    for _ in range(_MAX_ESCAPES):
        if "<" in text:
            text = _strip_tags(text)
        if "&" not in text or not _ENTITY.search(text):
            break
        is_escaped_markup = _ESCAPED_TAG.search(text) is not None
        unescaped = html.unescape(text)
        if unescaped == text:
            break
        text = unescaped
        if not is_escaped_markup and not _ENTITY.search(text):
            break
    return tidy(without_tags(tidy(text)))


def title_text(fragment: str) -> str:
    """Return ``fragment`` as one line of plain text."""
    text = plain_text(fragment) if "<" in fragment or "&" in fragment else tidy(fragment)
    return text.replace("\n", " ") if "\n" in text else text


def tidy(text: str) -> str:
    """Return ``text`` in NFC without control or invisible characters, blanks collapsed."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = text.strip()
    if text.isprintable() and "  " not in text:  # no control, format or odd blank in it
        return text
    text = _NEVER_TEXT.sub("", text.replace("\r", "\n"))
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def without_unseen(text: str) -> str:
    """Return ``text`` in NFC without control or invisible characters."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    return _NEVER_TEXT.sub("", text) if any(mark in text for mark in _INVISIBLE) else text


def without_tags(text: str) -> str:
    """Return ``text`` without what would be a whole tag if it were ever taken for HTML."""
    for _ in range(_MAX_ESCAPES):
        if "<" not in text:
            break
        text = _PLAIN_TAG.sub("", text)
    return text


def _strip_tags(text: str) -> str:
    if (words := _only_words(text)) is not None:
        return words
    if _MAYBE_UNSEEN.search(text):
        for name in _UNSEEN:
            text = _drop_element(text, name)
    if "<!--" in text:
        text = _drop_between(text, "<!--", "-->")
    if "[CDATA[" in text:
        text = text.replace("<![CDATA[", "").replace("]]>", "")
    # Where each "<" has its ">", no attribute value holds one, and the quick pattern is right.
    return (_PLAIN_TAG if text.count("<") == text.count(">") else _TAG).sub(
        "", _BLOCK_TAG.sub("\n", text)
    )


def _only_words(text: str) -> str | None:
    """Return the one run of words in a short fragment (a picture and its caption), else None.

    Between tags that hold no second run no line can break, so that nothing else must be known.
    """
    leading = _TAGS.match(text)
    words = text[leading.end() :] if leading else text
    if "<" not in words and ">" not in words:
        return words
    before, *rest = text.split("<", _MAX_QUICK_TAGS + 1)
    if len(rest) > _MAX_QUICK_TAGS:
        return None
    words = before
    for part in rest:
        tag, closed, after = part.partition(">")
        if not closed or tag.partition(" ")[0].lower() not in _QUICK_TAGS:
            return None
        if after and not after.isspace():
            if words and not words.isspace():
                return None
            words = after
    return None if ">" in words else words


def _drop_element(text: str, name: str) -> str:
    """Return ``text`` without ``<name …>…</name>``; an unclosed one loses only its tag."""
    lower = text.lower()
    if len(lower) != len(text):  # a few characters change length when lower-cased
        return text
    kept, position, opening, closing = [], 0, f"<{name}", f"</{name}"
    while (start := lower.find(opening, position)) >= 0:
        end = lower.find(closing, start)
        if end < 0:
            break
        kept.append(text[position:start])
        after = text.find(">", end)
        position = len(text) if after < 0 else after + 1
    kept.append(text[position:])
    return "".join(kept)


def _drop_between(text: str, opening: str, closing: str) -> str:
    kept, position = [], 0
    while (start := text.find(opening, position)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        kept.append(text[position:start])
        position = end + len(closing)
    kept.append(text[position:])
    return "".join(kept)
