"""The linear backend: hashed word features and one small table of weights for each kind of text.

Always there and very fast; needs numpy only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from langnghe.errors import ModelUnavailable
from nlp.backends.base import Guess, Guesses, TextInput
from nlp.backends.calibration import Calibration
from nlp.backends.evidence import spans
from nlp.backends.features import Occurrences, extract
from nlp.backends.reading import pair, spoken

NEWS_FILE = "linear-news.npz"
SOCIAL_FILE = "linear-social.npz"
BATCH = 256


@dataclass(frozen=True)
class Task:
    """One question: its labels, the columns of the table that score them, the calibration."""

    labels: tuple[str, ...]
    columns: slice
    calibration: Calibration


@dataclass(frozen=True)
class Vectors:
    """A batch as weighted known features, each counted once a text.

    ``known`` points into the occurrences; ``row``, ``feature`` and ``value``
    are the entries of the matrix, in order of rows.
    """

    occurrences: Occurrences
    known: NDArray[np.int64]
    row: NDArray[np.int64]
    feature: NDArray[np.int64]
    value: NDArray[np.float32]


@dataclass(frozen=True)
class Scored:
    """A batch seen through the table: what each known feature pushed, and all scores."""

    vectors: Vectors
    pushes: NDArray[np.float32]
    scores: NDArray[np.float32]


class LinearModel:
    """The weights for one kind of text; ``keys`` are sorted feature hashes, one row each."""

    def __init__(
        self,
        keys: NDArray[np.uint32],
        idf: NDArray[np.float32],
        weights: NDArray[np.int8],
        unit: NDArray[np.float32],
        tasks: Mapping[str, Task],
        *,
        version: str,
        social: bool,
    ) -> None:
        self.keys, self.idf, self.weights, self.unit = keys, idf, weights, unit
        self.tasks = dict(tasks)
        self.version, self.social = version, social

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """The model stored at ``path``.

        Raises ModelUnavailable if the file is absent or no such model.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(bytes(file["about"]).decode())
                tasks = {name: _task(spec) for name, spec in about["tasks"].items()}
                return cls(
                    file["keys"],
                    file["idf"].astype(np.float32),
                    file["weights"],
                    file["unit"],
                    tasks,
                    version=about["version"],
                    social=about["social"],
                )
        except (OSError, KeyError, ValueError) as error:
            raise ModelUnavailable(f"{path.name}: {error}") from error

    def save(self, path: Path) -> None:
        """Write the model to ``path``, equal bytes for equal weights."""
        about = {
            "version": self.version,
            "social": self.social,
            "tasks": {name: _spec(task) for name, task in self.tasks.items()},
        }
        np.savez_compressed(
            path,
            keys=self.keys,
            idf=self.idf.astype(np.float16),
            weights=self.weights,
            unit=self.unit,
            about=np.frombuffer(json.dumps(about).encode(), np.uint8),
        )

    def vectors(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """The texts as vectors of length 1 over the known features, weighted by rarity."""
        found = extract(pairs, social=self.social)
        at = np.searchsorted(self.keys, found.key)
        at[at == len(self.keys)] = 0
        known = np.flatnonzero(self.keys[at] == found.key) if len(self.keys) else at[:0]
        known = known[_first_of_each(found.row[known], at[known])]
        row, feature = found.row[known], at[known]
        rarity = self.idf[feature]
        length = np.sqrt(np.bincount(row, rarity**2, minlength=len(pairs))).astype(np.float32)
        return Vectors(found, known, row, feature, rarity / length[row])

    def score(self, pairs: Sequence[tuple[str, str]]) -> Scored:
        """Scores of all tasks for every text."""
        seen = self.vectors(pairs)
        pushes = self.weights[seen.feature] * self.unit * seen.value[:, None]
        scores = np.zeros((len(pairs), self.weights.shape[1]), np.float32)
        edges = np.flatnonzero(np.diff(seen.row, prepend=-1))
        if len(edges):
            scores[seen.row[edges]] = np.add.reduceat(pushes, edges, axis=0)
        return Scored(seen, pushes, scores)

    def guess(
        self, pairs: Sequence[tuple[str, str]], names: Sequence[str]
    ) -> dict[str, list[Guess]]:
        """The named tasks' answers with their evidence, in the order of the texts."""
        scored = self.score(pairs)
        return {name: self._answer(self.tasks[name], pairs, scored) for name in names}

    def _answer(self, task: Task, pairs: Sequence[tuple[str, str]], scored: Scored) -> list[Guess]:
        probabilities = task.calibration.probabilities(scored.scores[:, task.columns])
        chosen = task.calibration.decide(probabilities)
        pushed = _word_pushes(scored, task.columns, chosen)
        starts = scored.vectors.occurrences.starts
        return [
            Guess(
                label=task.labels[chosen[i]],
                confidence=float(probabilities[i, chosen[i]]),
                probabilities=dict(zip(task.labels, probabilities[i].tolist(), strict=True)),
                evidence=spans(both, pushed[starts[i] : starts[i + 1]]),
            )
            for i, both in enumerate(pairs)
        ]


def _first_of_each(row: NDArray[np.int64], feature: NDArray[np.int64]) -> NDArray[np.int64]:
    first: NDArray[np.int64] = np.unique(row << 32 | feature, return_index=True)[1]
    return first


def _word_pushes(scored: Scored, columns: slice, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    """How much every word of the batch pushed toward its text's chosen label."""
    found, known = scored.vectors.occurrences, scored.vectors.known
    pushes = scored.pushes[:, columns]
    toward = pushes[np.arange(len(known)), chosen[found.row[known]]] - pushes.mean(axis=1)
    count = int(found.starts[-1])
    total = np.zeros(count, np.float64)
    for step in range(int(found.width.max(initial=0))):
        spanning = known[found.width[known] > step]
        part = toward[found.width[known] > step] / found.width[spanning]
        total += np.bincount(found.first[spanning] + step, part, minlength=count)
    return total.astype(np.float32)


def _task(spec: Mapping[str, object]) -> Task:
    start, stop = spec["columns"]  # type: ignore[misc]
    calibration = Calibration(
        float(spec["scale"]),  # type: ignore[arg-type]
        np.array(spec["bias"], np.float32),
        np.array(spec["offset"], np.float32),
    )
    return Task(tuple(spec["labels"]), slice(start, stop), calibration)  # type: ignore[arg-type, has-type]


def _spec(task: Task) -> dict[str, object]:
    return {
        "labels": list(task.labels),
        "columns": [task.columns.start, task.columns.stop],
        "scale": task.calibration.scale,
        "bias": [round(float(x), 5) for x in task.calibration.bias],
        "offset": [round(float(x), 5) for x in task.calibration.offset],
    }


class LinearBackend:
    """The linear classifier of news and public posts."""

    name = "linear"

    def __init__(self, news: LinearModel, social: LinearModel) -> None:
        self.news, self.social = news, social
        self.version = f"{news.version}+{social.version}"

    @classmethod
    def load(cls, models_dir: Path) -> LinearBackend:
        """The backend with the weights in ``models_dir``."""
        return cls(
            LinearModel.load(models_dir / NEWS_FILE), LinearModel.load(models_dir / SOCIAL_FILE)
        )

    def classify(self, inputs: Sequence[TextInput]) -> list[Guesses]:
        """The guesses for each text, in the order of the texts."""
        guesses: list[Guesses] = []
        for start in range(0, len(inputs), BATCH):
            guesses += self._classify(inputs[start : start + BATCH])
        return guesses

    def _classify(self, inputs: Sequence[TextInput]) -> list[Guesses]:
        press = [item for item in inputs if not item.kind.is_social]
        posts = [item for item in inputs if item.kind.is_social]
        news = self.news.guess([pair(item) for item in press], ("topic", "tone", "stance"))
        social = self.social.guess([pair(item) for item in posts], ("tone", "intent", "stance"))
        topics = self.news.guess([spoken(item) for item in posts], ("topic",))["topic"]
        of_press = iter(
            Guesses(topic, tone, stance, None)
            for topic, tone, stance in zip(news["topic"], news["tone"], news["stance"], strict=True)
        )
        of_posts = iter(
            Guesses(topic, tone, stance, intent)
            for topic, tone, stance, intent in zip(
                topics, social["tone"], social["stance"], social["intent"], strict=True
            )
        )
        return [next(of_posts if item.kind.is_social else of_press) for item in inputs]
