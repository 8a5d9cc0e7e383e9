from __future__ import annotations

import json

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from langnghe.errors import ModelUnavailable
from nlp.backends.base import INTENTS, STANCES, TONES
from nlp.backends.calibration import Calibration
from nlp.backends.encoder import ABOUT_FILE, GRAPH_FILE, EncoderBackend, EncoderModel, Head, mix
from tests.unit.nlp.backends import tiny

TOPICS = ("y_te", "giao_duc", "doi_song")
NEGATIVE = "bức"


def small_tokenizer():
    words = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁bức", "▁xúc", "▁Người", "▁dân", "▁vui"]
    letters = sorted({mark for title, *_ in tiny.PRESS for mark in title} - {" "})
    pieces = [(word, -1.0) for word in words] + [(letter, -9.0) for letter in letters]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer


class FakeSession:
    """Every piece "▁bức" (5) pushes column 0 of each head by 4; nothing else pushes."""

    def __init__(self, columns):
        self.columns = columns
        self.batches = []

    def run(self, names, feed):
        assert names == ["logits", "pushes"]
        ids, mask = feed["ids"], feed["mask"]
        assert ((ids == 1) == (mask == 0)).all()
        self.batches.append(ids.shape)
        pushes = np.zeros((*ids.shape, self.columns), np.float32)
        pushes[ids == 5] = 4.0 * np.isin(np.arange(self.columns), self.firsts)
        return pushes.sum(1), pushes


def encoder_with(session=None):
    heads, start = {}, 0
    for name, labels in {
        "news_topic": TOPICS,
        "news_tone": TONES,
        "news_stance": ("neg", "na", "neu", "pos"),
        "social_tone": TONES,
        "social_intent": INTENTS,
        "social_stance": STANCES,
    }.items():
        zero = np.zeros(len(labels), np.float32)
        columns = slice(start, start + len(labels))
        heads[name] = Head(labels, columns, 1.0, Calibration(1.0, zero, zero))
        start += len(labels)
    session = session or FakeSession(start)
    session.firsts = [head.columns.start for head in heads.values()]
    return EncoderModel(
        session, small_tokenizer(), small_tokenizer(), heads, version="t", sure_from=0.8
    )


def test_each_word_gets_the_push_of_its_pieces():
    encoder = encoder_with()
    (reading,) = encoder.read([("Người dân bức xúc", "bức")])
    assert reading.pushes[:, 0].tolist() == [0, 0, 4, 0, 4]
    assert reading.logits[0] == 8


def test_texts_of_any_length_come_back_in_their_order():
    encoder = encoder_with()
    pairs = [("dân " * (70 - n), "bức " * n) for n in range(70)]
    readings = encoder.read(pairs)
    assert [reading.logits[0] for reading in readings] == [4.0 * n for n in range(70)]
    assert all(rows <= 32 for rows, _ in encoder.session.batches)


def test_the_encoder_decides_and_shows_the_word_that_pushed():
    backend = EncoderBackend(tiny.backend(), encoder_with())
    bad, plain, angry = backend.classify(
        [
            tiny.article("Người dân bức xúc vì trường"),
            tiny.article("Sở Giáo dục công bố lịch thi"),
            tiny.post("bức lắm"),
        ]
    )
    assert bad.tone.label == "neg"
    assert NEGATIVE in bad.tone.evidence[0]
    assert bad.stance.label == "neg"
    assert bad.intent is None
    assert plain.tone.evidence == ()
    assert angry.intent is not None
    assert angry.intent.label == "complaint"
    assert angry.tone.evidence == ("bức",)


def test_an_empty_list_runs_nothing():
    encoder = encoder_with()
    assert EncoderBackend(tiny.backend(), encoder).classify([]) == []
    assert encoder.session.batches == []


def test_the_mix_lies_between_both_models():
    logits = np.log(np.array([[0.8, 0.2]], np.float32))
    linear = np.array([[0.2, 0.8]], np.float32)
    assert np.exp(mix(logits, linear, 1.0))[0, 0] == pytest.approx(0.8, abs=1e-3)
    assert np.exp(mix(logits, linear, 0.0))[0, 0] == pytest.approx(0.2, abs=1e-3)
    even = mix(logits, linear, 0.5)[0]
    assert even[0] == pytest.approx(even[1], abs=1e-3)


def test_a_graph_that_is_not_the_described_one_is_refused(tmp_path):
    with pytest.raises(ModelUnavailable):
        EncoderModel.load(tmp_path)
    (tmp_path / GRAPH_FILE).write_bytes(b"another graph")
    small_tokenizer().save(str(tmp_path / "encoder-tokenizer.json"))
    about = {"graph_sha256": "0" * 64, "max_pieces": 96, "heads": {}, "version": "1"}
    (tmp_path / ABOUT_FILE).write_text(json.dumps(about), "utf-8")
    with pytest.raises(ModelUnavailable, match=GRAPH_FILE):
        EncoderModel.load(tmp_path)
