"""Pairs are read by their own heads; an encoder from before them reads none."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.backends.calibration import Calibration
from nlp.backends.encoder import EncoderModel, Head
from nlp.backends.heads import SAME_STORY, STANDS
from nlp.backends.pairs import EncoderPairReader, load_pair_reader
from tests.unit.nlp.backends.test_encoder import FakeSession, small_tokenizer


@pytest.fixture
def reader():
    heads, start = {}, 0
    for name, labels in {"pair_story": SAME_STORY, "pair_claim": STANDS}.items():
        zero = np.zeros(len(labels), np.float32)
        columns = slice(start, start + len(labels))
        heads[name] = Head(labels, columns, 1.0, Calibration(1.0, zero, zero))
        start += len(labels)
    session = FakeSession(start)
    session.firsts = [head.columns.start for head in heads.values()]
    tokenizer = small_tokenizer()
    return EncoderPairReader(
        EncoderModel(session, tokenizer, tokenizer, heads, version="t", sure_from=0.8)
    )


def test_both_sides_of_a_pair_are_read_and_the_order_is_kept(reader):
    odds = reader.story_odds([("bức bức", "bức"), ("dân", "dân"), ("dân", "bức")])
    assert odds.tolist() == [-12.0, 0.0, -4.0]


def test_stands_are_probabilities(reader):
    (row,) = reader.stands([("bức", "dân")])
    assert row.sum() == pytest.approx(1.0, abs=1e-5)
    assert row.argmax() == STANDS.index("asserts")


def test_a_folder_without_an_encoder_has_no_reader(tmp_path):
    assert load_pair_reader(tmp_path) is None
