"""Learns how the words' and the encoder's view of one report are mixed, on weeks new to both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from alerts.severity import Mixture, SeverityJudge, Weights, load_signs
from alerts.training.labels import Example

SERIOUS = 0.95
"""The quantile at which the scales of the words and of the mixture meet."""
_HEADER = """\
# How serious one report is where the encoder has judged it too: log-odds of the words times
# `words`, log-odds of the encoder times `encoder`, and `bias`. A logistic fit on two weeks that
# neither had learned from (ADR 0061).
version = 1
"""


def fit(examples: Sequence[Example], weights: Weights) -> tuple[Mixture, Mixture]:
    """Return the mixtures for "watch" (level ≥ 1) and "attention" (level ≥ 2).

    The bias keeps the most serious twentieth of the reports where the words alone have it, so
    that the thresholds of ``story.toml`` hold with and without an encoder.
    """
    judge = SeverityJudge(load_signs(), weights)
    known = [x for x in examples if x.item.analysis and x.item.analysis.importance]
    words = [judge.judge(x.item) for x in known]
    counts = [x.weight for x in known]
    mixtures = []
    for least, name in ((1, "watch"), (2, "attention")):
        table = np.array(
            [
                (getattr(word, name), _odds(getattr(x.item.analysis.importance, name)))  # type: ignore[union-attr]
                for word, x in zip(words, known, strict=True)
            ]
        )
        wanted = [x.level >= least for x in known]
        model = LogisticRegression(C=10.0, class_weight="balanced")
        model.fit(table, wanted, sample_weight=counts)
        own, encoder = (round(float(c), 3) for c in model.coef_[0])
        mixed = table @ np.array([own, encoder])
        bias = np.quantile(table[:, 0], SERIOUS) - np.quantile(mixed, SERIOUS)
        mixtures.append(Mixture(own, encoder, round(float(bias), 3)))
    return mixtures[0], mixtures[1]


def save(mixtures: tuple[Mixture, Mixture], path: Path) -> None:
    """Write ``report.toml``."""
    text = _HEADER
    for name, found in zip(("watch", "attention"), mixtures, strict=True):
        text += (
            f"\n[{name}]\nwords = {found.words}\nencoder = {found.encoder}\nbias = {found.bias}\n"
        )
    path.write_text(text, "utf-8")


def _odds(chance: float) -> float:
    sure = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(sure / (1 - sure))
