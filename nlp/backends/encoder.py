"""The encoder backend: a fine-tuned encoder in ONNX Runtime, averaged with the linear one.

No torch at run time. Every logit is a sum over the pieces of the text, so
the evidence is the exact share of each word in the decision of the last layer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from langnghe.errors import ModelUnavailable
from nlp.backends.base import Guess, Guesses, TextInput
from nlp.backends.calibration import Calibration, softmax
from nlp.backends.evidence import spans
from nlp.backends.features import WORD
from nlp.backends.linear import LinearBackend
from nlp.backends.reading import pair

GRAPH_FILE = "encoder.onnx"
TOKENIZER_FILE = "encoder-tokenizer.json"
ABOUT_FILE = "encoder.json"
LEVEL_HEAD = "news_level"
PAD_ID = 1
BATCH = 16
TASKS_OF_NEWS = {"topic": "news_topic", "tone": "news_tone", "stance": "news_stance"}
TASKS_OF_POSTS = {
    "topic": "news_topic",
    "tone": "social_tone",
    "stance": "social_stance",
    "intent": "social_intent",
}


@dataclass(frozen=True)
class Head:
    """One question of the encoder, and how its answer is mixed with the linear one.

    ``share`` is the encoder's weight in the mean of log probabilities; the
    calibration turns that mean into a probability.
    """

    labels: tuple[str, ...]
    columns: slice
    share: float
    calibration: Calibration


@dataclass(frozen=True)
class Reading:
    """What the encoder saw in one text: ``logits`` and each word's push toward every label."""

    logits: NDArray[np.float32]
    pushes: NDArray[np.float32]


class EncoderModel:
    """The graph, its tokenizer and its heads; ``sure_from`` is the cascade's threshold."""

    def __init__(
        self,
        session: Any,
        tokenizer: Any,
        pair_tokenizer: Any,
        heads: Mapping[str, Head],
        *,
        version: str,
        sure_from: float,
    ) -> None:
        self.session, self.heads = session, dict(heads)
        self.tokenizer, self.pair_tokenizer = tokenizer, pair_tokenizer
        self.version, self.sure_from = version, sure_from

    @classmethod
    def load(cls, models_dir: Path, *, threads: int = 1) -> EncoderModel:
        """The encoder stored in ``models_dir``, to run on ``threads`` cores.

        Raises ModelUnavailable if a file is absent or the graph is not the one described.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        try:
            about = json.loads((models_dir / ABOUT_FILE).read_text("utf-8"))
            graph = (models_dir / GRAPH_FILE).read_bytes()
            words = (models_dir / TOKENIZER_FILE).read_text("utf-8")
            tokenizer, pair_tokenizer = Tokenizer.from_str(words), Tokenizer.from_str(words)
        except (OSError, ValueError) as error:
            raise ModelUnavailable(f"encoder in {models_dir.name}: {error}") from error
        if hashlib.sha256(graph).hexdigest() != about["graph_sha256"]:
            raise ModelUnavailable(f"{GRAPH_FILE} is not the graph that {ABOUT_FILE} describes")
        tokenizer.enable_truncation(about["max_pieces"])
        pair_tokenizer.enable_truncation(about.get("pair_pieces", about["max_pieces"]))
        session = onnxruntime.InferenceSession(
            graph,
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # slower than its parts: ADR 0152
        )
        heads = {name: _head(spec) for name, spec in about["heads"].items()}
        return cls(
            session,
            tokenizer,
            pair_tokenizer,
            heads,
            version=about["version"],
            sure_from=about["sure_from"],
        )

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        """Logits and pushes for every text, computed in batches of like length."""
        encodings = self.tokenizer.encode_batch(list(pairs))
        order = sorted(range(len(pairs)), key=lambda i: len(encodings[i].ids))
        readings: list[Reading | None] = [None] * len(pairs)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            logits, pushes = self._run([encodings[i].ids for i in chosen])
            for row, i in enumerate(chosen):
                words = _words_of(encodings[i], pairs[i])
                readings[i] = Reading(logits[row], _by_word(pushes[row], words, pairs[i]))
        return [reading for reading in readings if reading is not None]

    def judge(self, pairs: Sequence[tuple[str, str]], head: str) -> NDArray[np.float32]:
        """The logits of one head for pairs of texts, shape (pairs, labels)."""
        columns = self.heads[head].columns
        found = np.zeros((len(pairs), columns.stop - columns.start), np.float32)
        encodings = self.pair_tokenizer.encode_batch(list(pairs))
        order = sorted(range(len(pairs)), key=lambda i: len(encodings[i].ids))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            logits, _ = self._run([encodings[i].ids for i in chosen])
            found[chosen] = logits[:, columns]
        return found

    def _run(
        self, rows: Sequence[Sequence[int]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        width = max(map(len, rows))
        ids = np.full((len(rows), width), PAD_ID, np.int64)
        mask = np.zeros((len(rows), width), np.int64)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = row
            mask[place, : len(row)] = 1
        logits, pushes = self.session.run(["logits", "pushes"], {"ids": ids, "mask": mask})
        return logits, pushes


def shared_encoder(models_dir: Path) -> EncoderModel:
    """The encoder of a folder, loaded once for all who ask in this process.

    Raises ModelUnavailable.
    """
    about = models_dir / ABOUT_FILE
    return _loaded(models_dir, about.stat().st_mtime_ns if about.is_file() else 0)


@lru_cache(maxsize=2)
def _loaded(models_dir: Path, _made_at: int) -> EncoderModel:
    return EncoderModel.load(models_dir)


def _words_of(encoding: Any, both: tuple[str, str]) -> list[int]:
    """For every piece the number of the word it belongs to, or -1."""
    before = 0
    word_at: list[list[int]] = []
    for side in both:
        table = [-1] * (len(side) + 1)
        for match in WORD.finditer(side):
            table[match.start() : match.end()] = [before] * (match.end() - match.start())
            before += 1
        word_at.append(table)
    words = []
    for side, (start, end) in zip(encoding.sequence_ids, encoding.offsets, strict=True):
        inside = [] if side is None else [w for w in word_at[side][start:end] if w >= 0]
        words.append(inside[0] if inside else -1)
    return words


def _by_word(
    pushes: NDArray[np.float32], words: Sequence[int], both: tuple[str, str]
) -> NDArray[np.float32]:
    count = sum(len(WORD.findall(side)) for side in both)
    total = np.zeros((count, pushes.shape[1]), np.float32)
    for piece, word in enumerate(words):
        if word >= 0:
            total[word] += pushes[piece]
    return total


def _head(spec: Mapping[str, Any]) -> Head:
    calibration = Calibration(
        float(spec["scale"]),
        np.array(spec["bias"], np.float32),
        np.array(spec["offset"], np.float32),
    )
    return Head(tuple(spec["labels"]), slice(*spec["columns"]), float(spec["share"]), calibration)


def mix(
    encoder_logits: NDArray[np.float32], linear: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    """The weighted mean of both models' log probabilities, one row a text."""
    ours = np.log(softmax(encoder_logits) + 1e-6)
    theirs = np.log(linear + 1e-6)
    mixed: NDArray[np.float32] = share * ours + (1 - share) * theirs
    return mixed


class EncoderBackend:
    """The encoder on every text, averaged with the linear backend."""

    name = "encoder"

    def __init__(self, linear: LinearBackend, encoder: EncoderModel) -> None:
        self.linear, self.encoder = linear, encoder
        self.version = f"{encoder.version}+{linear.version}"

    @classmethod
    def load(cls, models_dir: Path) -> EncoderBackend:
        """The backend with the weights in ``models_dir``."""
        return cls(LinearBackend.load(models_dir), shared_encoder(models_dir))

    def classify(self, inputs: Sequence[TextInput]) -> list[Guesses]:
        """The guesses for each text, in the order of the texts."""
        return self.refine(inputs, self.linear.classify(inputs))

    def refine(self, inputs: Sequence[TextInput], first: Sequence[Guesses]) -> list[Guesses]:
        """The linear backend's ``first`` guesses, reconsidered with the encoder."""
        pairs = [pair(item) for item in inputs]
        readings = self.encoder.read(pairs)
        refined = list(first)
        for is_social, tasks in ((False, TASKS_OF_NEWS), (True, TASKS_OF_POSTS)):
            places = [i for i, item in enumerate(inputs) if item.kind.is_social is is_social]
            if not places:
                continue
            answers = {
                task: self._answer(
                    self.encoder.heads[head],
                    [readings[i] for i in places],
                    [getattr(first[i], task) for i in places],
                    [pairs[i] for i in places],
                )
                for task, head in tasks.items()
            }
            for row, i in enumerate(places):
                intent = answers["intent"][row] if is_social else None
                refined[i] = Guesses(
                    answers["topic"][row],
                    answers["tone"][row],
                    answers["stance"][row],
                    intent,
                    None if is_social else self._importance(readings[i]),
                )
        return refined

    def _importance(self, reading: Reading) -> tuple[float, float] | None:
        head = self.encoder.heads.get(LEVEL_HEAD)
        if head is None:
            return None
        chances = head.calibration.probabilities(reading.logits[None, head.columns])[0]
        return float(1 - chances[0]), float(chances[2:].sum())

    def _answer(
        self,
        head: Head,
        readings: Sequence[Reading],
        first: Sequence[Guess],
        pairs: Sequence[tuple[str, str]],
    ) -> list[Guess]:
        logits = np.stack([reading.logits[head.columns] for reading in readings])
        linear = np.array(
            [[guess.probabilities[label] for label in head.labels] for guess in first], np.float32
        )
        chances = head.calibration.probabilities(mix(logits, linear, head.share))
        chosen = head.calibration.decide(chances)
        guesses = []
        for row, place in enumerate(chosen):
            pushes = readings[row].pushes[:, head.columns]
            toward = pushes[:, place] - pushes.mean(axis=1)
            guesses.append(
                Guess(
                    label=head.labels[place],
                    confidence=float(chances[row, place]),
                    probabilities=dict(zip(head.labels, chances[row].tolist(), strict=True)),
                    evidence=spans(pairs[row], toward),
                )
            )
        return guesses
