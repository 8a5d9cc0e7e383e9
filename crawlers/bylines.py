"""Who signed an article, as papers print it at its end: "Hải Thử", "Bài, ảnh: HẢI THỬ"."""

from __future__ import annotations

import re

from lxml import etree

_RIGHT = re.compile(r"text-align:\s*(?:right|end)", re.I)
_RIGHT_CLASS = re.compile(
    r"(?:^|[\s_-])(?:text-right|align-?right|right-align|pauthor)(?=$|[\s_-])", re.I
)
_BEFORE_NAME = re.compile(
    r"(?:(?:tin|bài|ảnh|clip|đồ họa|thực hiện|tác giả(?: bài viết)?)(?:,| và| -)?\s*)+:\s*|by\s+",
    re.I,
)
# A report taken over from others bears their name.
_TAKEN_OVER = re.compile(r"(?:theo|nguồn|lược dịch|tổng hợp|\()", re.I)
_MOST_WORDS, _MOST_NAMES, _LONGEST = 5, 3, 80


def signed_by(body: etree._Element) -> str:
    """Return the names that stand alone on the right below the text, "" where none do."""
    found = ""
    for node in body.iter("p", "div", "span", "strong"):
        style, name = node.get("style"), node.get("class")
        is_right = (
            (node.get("align") or "").lower() == "right"
            or bool(style and _RIGHT.search(style))
            or bool(name and _RIGHT_CLASS.search(name))
        )
        if is_right and (names := _names(" ".join("".join(node.itertext()).split()))):
            found = names
    return found


def _names(text: str) -> str:
    if not 3 <= len(text) <= _LONGEST or _TAKEN_OVER.match(text):
        return ""
    text = _BEFORE_NAME.sub("", text, count=1).strip()
    names = re.split(r"\s*(?:,|;| - |–|/|&| và )\s*", text)
    is_name = len(names) <= _MOST_NAMES and all(map(_is_name, names))
    return ", ".join(names) if is_name else ""


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= _MOST_WORDS and all(
        word[0].isupper() and word.replace(".", "").isalpha() for word in words
    )
