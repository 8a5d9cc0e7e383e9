"""The fields of the query language and what may stand behind their colon. No author field exists:
nobody can search, filter or count by a person who wrote something (responsible use, rule 1)."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from langnghe.analysis import EXACT_FIELDS
from langnghe.query.ast import TEXT_FIELDS
from langnghe.text import fold, normalize
from langnghe.wording import (
    CHANNEL_LABELS,
    INTENT_LABELS,
    KIND_LABELS,
    STANCE_LABELS,
    TONE_LABELS,
    TOPIC_LABELS,
)

LONGEST_VALUE = 256
PUBLISHED = "published"
ALL_FIELDS = frozenset({*TEXT_FIELDS, *EXACT_FIELDS, PUBLISHED})

_LABELS: Mapping[str, Mapping[str, str]] = {
    "kind": KIND_LABELS,
    "channel": CHANNEL_LABELS,
    "topic": TOPIC_LABELS,
    "tone": TONE_LABELS,
    "stance": STANCE_LABELS,
    "intent": INTENT_LABELS,
}

# What people write for a field's name, without marks: the last word before the colon.
_VIETNAMESE_NAMES: Mapping[str, str] = {
    "tieude": "title", "de": "title", "tieu_de": "title", "tit": "title",
    "sapo": "lead", "po": "lead", "dan": "lead",
    "thanbai": "text", "noidung": "text", "dung": "text", "bai": "text", "body": "text",
    "bao": "outlet", "toasoan": "outlet", "site": "outlet",
    "nguon": "source", "loai": "kind", "kenh": "channel", "type": "kind",
    "tinh": "province", "diaban": "place", "noi": "place", "xa": "place", "phuong": "place",
    "coquan": "agency", "quan": "agency", "so": "agency",
    "linhvuc": "topic", "vuc": "topic", "chude": "topic",
    "sacthai": "tone", "thai": "tone", "giong": "tone", "sentiment": "tone",
    "thaido": "stance", "ydinh": "intent", "vuviec": "story", "viec": "story",
    "ngay": "published", "dang": "published", "date": "published", "gio": "published",
    "thoigian": "published", "time": "published", "since": "published",
}  # fmt: skip


def like_field(name: str) -> str:
    """Return the field that someone who wrote ``name`` may have meant, "" when nothing is near."""
    bare = fold(name)
    if known := _VIETNAMESE_NAMES.get(bare):
        return known
    return next(iter(get_close_matches(bare, sorted(ALL_FIELDS), n=1, cutoff=0.75)), "")


def like_value(field: str, value: str) -> str:
    """Return the value of the closed ``field`` that is nearest to ``value``, "" for none."""
    names = {fold(field_value(label)): str(code) for code, label in _LABELS.get(field, {}).items()}
    names |= {code: code for code in closed_values(field)}
    bare = fold(field_value(value))
    begun = [name for name in names if name.startswith(bare)]
    near = begun[:1] or get_close_matches(bare, names, n=1, cutoff=0.6)
    return names[near[0]] if near else ""


def value_label(field: str, value: str) -> str:
    """Return what the screens call a value of a closed field."""
    return _LABELS[field][value]


@lru_cache(maxsize=65536)
def field_value(value: str) -> str:
    """Return the comparable form of a field's value: normal form, lower case, single spaces."""
    return " ".join(normalize(value).lower().split())[:LONGEST_VALUE]


def closed_values(field: str) -> tuple[str, ...]:
    """Return the only values that ``field`` can have, () when it is open."""
    return tuple(str(v) for v in _LABELS.get(field, ()))


def resolve_value(field: str, value: str) -> str | None:
    """Return the value of ``field`` that ``value`` means: a code, or a label of the screen
    (``topic:"Y tế"``), with or without marks; None when a closed field has no such value."""
    wanted = field_value(value)
    labels = _LABELS.get(field)
    if labels is None or wanted == "*":
        return wanted
    if wanted in labels:
        return wanted
    for code, label in labels.items():
        if fold(field_value(label)) == fold(wanted):
            return str(code)
    return None
