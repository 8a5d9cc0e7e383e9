from __future__ import annotations

import pytest

from nlp.backends.base import Guess, Guesses
from nlp.backends.cascade import CascadeBackend, is_settled
from tests.unit.nlp.backends import tiny


def guess(label, confidence=0.99):
    return Guess(label, confidence, {label: confidence}, ())


def guesses(stance="na", topic=0.99, tone=0.99, sure=0.99):
    return Guesses(guess("y_te", topic), guess("neg", tone), guess(stance, sure), None)


@pytest.mark.parametrize(
    ("item", "first", "settled"),
    [
        (tiny.article("a"), guesses(), True),
        (tiny.article("a"), guesses(topic=0.5), False),
        (tiny.article("a"), guesses(tone=0.5), False),
        (tiny.article("a"), guesses(sure=0.5), False),
        (tiny.article("a"), guesses(stance="neg"), False),
        (tiny.article("a"), guesses(stance="neu"), False),
        (tiny.post("a"), guesses(), False),
    ],
)
def test_linear_settles_only_sure_news_without_an_authority(item, first, settled):
    assert is_settled(item, first, 0.8) is settled


class FakeLinear:
    def classify(self, inputs):
        return [guesses(stance="neg" if "chê" in x.title else "na") for x in inputs]


class FakeEncoder:
    """Answers "pos" to whatever it has to read, and remembers what that was."""

    version = "fake"

    def __init__(self):
        self.linear = FakeLinear()
        self.read = []

    def refine(self, inputs, first):
        self.read += [x.title for x in inputs]
        return [guesses(stance="pos") for _ in first]


def test_only_hard_texts_reach_the_encoder_and_order_is_kept():
    encoder = FakeEncoder()
    answers = CascadeBackend(encoder, 0.8).classify(
        [tiny.article("một"), tiny.article("chê hai"), tiny.article("ba")]
    )
    assert encoder.read == ["chê hai"]
    assert [a.stance.label for a in answers] == ["na", "pos", "na"]


def test_a_threshold_above_one_sends_everything_to_the_encoder():
    encoder = FakeEncoder()
    CascadeBackend(encoder, 2.0).classify([tiny.article("một"), tiny.article("hai")])
    assert encoder.read == ["một", "hai"]
