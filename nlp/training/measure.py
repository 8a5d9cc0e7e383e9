"""Scores a backend on labelled texts: one set of figures for cards, gates and reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from sklearn.metrics import f1_score, recall_score

from nlp.backends.base import INTENTS, STANCES, TONES, TOPICS, Backend, Guess, Guesses
from nlp.training.calibrate import expected_calibration_error
from nlp.training.gold import Example

LABELS = {"topic": TOPICS, "tone": TONES, "stance": STANCES, "intent": INTENTS}


@dataclass(frozen=True)
class Figures:
    """One task on one set of texts; shares of 1, ``by_label`` holds each label's F1."""

    texts: int
    accuracy: float
    macro_f1: float
    by_label: dict[str, float]
    recall_of_neg: float | None
    calibration_error: float | None

    def as_dict(self) -> dict[str, object]:
        """Plain numbers for a card, rounded to four digits."""
        return {name: _rounded(value) for name, value in asdict(self).items() if value is not None}


def compare(
    task: str, gold: Sequence[str], guessed: Sequence[str], sure: Sequence[float] | None = None
) -> Figures:
    """The figures of ``guessed`` against ``gold``; calibration where confidences are given."""
    labels = [label for label in LABELS[task] if label in gold]
    each = f1_score(gold, guessed, labels=labels, average=None, zero_division=0.0)
    right = np.array([a == b for a, b in zip(gold, guessed, strict=True)])
    error = None
    if sure is not None:
        error = expected_calibration_error(np.array(sure, np.float32), right)
    recall = None
    if "neg" in labels:
        recall = float(recall_score(gold, guessed, labels=["neg"], average="macro"))
    return Figures(
        len(gold),
        float(right.mean()),
        float(each.mean()),
        dict(zip(labels, map(float, each), strict=True)),
        recall,
        error,
    )


def score(backend: Backend, examples: Sequence[Example]) -> dict[str, Figures]:
    """The figures of every task that the examples are labelled for."""
    return judge(backend.classify([example.input for example in examples]), examples)


def judge(answers: Sequence[Guesses], examples: Sequence[Example]) -> dict[str, Figures]:
    """The figures of answers that were given already."""
    figures = {}
    for task in examples[0].labels:
        guesses: list[Guess] = [getattr(answer, task) for answer in answers]
        figures[task] = compare(
            task,
            [example.labels[task] for example in examples],
            [guess.label for guess in guesses],
            [guess.confidence for guess in guesses],
        )
    return figures


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return value
