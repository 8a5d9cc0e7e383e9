"""Trains the linear models: TF-IDF over hashed words, one linear SVM a task, pruned and rounded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from nlp.backends.calibration import Calibration
from nlp.backends.features import extract
from nlp.backends.linear import LinearModel, Task
from nlp.training.calibrate import fit

MIN_TEXTS = 2
CHUNK = 512


@dataclass(frozen=True)
class Lessons:
    """Texts, their labels by task ("" where unknown) and what each counts."""

    pairs: Sequence[tuple[str, str]]
    labels: Mapping[str, Sequence[str]]
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class _Space:
    keys: NDArray[np.uint32]
    idf: NDArray[np.float32]
    matrix: sparse.csr_matrix


def train(
    lessons: Lessons,
    tuning: Lessons,
    tasks: Mapping[str, tuple[str, ...]],
    *,
    social: bool,
    keep: int,
    penalty: float,
    least_recall: float = 0.0,
) -> LinearModel:
    """A model of at most ``keep`` features, calibrated on ``tuning``.

    ``least_recall`` is how much criticism is to be found, on the tuning part.
    """
    space = _space(lessons.pairs, social=social)
    table = np.hstack(
        [
            _weights(space.matrix, lessons.labels[name], lessons.weights, labels, penalty)
            for name, labels in tasks.items()
        ]
    )
    strength = np.abs(table).max(axis=1) * np.sqrt(np.asarray(space.matrix.sum(axis=0)).ravel())
    kept = np.sort(np.argsort(-strength, kind="stable")[:keep])
    table = table[kept]
    unit = np.abs(table).max(axis=0) / 127
    rounded = np.round(table / unit).astype(np.int8)
    version = hashlib.sha256(space.keys[kept].tobytes() + rounded.tobytes()).hexdigest()[:10]
    model = LinearModel(
        space.keys[kept],
        space.idf[kept].astype(np.float16).astype(np.float32),
        rounded,
        unit.astype(np.float32),
        _columns(tasks),
        version=version,
        social=social,
    )
    return calibrated(model, tuning, least_recall)


def calibrated(model: LinearModel, tuning: Lessons, least_recall: float = 0.0) -> LinearModel:
    """The model with every task's calibration fitted on ``tuning``."""
    scores = model.score(tuning.pairs).scores
    for name, task in list(model.tasks.items()):
        known = _known(tuning.labels[name])
        gold = np.array([task.labels.index(tuning.labels[name][i]) for i in known])
        favoured = task.labels.index("neg") if name == "stance" else None
        model.tasks[name] = Task(
            task.labels,
            task.columns,
            fit(
                scores[known][:, task.columns],
                gold,
                favoured,
                least_recall=least_recall,
            ),
        )
    return model


def _columns(tasks: Mapping[str, tuple[str, ...]]) -> dict[str, Task]:
    made: dict[str, Task] = {}
    start = 0
    for name, labels in tasks.items():
        zero = np.zeros(len(labels), np.float32)
        made[name] = Task(labels, slice(start, start + len(labels)), Calibration(1.0, zero, zero))
        start += len(labels)
    return made


def _space(pairs: Sequence[tuple[str, str]], *, social: bool) -> _Space:
    marks: list[NDArray[np.int64]] = []
    for start in range(0, len(pairs), CHUNK):
        found = extract(pairs[start : start + CHUNK], social=social)
        marks.append(np.unique((found.row + start) << 32 | found.key.astype(np.int64)))
    every = np.concatenate(marks)
    row, key = every >> 32, every & 0xFFFFFFFF
    keys, counts = np.unique(key, return_counts=True)
    keys, counts = keys[counts >= MIN_TEXTS], counts[counts >= MIN_TEXTS]
    idf = np.log(len(pairs) / counts) + 1.0
    at = np.searchsorted(keys, key)
    at[at == len(keys)] = 0
    known = keys[at] == key
    row, at = row[known], at[known]
    values = idf[at]
    length = np.sqrt(np.bincount(row, values**2, minlength=len(pairs)))
    matrix = sparse.csr_matrix((values / length[row], (row, at)), shape=(len(pairs), len(keys)))
    return _Space(keys.astype(np.uint32), idf.astype(np.float32), matrix)


def _weights(
    matrix: sparse.csr_matrix,
    labels: Sequence[str],
    weights: NDArray[np.float64],
    order: tuple[str, ...],
    penalty: float,
) -> NDArray[np.float64]:
    known = _known(labels)
    machine = LinearSVC(C=penalty, class_weight="balanced", random_state=20)
    machine.fit(matrix[known], [labels[i] for i in known], sample_weight=weights[known])
    place = [list(machine.classes_).index(label) for label in order]
    return np.asarray(machine.coef_[place].T, np.float64)


def _known(labels: Sequence[str]) -> list[int]:
    return [place for place, label in enumerate(labels) if label]
