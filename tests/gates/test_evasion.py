"""Faults B11: how many words a query loses when a text is written to be hard to find.

A query is a content word (three letters or more, no stop word) of a text; it counts as lost when
the same text in another way of writing is no longer found by it. Criticism counts as lost when a
comment that the models hear as negative is no longer heard so. Floors only rise.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from langnghe.items import read_items
from langnghe.query.ast import Words
from langnghe.query.evaluate import word_holds
from langnghe.query.words import TextWords
from langnghe.text import fold, has_marks, search_words
from nlp.backends.base import TextInput, load_backend
from nlp.resources import read_entries
from nlp.training.gold import read_comments
from nlp.training.marks import accuracy
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


def old_tones(text: str) -> str:
    for new, before in (("òa", "oà"), ("óa", "oá"), ("ủy", "uỷ"), ("ỏe", "oẻ"), ("úy", "uý")):
        text = text.replace(new, before)
    return text


def test_the_old_place_of_tone_marks(shared_dir: Path) -> None:
    assert rewritten(shared_dir, old_tones) <= 0.02


def test_no_marks_at_all(shared_dir: Path) -> None:
    assert rewritten(shared_dir, fold) <= 0.05


def test_quick_typing(shared_dir: Path) -> None:
    path = shared_dir / "data" / "text" / "vilexnorm.dev.csv"
    with path.open(encoding="utf-8", newline="") as file:
        pairs = [(row["normalized"], row["original"]) for row in csv.DictReader(file)]
    assert loss(pairs, stop_words(shared_dir)) <= 0.10


def in_chat_spelling(text: str) -> str:
    """Return ``text`` with every word that has a chat spelling written so."""
    short: dict[str, str] = {}
    for line in read_entries("teencode.tsv"):
        spelling, words = line.split("\t")
        short.setdefault(words, spelling)
    whole = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(short, key=len, reverse=True))})(?!\w)")
    return whole.sub(lambda match: short[match.group()], text.lower())


WAYS: dict[str, tuple[Callable[[str], str], float]] = {
    "zero width": ("\u200b".join, 0.02),
    "decomposed": (lambda text: unicodedata.normalize("NFD", text), 0.02),
    "old tone marks": (old_tones, 0.02),
    "no marks": (lambda text: " ".join(map(fold, text.split(" "))), 0.05),
    "chat spelling": (in_chat_spelling, 0.10),
}


def test_marks_come_back_on_unseen_comments(shared_dir: Path) -> None:
    """Syllables of held-out comments that are right after their marks were stripped."""
    right, total = accuracy(shared_dir / "data")
    assert total > 40_000
    assert right >= 0.905


@pytest.fixture(scope="module")
def critical_comments(shared_dir: Path) -> list[TextInput]:
    """Held-out comments of negative tone that the models read as such."""
    comments = [x for x in read_comments(shared_dir / "data") if x.part == "held_out"]
    return [x.input for x in comments if x.labels["tone"] == "neg"]


@pytest.mark.parametrize("way", list(WAYS))
def test_criticism_is_heard_however_it_is_written(
    way: str, critical_comments: list[TextInput]
) -> None:
    """Recall of negative tone among comments, plain and rewritten."""
    rewrite, most = WAYS[way]
    backend = load_backend("auto")
    written = [replace(item, text=rewrite(item.text)) for item in critical_comments]
    plain, other = backend.classify(critical_comments), backend.classify(written)
    heard = sum(guesses.tone.label == "neg" for guesses in plain)
    lost = heard - sum(guesses.tone.label == "neg" for guesses in other)
    assert lost <= most * len(critical_comments), f"{lost} of {len(critical_comments)} lost"
