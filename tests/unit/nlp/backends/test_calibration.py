from __future__ import annotations

import numpy as np
import pytest

from nlp.backends.calibration import Calibration
from nlp.training.calibrate import expected_calibration_error, fit


def test_probabilities_sum_to_one_and_never_overflow():
    calibration = Calibration(1.0, np.zeros(3, np.float32), np.zeros(3, np.float32))
    chances = calibration.probabilities(np.array([[1000.0, 0.0, -1000.0]], np.float32))
    assert chances.sum() == pytest.approx(1.0)
    assert np.isfinite(chances).all()


def test_the_offset_moves_the_decision_and_not_the_probability():
    scores = np.array([[0.2, 0.0]], np.float32)
    zero = np.zeros(2, np.float32)
    plain = Calibration(1.0, zero, zero)
    shifted = Calibration(1.0, zero, np.array([0.0, 1.0], np.float32))
    chances = plain.probabilities(scores)
    assert (shifted.probabilities(scores) == chances).all()
    assert plain.decide(chances).tolist() == [0]
    assert shifted.decide(chances).tolist() == [1]


def test_overconfident_scores_are_made_honest():
    generator = np.random.default_rng(3)
    gold = generator.integers(0, 2, 4000)
    heard = np.where(generator.random(4000) < 0.75, gold, 1 - gold)
    scores = np.eye(2, dtype=np.float32)[heard] * 9
    chances = fit(scores, gold).probabilities(scores)
    right = chances.argmax(axis=1) == gold
    assert chances.max(axis=1).mean() == pytest.approx(0.75, abs=0.03)
    assert expected_calibration_error(chances.max(axis=1), right) < 0.03


def test_the_calibration_error_of_certain_wrong_answers_is_one():
    sure = np.ones(10, np.float32)
    assert expected_calibration_error(sure, np.zeros(10, np.bool_)) == pytest.approx(1.0)
    assert expected_calibration_error(sure, np.ones(10, np.bool_)) == pytest.approx(0.0)
