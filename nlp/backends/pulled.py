"""Larger classifiers that an office pulled: one task each, over the answers of the shipped models.

A pulled model lies in a folder of its own: ``model.onnx``, ``tokenizer.json`` and ``about.json``
(see ``nlp.pulling``). It is run by the encoder's own code: same tokenizer library, same batches of
like length, no torch.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from langnghe.errors import ModelUnavailable
from nlp.backends.base import Backend, Guess, Guesses, TextInput
from nlp.backends.calibration import Calibration
from nlp.backends.encoder import EncoderModel, Head
from nlp.backends.reading import pair

GRAPH_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
ABOUT_FILE = "about.json"
_NEVER = 2.0


class GraphSession:
    """Makes a sequence classifier's graph answer as the encoder's does; it gives no pushes."""

    def __init__(self, session: Any, labels: int, pieces: int, unknown: int) -> None:
        self._session, self._labels = session, labels
        self._pieces, self._unknown = pieces, unknown
        self._inputs = {found.name for found in session.get_inputs()}

    def run(
        self, _names: Sequence[str], feed: Mapping[str, NDArray[np.int64]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return (logits, pushes of 0); a piece that the graph does not know is the unknown one."""
        ids = np.where(feed["ids"] < self._pieces, feed["ids"], self._unknown)
        values = {"input_ids": ids, "attention_mask": feed["mask"]}
        if "token_type_ids" in self._inputs:
            values["token_type_ids"] = np.zeros_like(ids)
        (logits,) = self._session.run(["logits"], values)
        return logits, np.zeros((*ids.shape, self._labels), np.float32)


class PulledModel:
    """One task of one pulled model; ``columns`` names our label for each of its outputs."""

    def __init__(self, model: EncoderModel, about: Mapping[str, Any]) -> None:
        self._model = model
        self.name: str = about["name"]
        self.version: str = about["graph_sha256"][:10]
        self.task: str = about["task"]
        self.columns: tuple[str, ...] = tuple(about["columns"])
        self._is_segmented = bool(about["segmented"])
        self._kinds = frozenset(about["kinds"])

    @classmethod
    def load(cls, folder: Path, *, threads: int = 1) -> PulledModel:
        """The model stored in ``folder``.

        Raises ModelUnavailable if a file is absent or not the one that was pulled.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        try:
            about = json.loads((folder / ABOUT_FILE).read_text("utf-8"))
            graph = (folder / GRAPH_FILE).read_bytes()
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        except Exception as error:
            raise ModelUnavailable(f"pulled model {folder.name}: {error}") from error
        if hashlib.sha256(graph).hexdigest() != about["graph_sha256"]:
            raise ModelUnavailable(f"{folder.name}: {GRAPH_FILE} is not the graph that was pulled")
        tokenizer.enable_truncation(about["max_pieces"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        columns = len(about["columns"])
        none = np.zeros(columns, np.float32)
        head = Head(tuple(about["columns"]), slice(0, columns), 1.0, Calibration(1.0, none, none))
        model = EncoderModel(
            GraphSession(session, columns, about["pieces"], about["unknown"]),
            tokenizer,
            tokenizer,
            {about["task"]: head},
            version=about["graph_sha256"][:10],
            sure_from=_NEVER,
        )
        return cls(model, about)

    def reads(self, item: TextInput) -> bool:
        """Whether it answers for texts of this kind."""
        return item.kind.value in self._kinds

    def chances(self, pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        """The probability of each of our labels for every text."""
        sides = [(self._words(title), self._words(body)) for title, body in pairs]
        rows = self._model.heads[self.task].calibration.probabilities(
            self._model.judge(sides, self.task)
        )
        found = []
        for row in rows.tolist():
            sums: dict[str, float] = defaultdict(float)
            for label, chance in zip(self.columns, row, strict=True):
                sums[label] += chance
            found.append(dict(sums))
        return found

    def answer(self, inputs: Sequence[TextInput], first: Sequence[Guess | None]) -> list[Guess]:
        """Its guesses; the evidence is that of an equal first guess, else the telling sentence."""
        pairs = [pair(item) for item in inputs]
        guesses = []
        for both, chances, before in zip(pairs, self.chances(pairs), first, strict=True):
            label = max(chances, key=lambda name: chances[name])
            if before is not None and before.label == label:
                evidence = before.evidence
            else:
                evidence = self._telling(both, label)
            guesses.append(Guess(label, chances[label], chances, evidence))
        return guesses

    def _telling(self, both: tuple[str, str], label: str) -> tuple[str, ...]:
        """Return the sentence that alone speaks most for ``label``."""
        from nlp.segment import sentences

        parts = [part for side in both for part in sentences(side)]
        if len(parts) < 2:
            return tuple(parts)
        alone = self.chances([("", part) for part in parts])
        return (max(zip(alone, parts, strict=True), key=lambda x: x[0].get(label, 0.0))[1],)

    def _words(self, text: str) -> str:
        if not self._is_segmented or not text:
            return text
        return str(_tokenizer()(text, format="text"))


class PulledBackend:
    """The shipped models, with the pulled ones' word for their tasks."""

    name = "pulled"

    def __init__(self, base: Backend, models: Sequence[PulledModel]) -> None:
        self._base, self._models = base, tuple(models)
        pulled = "+".join(f"{model.name}:{model.version}" for model in self._models)
        self.version = f"{pulled}+{base.version}"

    def classify(self, inputs: Sequence[TextInput]) -> list[Guesses]:
        """The guesses for each text, in the order of the texts."""
        answers = self._base.classify(inputs)
        for model in self._models:
            places = [i for i, item in enumerate(inputs) if model.reads(item)]
            first = [getattr(answers[i], model.task) for i in places]
            guesses = model.answer([inputs[i] for i in places], first) if places else []
            for i, guess in zip(places, guesses, strict=True):
                answers[i] = _with(answers[i], model.task, guess)
        return answers


def _with(answer: Guesses, task: str, guess: Guess) -> Guesses:
    changes: dict[str, Any] = {task: guess}
    return replace(answer, **changes)


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    from underthesea import word_tokenize

    return word_tokenize
