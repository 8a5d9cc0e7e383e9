"""The index of Elasticsearch: its name, settings, strict mapping, and documents as it takes them.

Words come from :mod:`langnghe.text` and are sent ready-made, separated by spaces: w_* as written,
f_* without marks, b_* of documents typed without marks. The analyser only takes them apart again,
which holds on every cluster because each word is made of Latin letters and digits: any other
character is written as ʘ and six hexadecimal digits, so that a prefix stays a prefix.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from indexer.store import INDEX_VERSION
from indexer.value_words import value_words
from langnghe.analysis import EXACT_FIELDS, AnalysedDocument
from langnghe.query.ast import TEXT_FIELDS
from langnghe.query.forms import Space
from langnghe.query.words import ItemWords, item_values

SPACE_FIELDS: Mapping[Space, str] = {Space.EXACT: "w", Space.FOLDED: "f", Space.BARE: "b"}
_ESCAPE = "\u0298"
_UNSAFE = re.compile(r"[^a-z0-9à-öø-ÿăđĩũơưạ-ỹ]")
_ANALYSER = "langnghe_words"
_LONGEST_WORD = 255 * 7

_HIDDEN: Mapping[str, Any] = {"type": "keyword", "index": False, "doc_values": False}
_WORDS: Mapping[str, Any] = {"type": "text", "analyzer": _ANALYSER, "norms": False}


def word_field(space: Space, text_field: str) -> str:
    """Return the field that holds the words of ``text_field`` in ``space``."""
    return f"{SPACE_FIELDS[space]}_{text_field}"


def index_name(alias: str, number: int) -> str:
    """Return the name of the index behind ``alias``; it says what built it."""
    return f"{alias}-{INDEX_VERSION}-{number:06d}"


def index_version(alias: str, index: str) -> str:
    """Return what built ``index``, "" when the name is not one of ours."""
    match = re.fullmatch(re.escape(alias) + r"-([\w.]+)-(\d{6,})", index)
    return match.group(1) if match else ""


def index_number(index: str) -> int:
    """Return the number at the end of an index name, 0 when there is none."""
    tail = index.rpartition("-")[2]
    return int(tail) if tail.isdecimal() else 0


def index_settings() -> dict[str, Any]:
    """Return the settings of a new index."""
    return {
        "number_of_shards": 1,
        "number_of_replicas": 0,
        "auto_expand_replicas": "0-1",
        "max_result_window": 10_000,
        "analysis": {
            "analyzer": {_ANALYSER: {"type": "custom", "tokenizer": _ANALYSER}},
            "tokenizer": {_ANALYSER: {"type": "standard", "max_token_length": _LONGEST_WORD}},
        },
    }


def index_mapping() -> dict[str, Any]:
    """Return the mapping of a new index: strict, words searchable only, texts stored only."""
    word_fields = [word_field(space, name) for space in SPACE_FIELDS for name in TEXT_FIELDS]
    values = {name: {"type": "keyword", "index": False} for name in sorted(EXACT_FIELDS)}
    return {
        "dynamic": "strict",
        "_source": {"excludes": [*word_fields, "x"]},
        "_meta": {"version": INDEX_VERSION, "cursor": "", "written": 0},
        "properties": {
            "id": {"type": "keyword"},
            "published": {"type": "date"},
            "second": {"type": "long"},
            "shuffle": {"type": "integer"},
            "x": {"type": "keyword", "doc_values": False},
            "values": {"properties": values},
            **{name: dict(_WORDS) for name in word_fields},
            **{name: dict(_HIDDEN) for name in (*TEXT_FIELDS, "shown_at", "outlet", "kind", "url")},
        },
    }


def index_document(item: AnalysedDocument) -> dict[str, Any]:
    """Return ``item`` as the index takes it."""
    doc, words = item.document, ItemWords(item)
    values = item_values(item)
    fields = {
        word_field(space, name): " ".join(map(index_word, words.words(space, name)))
        for space in SPACE_FIELDS
        for name in TEXT_FIELDS
    }
    return {
        "id": doc.id,
        "published": words.published_second * 1000,
        "second": words.published_second,
        "shuffle": int(hashlib.sha256(doc.id.encode()).hexdigest()[:7], 16),
        "x": list(value_words(values)),
        "values": {name: list(found) for name, found in values.items()},
        "title": doc.title,
        "lead": doc.lead,
        "text": doc.text,
        "shown_at": doc.published_at.isoformat(),
        "outlet": doc.outlet,
        "kind": doc.kind.value,
        "url": doc.url,
        **{name: text for name, text in fields.items() if text},
    }


def index_word(word: str) -> str:
    """Return ``word`` in letters that every analyser leaves whole."""
    if not _UNSAFE.search(word):
        return word
    return _UNSAFE.sub(lambda match: f"{_ESCAPE}{ord(match.group()):06x}", word)
