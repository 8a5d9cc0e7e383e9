from __future__ import annotations

import numpy as np

from nlp.backends.evidence import spans


def scores(*values):
    return np.array(values, np.float32)


def test_strong_neighbours_become_one_span_as_written():
    both = ("", "Nhận hối lộ, bị bắt")
    assert spans(both, scores(0.5, 1.0, 0.9, 0.0, 0.0)) == ("Nhận hối lộ",)


def test_a_span_stays_on_its_side_of_the_text():
    assert spans(("ghép thận", "thành công"), scores(0, 1, 1, 0)) == ("thận", "thành")


def test_words_against_the_decision_are_no_evidence():
    assert spans(("", "không tệ"), scores(-1, -2)) == ()
    assert spans(("", ""), scores()) == ()


def test_at_most_three_spans_of_four_words_strongest_first():
    both = ("", "a b c d e f g h i j")
    found = spans(both, scores(1, 1, 1, 1, 1, 0, 0.9, 0, 0.8, 0))
    assert len(found) <= 3
    assert all(len(span.split()) <= 4 for span in found)
    assert found[0] == "a b c d"
