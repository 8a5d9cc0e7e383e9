"""The fields of the query language and what may stand behind their colon. No author field exists:
nobody can search, filter or count by a person who wrote something (responsible use, rule 1)."""

from __future__ import annotations

from collections.abc import Mapping
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
