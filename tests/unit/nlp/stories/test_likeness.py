"""The encoder is asked only about pairs in doubt, and what was decided before stands."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.stories import StoryIndex
from nlp.stories.features import traits_of
from nlp.stories.likeness import DECIDED_APART, DECIDED_SAME, Compared, Doubt, Likeness
from tests.unit.nlp.fakes import make_doc

ALWAYS = Doubt(low=0.0, high=1.0, most=9, forest=0.0, encoder=1.0, bias=0.0)
FIRST = make_doc("Cháy chợ Bến Thủy Đông lúc rạng sáng", "90 ki ốt bị thiêu rụi.", id="a")
SECOND = make_doc("Tiểu thương chợ Bến Thủy Đông trắng tay", "Đám cháy lúc rạng sáng.", id="b")
TEXTS = {"a": "trái", "b": "phải"}


class Reader:
    """Answers with fixed odds and keeps what it was asked."""

    def __init__(self, odds):
        self.odds, self.asked = odds, []

    def story_odds(self, pairs):
        self.asked += pairs
        return np.full(len(pairs), self.odds, np.float32)

    def stands(self, pairs):
        raise NotImplementedError


def compared(cosine=0.4):
    return [Compared(SECOND, traits_of(SECOND), [(traits_of(FIRST), cosine)])]


@pytest.mark.parametrize(("odds", "expected"), [(2.0, 0.881), (-2.0, 0.119)])
def test_the_encoder_settles_a_pair_in_doubt(odds, expected):
    reader = Reader(odds)
    ((likely,),) = Likeness(reader, ALWAYS).of(compared(), TEXTS)
    assert likely == pytest.approx(expected, abs=1e-3)
    assert reader.asked == [("phải", "trái")]


def test_a_pair_that_the_words_settle_is_not_read():
    reader = Reader(5.0)
    never = Doubt(low=0.99, high=1.0, most=9, forest=0.0, encoder=1.0, bias=0.0)
    alone = Likeness(None, never).of(compared(), TEXTS)
    assert Likeness(reader, never).of(compared(), TEXTS) == alone
    assert reader.asked == []


@pytest.mark.parametrize(
    ("decided", "expected"),
    [({"a": "s1", "b": "s1"}, DECIDED_SAME), ({"a": "s1", "b": "s2"}, DECIDED_APART)],
)
def test_after_a_restart_what_was_decided_stands_and_nothing_is_read(decided, expected):
    reader = Reader(5.0)
    assert Likeness(reader, ALWAYS).of(compared(), TEXTS, decided) == [[expected]]
    assert reader.asked == []


def test_the_encoder_can_join_and_part_what_the_words_leave_open():
    for odds, is_one in ((6.0, True), (-6.0, False)):
        index = StoryIndex(reader=Reader(odds))
        index._likeness = Likeness(Reader(odds), ALWAYS)
        index.assign([(FIRST, None), (SECOND, None)], SECOND.fetched_at)
        assert (index.story_of("a") == index.story_of("b")) is is_one
