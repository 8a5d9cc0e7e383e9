"""Teaches the linear models the office's own corrections, and says whether that helped.

The shipped weights are the starting point and hold the new ones back, so a
few hundred corrections move what they speak of and leave the rest.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from langnghe.document import DocumentKind
from langnghe.errors import AnalysisError
from nlp.backends.base import TextInput, load_backend
from nlp.backends.calibration import softmax
from nlp.backends.linear import NEWS_FILE, SOCIAL_FILE, LinearModel, Task
from nlp.backends.reading import pair
from nlp.training.gold import bucket
from nlp.training.measure import LABELS, Figures, compare

HELD_OUT_PERCENT = 30
LEAST_TO_LEARN = 30
LEAST_TO_JUDGE = 15
HOLD_BACK = 0.02


@dataclass(frozen=True)
class Correction:
    """A text and the labels that a person gave it, by task; other tasks are left open."""

    input: TextInput
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Report:
    """Every corrected task on the part held out, before and after learning."""

    learnt: int
    before: Mapping[str, Figures]
    after: Mapping[str, Figures]

    @property
    def is_better(self) -> bool:
        """Whether no task got worse and at least one got better, by accuracy."""
        gains = [self.after[task].accuracy - self.before[task].accuracy for task in self.before]
        return min(gains) >= 0 and max(gains) > 0


def read_corrections(path: Path) -> list[Correction]:
    """The corrections of a JSON Lines file: the fields of a text and any of the four labels.

    Raises AnalysisError naming the line that cannot be read.
    """
    corrections = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            corrections.append(_correction(json.loads(line)))
        except (ValueError, TypeError, AttributeError) as error:
            raise AnalysisError(f"{path.name}, line {number}: {error}") from error
    return corrections


def _correction(row: Mapping[str, str]) -> Correction:
    labels = {task: row[task] for task in LABELS if row.get(task)}
    if not labels:
        raise ValueError("no label")
    for task, label in labels.items():
        if label not in LABELS[task]:
            raise ValueError(f"unknown {task} {label!r}")
    item = TextInput(
        DocumentKind(row.get("kind") or "article"),
        row.get("title") or "",
        row.get("lead") or "",
        row.get("text") or "",
        row.get("parent_title") or "",
    )
    return Correction(item, labels)


def is_held_out(correction: Correction) -> bool:
    """Whether a correction judges and never teaches; decided by its words alone."""
    return bucket("\n".join(pair(correction.input))) < HELD_OUT_PERCENT


def learn(corrections: Sequence[Correction], models_dir: Path, target: Path) -> Report:
    """Write the models of ``models_dir`` to the new folder ``target``, corrected, and compare.

    Raises AnalysisError where there are too few corrections to learn or to judge.
    """
    lessons = [x for x in corrections if not is_held_out(x)]
    exam = [x for x in corrections if is_held_out(x)]
    if len(lessons) < LEAST_TO_LEARN or len(exam) < LEAST_TO_JUDGE:
        raise AnalysisError(
            f"{len(corrections)} corrections leave {len(lessons)} to learn and {len(exam)} to judge"
        )
    shutil.copytree(models_dir, target)
    for name, is_social in ((NEWS_FILE, False), (SOCIAL_FILE, True)):
        chosen = [x for x in lessons if x.input.kind.is_social is is_social]
        model = LinearModel.load(models_dir / name)
        _correct(model, chosen).save(target / name)
    return Report(len(lessons), _judge(models_dir, exam), _judge(target, exam))


def _judge(models_dir: Path, exam: Sequence[Correction]) -> dict[str, Figures]:
    answers = load_backend(models_dir=models_dir).classify([x.input for x in exam])
    figures = {}
    for task in LABELS:
        known = [i for i, x in enumerate(exam) if task in x.labels and getattr(answers[i], task)]
        if known:
            figures[task] = compare(
                task,
                [exam[i].labels[task] for i in known],
                [getattr(answers[i], task).label for i in known],
            )
    return figures


def _correct(model: LinearModel, lessons: Sequence[Correction]) -> LinearModel:
    table = model.weights.astype(np.float64) * model.unit
    for name, task in model.tasks.items():
        known = [x for x in lessons if name in x.labels]
        if known:
            gold = [task.labels.index(x.labels[name]) for x in known]
            table[:, task.columns] += _change(model, task, [pair(x.input) for x in known], gold)
    unit = np.maximum(np.abs(table).max(axis=0), 1e-9) / 127
    return LinearModel(
        model.keys,
        model.idf,
        np.round(table / unit).astype(np.int8),
        unit.astype(np.float32),
        model.tasks,
        version=f"{model.version.split('.')[0]}.{len(lessons)}",
        social=model.social,
    )


def _change(
    model: LinearModel, task: Task, pairs: Sequence[tuple[str, str]], gold: Iterable[int]
) -> NDArray[np.float64]:
    """What to add to the task's weights: logistic loss from where they are, held back by L2."""
    seen = model.vectors(pairs)
    used, place = np.unique(seen.feature, return_inverse=True)
    matrix = sparse.csr_matrix((seen.value, (seen.row, place)), shape=(len(pairs), len(used)))
    scores = model.score(pairs).scores[:, task.columns]
    wanted = np.eye(len(task.labels))[list(gold)]
    shape = (len(used), len(task.labels))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        change = flat.reshape(shape)
        logits = task.calibration.scale * (scores + matrix @ change) + task.calibration.bias
        chances = softmax(logits.astype(np.float32)).astype(np.float64)
        value = -(wanted * np.log(chances + 1e-12)).sum() / len(pairs)
        slope = task.calibration.scale * (matrix.T @ (chances - wanted)) / len(pairs)
        return (
            value + HOLD_BACK / 2 * float((change**2).sum()),
            (slope + HOLD_BACK * change).ravel(),
        )

    best = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B")
    whole = np.zeros((len(model.keys), shape[1]))
    whole[used] = best.x.reshape(shape)
    return whole
