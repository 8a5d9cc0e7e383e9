from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date

import pytest

from langnghe.errors import ModelUnavailable
from nlp.backends.base import SHIPPED_MODELS, load_backend
from nlp.backends.card import (
    SHIPPED_CARDS,
    Card,
    card_names,
    digest,
    folder_of,
    read_card,
    stale_files,
)
from nlp.training.card_text import page
from nlp.training.table_cards import TABLES, make_card, table_page

SUFFIXES = {".npz", ".onnx"}


def test_every_shipped_weight_file_is_on_a_card():
    carded = {name for card in card_names() for name in read_card(card).files}
    weights = {path.name for path in SHIPPED_MODELS.iterdir()}
    assert weights
    assert weights <= carded


def test_every_learned_table_is_on_a_card():
    wanted = {file for facts in TABLES.values() for file in facts.files}
    assert wanted == {file for name in TABLES for file in read_card(name).files}
    assert wanted >= {
        "nlp/resources/stories.json",
        "nlp/resources/claims.json.gz",
        "alerts/resources/seriousness.tsv",
        "alerts/resources/story.toml",
        "alerts/resources/report.toml",
    }


@pytest.mark.parametrize("name", TABLES)
def test_a_card_of_tables_is_that_of_the_shipped_ones(name):
    """After a change: ``python -m tests.gates.cards`` measures and writes them again."""
    card = read_card(name)
    assert stale_files(card, folder_of(card, SHIPPED_MODELS)) == []
    assert card.version == make_card(name, {}, date.today()).version
    assert (SHIPPED_CARDS / f"{name}.md").read_text("utf-8") == table_page(card)
    for field in ("task", "made_on", "data", "figures", "limits"):
        assert getattr(card, field), field
    assert all(item["what"] and item["licence"] for item in card.data)


@pytest.mark.parametrize("name", sorted({*card_names()} - {*TABLES}))
def test_a_shipped_card_is_that_of_the_shipped_weights(name):
    card = read_card(name)
    assert stale_files(card, SHIPPED_MODELS) == []
    assert (SHIPPED_CARDS / f"{name}.md").read_text("utf-8") == page(card)
    kind = "linear" if name == "linear" else "encoder"
    assert load_backend(kind).version == card.version
    for field in ("task", "made_on", "data", "figures", "baseline", "limits"):
        assert getattr(card, field), field
    assert all(item["what"] and item["licence"] for item in card.data)


def card_of(folder):
    weights = folder / "linear-news.npz"
    weights.write_bytes(b"weights")
    return Card(
        name="linear",
        version="1",
        made_on="2026-01-31",
        task="phân loại",
        files={"linear-news.npz": digest(weights)},
        data=({"what": "ví dụ của dự án", "licence": "MIT"},),
        figures={},
        baseline={},
        speed={"feed_items_a_second": 1.0},
        limits=("chỉ để thử",),
    )


def test_changed_or_absent_weights_make_a_card_stale(tmp_path):
    card = card_of(tmp_path)
    assert stale_files(card, tmp_path) == []
    (tmp_path / "linear-news.npz").write_bytes(b"other weights")
    assert stale_files(card, tmp_path) == ["linear-news.npz"]
    (tmp_path / "linear-news.npz").unlink()
    assert stale_files(card, tmp_path) == ["linear-news.npz"]


def test_a_written_card_reads_back(tmp_path):
    card = card_of(tmp_path)
    (tmp_path / "linear.json").write_text(json.dumps(asdict(card)), "utf-8")
    assert read_card("linear", tmp_path) == card
    assert card_names(tmp_path) == ["linear"]
    assert "chỉ để thử" in page(replace(card, version="2"))


def test_a_missing_or_broken_card_is_an_expected_error(tmp_path):
    with pytest.raises(ModelUnavailable):
        read_card("linear", tmp_path)
    (tmp_path / "linear.json").write_text('{"name": "linear"}', "utf-8")
    with pytest.raises(ModelUnavailable):
        read_card("linear", tmp_path)
