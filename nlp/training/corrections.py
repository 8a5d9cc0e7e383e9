"""Teaches the models the office's own corrections, and says whether that helped.

The shipped weights are the starting point and hold the new ones back, so a
few hundred corrections move what they speak of and leave the rest. The linear
weights learn; where the encoder has a say in the answer, they learn what to
add to it. People correct only what is wrong, so corrections alone would teach
to doubt everything: texts that nobody corrected learn and judge beside them.
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
from nlp.backends.encoder import (
    GRAPH_FILE,
    TASKS_OF_NEWS,
    TASKS_OF_POSTS,
    EncoderModel,
    Head,
    Reading,
)
from nlp.backends.linear import NEWS_FILE, SOCIAL_FILE, LinearModel, Task
from nlp.backends.reading import pair
from nlp.training.gold import bucket
from nlp.training.measure import LABELS, Figures, compare

HELD_OUT_PERCENT = 30
LEAST_TO_LEARN = 30
LEAST_TO_JUDGE = 15
UNTOUCHED_SHARE = 2
"""How many texts that nobody corrected stand beside each corrected one."""
HOLD_BACK = 0.002
LEAST_GAIN = 0.01
"""A smaller rise of a task's accuracy is chance, and not worth other weights."""


@dataclass(frozen=True)
class Correction:
    """A text and the labels that a person gave it, by task; other tasks are left open."""

    input: TextInput
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Report:
    """Every corrected task on the part held out, before and after learning.

    ``taught`` are the tasks whose answers got better there; the others keep the shipped weights.
    """

    learnt: int
    untouched: int
    taught: tuple[str, ...]
    before: Mapping[str, Figures]
    after: Mapping[str, Figures]

    @property
    def is_better(self) -> bool:
        """Whether no task got worse and at least one got clearly better, by accuracy."""
        gains = gains_of(self.before, self.after)
        return min(gains.values()) >= 0 and max(gains.values()) >= LEAST_GAIN


@dataclass(frozen=True)
class Stand:
    """What stands between the linear scores of some texts and the answer, for one task.

    The answer is ``softmax(gain * scores + rest)``; ``rest`` holds what the encoder says.
    """

    gain: float
    rest: NDArray[np.float32]


def gains_of(before: Mapping[str, Figures], after: Mapping[str, Figures]) -> dict[str, float]:
    """Return by how much the accuracy of each task rose."""
    return {task: after[task].accuracy - before[task].accuracy for task in before}


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


def learn(
    corrections: Sequence[Correction],
    models_dir: Path,
    target: Path,
    untouched: Sequence[Correction] = (),
) -> Report:
    """Write the models of ``models_dir`` to the new folder ``target``, corrected, and compare.

    ``untouched`` are texts that nobody corrected, with the labels that they bear. A task that did
    not get better on the part held out keeps its weights. Raises AnalysisError where there are too
    few corrections to learn or to judge.
    """
    lessons = [x for x in corrections if not is_held_out(x)]
    exam = [x for x in corrections if is_held_out(x)]
    if len(lessons) < LEAST_TO_LEARN or len(exam) < LEAST_TO_JUDGE:
        raise AnalysisError(
            f"{len(corrections)} corrections leave {len(lessons)} to learn and {len(exam)} to judge"
        )
    beside = untouched[: UNTOUCHED_SHARE * len(corrections)]
    exam += [x for x in beside if is_held_out(x)]
    others = [x for x in beside if not is_held_out(x)]
    tasks = tuple(task for task in LABELS if any(task in x.labels for x in corrections))
    before = _judge(models_dir, exam, tasks)
    encoder = EncoderModel.load(models_dir) if (models_dir / GRAPH_FILE).is_file() else None
    made: dict[str, LinearModel] = {}
    for name, is_social in ((NEWS_FILE, False), (SOCIAL_FILE, True)):
        chosen = [x for x in (*lessons, *others) if x.input.kind.is_social is is_social]
        made[name] = _correct(LinearModel.load(models_dir / name), chosen, tasks, encoder)
    shutil.copytree(models_dir, target)
    _save(made, models_dir, target, tasks)
    after = _judge(target, exam, tasks)
    taught = tuple(task for task, gain in gains_of(before, after).items() if gain >= LEAST_GAIN)
    if taught and len(taught) < len(before):
        _save(made, models_dir, target, taught)
        after = _judge(target, exam, tasks)
    return Report(len(lessons), len(beside), taught, before, after)


def _save(
    made: Mapping[str, LinearModel], models_dir: Path, target: Path, tasks: Sequence[str]
) -> None:
    """Write the taught columns of ``tasks`` and the shipped ones of the others."""
    for name, taught in made.items():
        shipped = LinearModel.load(models_dir / name)
        for task, spec in shipped.tasks.items():
            if task in tasks:
                shipped.weights[:, spec.columns] = taught.weights[:, spec.columns]
                shipped.unit[spec.columns] = taught.unit[spec.columns]
        shipped.version = taught.version
        shipped.save(target / name)


def _judge(
    models_dir: Path, exam: Sequence[Correction], tasks: Sequence[str]
) -> dict[str, Figures]:
    answers = load_backend(models_dir=models_dir).classify([x.input for x in exam])
    figures = {}
    for task in tasks:
        known = [i for i, x in enumerate(exam) if task in x.labels and getattr(answers[i], task)]
        if known:
            figures[task] = compare(
                task,
                [exam[i].labels[task] for i in known],
                [getattr(answers[i], task).label for i in known],
            )
    return figures


def _correct(
    model: LinearModel,
    lessons: Sequence[Correction],
    tasks: Sequence[str],
    encoder: EncoderModel | None,
) -> LinearModel:
    table = model.weights.astype(np.float64) * model.unit
    pairs = [pair(x.input) for x in lessons]
    readings = encoder.read(pairs) if encoder is not None and lessons else []
    for name, task in model.tasks.items():
        known = [i for i, x in enumerate(lessons) if x.labels.get(name) in task.labels]
        if known and name in tasks:
            gold = [task.labels.index(lessons[i].labels[name]) for i in known]
            head = None
            if encoder is not None:
                head = encoder.heads[(TASKS_OF_POSTS if model.social else TASKS_OF_NEWS)[name]]
            stand = _stand(task, head, [readings[i] for i in known] if head else [])
            table[:, task.columns] += _change(model, task, [pairs[i] for i in known], gold, stand)
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


def _stand(task: Task, head: Head | None, readings: Sequence[Reading]) -> Stand:
    """What the linear scores of the texts read are put together with (see EncoderBackend)."""
    own = task.calibration
    if head is None:
        return Stand(own.scale, own.bias)
    places = [head.labels.index(label) for label in task.labels]
    logits = np.stack([reading.logits[head.columns] for reading in readings])
    theirs = head.share * np.log(softmax(logits) + 1e-6)[:, places]
    calibration, rest = head.calibration, 1 - head.share
    return Stand(
        calibration.scale * rest * own.scale,
        calibration.scale * (theirs + rest * own.bias) + calibration.bias[places],
    )


def _change(
    model: LinearModel,
    task: Task,
    pairs: Sequence[tuple[str, str]],
    gold: Iterable[int],
    stand: Stand,
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
        logits = stand.gain * (scores + matrix @ change) + stand.rest
        chances = softmax(logits.astype(np.float32)).astype(np.float64)
        value = -(wanted * np.log(chances + 1e-12)).sum() / len(pairs)
        slope = stand.gain * (matrix.T @ (chances - wanted)) / len(pairs)
        return (
            value + HOLD_BACK / 2 * float((change**2).sum()),
            (slope + HOLD_BACK * change).ravel(),
        )

    best = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B")
    whole = np.zeros((len(model.keys), shape[1]))
    whole[used] = best.x.reshape(shape)
    return whole
