"""Fits the calibration of one task on the tuning part, and measures how honest it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.metrics import f1_score

from nlp.backends.calibration import Calibration, softmax

BIAS_PENALTY = 0.01
OFFSET_STRENGTHS: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
FAVOURS = tuple(number / 10 for number in range(9))
GREAT_FAVOURS = (1.0, 1.2, 1.4, 1.6, 1.8, 2.0)
"""Tried beside FAVOURS, and alone, where a least recall is asked for."""
WORTH_OF_RECALL = 0.2


def fit(
    scores: NDArray[np.float32],
    gold: NDArray[np.int64],
    favoured: int | None = None,
    *,
    least_recall: float = 0.0,
) -> Calibration:
    """Scale and bias by likelihood, the decision's offset by macro-F1.

    The offset has one degree of freedom, how far rare labels are favoured,
    so that a small tuning part cannot be fitted too closely. A ``favoured``
    label, criticism that must not be missed, adds a second: finding five
    points more of it is worth one point of macro-F1, and ``least_recall`` of
    its texts are to be found if any offset finds so many.
    """
    labels = scores.shape[1]

    def loss(values: NDArray[np.float64]) -> float:
        chances = softmax(np.exp(values[0]) * scores + values[1:])
        likely = np.log(chances[np.arange(len(gold)), gold] + 1e-12).mean()
        return float(-likely + BIAS_PENALTY * (values[1:] ** 2).sum())

    best = minimize(loss, np.zeros(labels + 1), method="L-BFGS-B").x
    plain = Calibration(
        float(np.exp(best[0])), best[1:].astype(np.float32), np.zeros(labels, np.float32)
    )
    chances = plain.probabilities(scores)
    prior = np.bincount(gold, minlength=labels) + 1.0
    rarity = -np.log(prior / prior.sum())
    rarity = (rarity - rarity.mean()).astype(np.float32)

    extra = np.zeros(labels, np.float32)
    if favoured is not None:
        extra[favoured] = 1.0

    def quality(offset: NDArray[np.float32]) -> float:
        chosen = (np.log(chances + 1e-9) + offset).argmax(axis=1)
        worth = float(f1_score(gold, chosen, average="macro")) - 0.01 * float(np.ptp(offset))
        if favoured is not None:
            recall = float((chosen[gold == favoured] == favoured).mean())
            worth += WORTH_OF_RECALL * recall + 10 * min(recall - least_recall, 0.0)
        return worth

    favours: tuple[float, ...] = (0.0,) if favoured is None else FAVOURS
    strengths = OFFSET_STRENGTHS
    if least_recall:
        favours, strengths = FAVOURS + GREAT_FAVOURS, (0.0,)
    offsets = [strength * rarity + favour * extra for strength in strengths for favour in favours]
    return Calibration(plain.scale, plain.bias, max(offsets, key=quality))


def expected_calibration_error(
    confidence: NDArray[np.float32], is_right: NDArray[np.bool_], bins: int = 10
) -> float:
    """Mean gap of confidence and accuracy over equal-width bins (Guo et al. 2017)."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = 0.0
    for number in range(bins):
        inside = place == number
        if inside.any():
            gap += inside.mean() * abs(float(confidence[inside].mean() - is_right[inside].mean()))
    return gap
