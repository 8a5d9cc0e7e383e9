"""Settles how the exported encoder answers: the ensemble's shares, calibration, the cascade."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from nlp.backends.base import Guesses, TextInput
from nlp.backends.calibration import Calibration
from nlp.backends.cascade import is_settled
from nlp.backends.encoder import (
    ABOUT_FILE,
    GRAPH_FILE,
    LEVEL_HEAD,
    TASKS_OF_NEWS,
    TASKS_OF_POSTS,
    TOKENIZER_FILE,
    EncoderBackend,
    EncoderModel,
    Head,
    mix,
)
from nlp.backends.linear import LinearBackend
from nlp.backends.reading import pair
from nlp.training.calibrate import fit
from nlp.training.gold import Example

SHARES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
SURE_FROM = (0.70, 0.75, 0.80, 0.85, 0.90, 0.94, 0.97)
GAIN_TO_KEEP = 0.95
LEAST_RECALL, LEAST_RECALL_SOCIAL = 0.84, 0.90
"""How much criticism is to be found, on the tuning part: it must not be missed. Most comments there
were labelled by the project and are easier than others."""


@dataclass(frozen=True)
class Widths:
    """How many pieces of a single text, and of a pair of texts, the encoder reads."""

    text: int
    pair: int


def describe(models_dir: Path, labels: Mapping[str, tuple[str, ...]], widths: Widths) -> None:
    """Write a first description of the graph, uncalibrated, so that it can be loaded."""
    heads: dict[str, Head] = {}
    start = 0
    for name, names in labels.items():
        zero = np.zeros(len(names), np.float32)
        heads[name] = Head(
            names, slice(start, start + len(names)), 1.0, Calibration(1.0, zero, zero)
        )
        start += len(names)
    _write(models_dir, heads, widths, sure_from=2.0)


def tune(models_dir: Path, tuning: Sequence[Example], widths: Widths) -> None:
    """Fit shares, calibration and the cascade's threshold on the tuning part.

    Examples that have a level only settle the calibration of the level.
    """
    encoder, linear = EncoderModel.load(models_dir), LinearBackend.load(models_dir)
    for is_social, tasks in ((False, TASKS_OF_NEWS), (True, TASKS_OF_POSTS)):
        chosen = [
            x for x in tuning if x.input.kind.is_social is is_social and "level" not in x.labels
        ]
        inputs = [x.input for x in chosen]
        readings = encoder.read([pair(item) for item in inputs])
        first = linear.classify(inputs)
        for task in chosen[0].labels:
            head = encoder.heads[tasks[task]]
            logits = np.stack([reading.logits[head.columns] for reading in readings])
            theirs = np.array(
                [[getattr(g, task).probabilities[x] for x in head.labels] for g in first],
                np.float32,
            )
            gold = np.array([head.labels.index(x.labels[task]) for x in chosen])
            favoured, least = None, 0.0
            if task == "stance":
                favoured = head.labels.index("neg")
                least = LEAST_RECALL_SOCIAL if is_social else LEAST_RECALL
            encoder.heads[tasks[task]] = _best(head, logits, theirs, gold, favoured, least)
    encoder.heads[LEVEL_HEAD] = _calibrated_level(encoder, tuning)
    _write(models_dir, encoder.heads, widths, sure_from=2.0)
    backend = EncoderBackend(linear, encoder)
    news = [x for x in tuning if not x.input.kind.is_social and "level" not in x.labels]
    sure_from = _sure_from(backend, news)
    _write(models_dir, encoder.heads, widths, sure_from=sure_from)


def _calibrated_level(encoder: EncoderModel, tuning: Sequence[Example]) -> Head:
    head = encoder.heads[LEVEL_HEAD]
    judged = [x for x in tuning if "level" in x.labels]
    readings = encoder.read([pair(x.input) for x in judged])
    logits = np.stack([reading.logits[head.columns] for reading in readings])
    gold = np.array([head.labels.index(x.labels["level"]) for x in judged])
    return Head(head.labels, head.columns, head.share, fit(logits, gold))


def _best(
    head: Head,
    logits: NDArray[np.float32],
    linear: NDArray[np.float32],
    gold: NDArray[np.int64],
    favoured: int | None,
    least_recall: float,
) -> Head:
    """The share by likelihood, which a small tuning part tells more surely than F1."""

    def likelihood(candidate: Head) -> float:
        chances = candidate.calibration.probabilities(mix(logits, linear, candidate.share))
        return float(np.log(chances[np.arange(len(gold)), gold] + 1e-9).mean())

    return max(
        (
            Head(
                head.labels,
                head.columns,
                share,
                fit(mix(logits, linear, share), gold, favoured, least_recall=least_recall),
            )
            for share in SHARES
        ),
        key=likelihood,
    )


def _sure_from(backend: EncoderBackend, news: Sequence[Example]) -> float:
    """The lowest threshold that keeps the wanted part of the encoder's gain over linear."""
    inputs: list[TextInput] = [x.input for x in news]
    first = backend.linear.classify(inputs)
    full = backend.refine(inputs, first)

    def quality(sure_from: float) -> float:
        return _sum_of_f1(
            news,
            [
                quick if is_settled(item, quick, sure_from) else slow
                for item, quick, slow in zip(inputs, first, full, strict=True)
            ],
        )

    wanted = (1 - GAIN_TO_KEEP) * _sum_of_f1(news, first) + GAIN_TO_KEEP * quality(2.0)
    return next((value for value in SURE_FROM if quality(value) >= wanted), SURE_FROM[-1])


def _sum_of_f1(news: Sequence[Example], answers: Sequence[Guesses]) -> float:
    return sum(
        float(
            f1_score(
                [x.labels[task] for x in news],
                [getattr(answer, task).label for answer in answers],
                average="macro",
            )
        )
        for task in TASKS_OF_NEWS
    )


def _write(
    models_dir: Path, heads: Mapping[str, Head], widths: Widths, *, sure_from: float
) -> None:
    digest = hashlib.sha256((models_dir / GRAPH_FILE).read_bytes()).hexdigest()
    words = hashlib.sha256((models_dir / TOKENIZER_FILE).read_bytes()).hexdigest()
    about = {
        "version": hashlib.sha256(f"{digest}{words}".encode()).hexdigest()[:10],
        "graph_sha256": digest,
        "max_pieces": widths.text,
        "pair_pieces": widths.pair,
        "sure_from": sure_from,
        "heads": {
            name: {
                "labels": list(head.labels),
                "columns": [head.columns.start, head.columns.stop],
                "share": head.share,
                "scale": round(head.calibration.scale, 5),
                "bias": [round(float(x), 5) for x in head.calibration.bias],
                "offset": [round(float(x), 5) for x in head.calibration.offset],
            }
            for name, head in heads.items()
        },
    }
    text = json.dumps(about, indent=1, ensure_ascii=False) + "\n"
    (models_dir / ABOUT_FILE).write_text(text, "utf-8")
