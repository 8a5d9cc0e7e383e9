"""Faults B11: how many words a query loses when a text is written to be hard to find.

A query is a content word (three letters or more, no stop word) of a text; it counts as lost when
the same text in another way of writing is no longer found by it. Floors only rise.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from langnghe.items import read_items
from langnghe.query.ast import Words
from langnghe.query.evaluate import word_holds
from langnghe.query.words import TextWords
from langnghe.text import fold, has_marks, search_words
from tests.bench.stream import stream_file

_TITLES = 1_000


def loss(pairs: Iterable[tuple[str, str]], stop_words: frozenset[str]) -> float:
    """Return the share of content words of the first text that do not find the second."""
    asked = lost = 0
    for plain, written in pairs:
        found_in = TextWords(written, "", "")
        for word in search_words(plain):
            if word in stop_words or len(word) < 3:
                continue
            asked += 1
            lost += not word_holds(Words((word,), is_marked=has_marks(word)), found_in)
    assert asked > 1_000
    return lost / asked


def stop_words(shared: Path) -> frozenset[str]:
    text = (shared / "data" / "text" / "vietnamese-stopwords.txt").read_text("utf-8")
    return frozenset(text.split())


def rewritten(shared: Path, way: Callable[[str], str]) -> float:
    titles = (doc.title for doc in islice(read_items(stream_file(shared)), _TITLES))
    return loss(((title, way(title)) for title in titles), frozenset())


def test_zero_width_characters(shared_dir: Path) -> None:
    assert rewritten(shared_dir, "\u200b".join) <= 0.02


def test_decomposed_characters(shared_dir: Path) -> None:
    assert rewritten(shared_dir, lambda t: unicodedata.normalize("NFD", t)) <= 0.02


def test_the_old_place_of_tone_marks(shared_dir: Path) -> None:
    def old(text: str) -> str:
        for new, before in (("òa", "oà"), ("óa", "oá"), ("ủy", "uỷ"), ("ỏe", "oẻ"), ("úy", "uý")):
            text = text.replace(new, before)
        return text

    assert rewritten(shared_dir, old) <= 0.02


def test_no_marks_at_all(shared_dir: Path) -> None:
    assert rewritten(shared_dir, fold) <= 0.05


def test_quick_typing(shared_dir: Path) -> None:
    path = shared_dir / "data" / "text" / "vilexnorm.dev.csv"
    with path.open(encoding="utf-8", newline="") as file:
        pairs = [(row["normalized"], row["original"]) for row in csv.DictReader(file)]
    assert loss(pairs, stop_words(shared_dir)) <= 0.10
