"""The encoder from pretrained weights to the files that ship. Needs the training extra."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from langnghe.text import fold
from nlp.backends.encoder import GRAPH_FILE, TOKENIZER_FILE
from nlp.backends.reading import pair
from nlp.training import e5file, export, tune, vocabulary
from nlp.training.encoder import Classifier, build_encoder
from nlp.training.finetune import HEADS, Lesson, Plan, Trainer
from nlp.training.gold import Example, read_comments, read_news, read_own_posts, read_stream

log = logging.getLogger(__name__)

LAYERS = 6
POSITIONS = 160
PIECES = 28_000
PLAN = Plan(epochs=4)


def make(data_dir: Path, work: Path, models_dir: Path, *, minutes: float) -> None:
    """Make the encoder's three files in ``models_dir``, going on where ``work`` stopped."""
    work.mkdir(parents=True, exist_ok=True)
    examples = [*read_news(data_dir), *read_comments(data_dir), *read_own_posts()]
    torch.manual_seed(PLAN.seed)
    e5 = e5file.read(e5file.locate())
    words = _vocabulary(e5, data_dir, work)
    encoder = build_encoder(e5, words, LAYERS, POSITIONS)
    encoder.set_attn_implementation("eager")
    model = Classifier(encoder, {name: len(labels) for name, labels in HEADS.items()})
    _fit(model, words.tokenizer, examples, work, minutes)
    words.tokenizer.save(str(models_dir / TOKENIZER_FILE), pretty=False)
    sizes = {name: len(labels) for name, labels in HEADS.items()}
    export.export(model, sizes, models_dir / GRAPH_FILE)
    tune.describe(models_dir, HEADS, PLAN.max_pieces)
    tune.tune(models_dir, [x for x in examples if x.part == "tune"], PLAN.max_pieces)


def _vocabulary(e5: e5file.E5File, data_dir: Path, work: Path) -> vocabulary.Vocabulary:
    tokenizer, rows = work / "tokenizer.json", work / "rows.npy"
    if tokenizer.is_file() and rows.is_file():
        return vocabulary.Vocabulary(Tokenizer.from_file(str(tokenizer)), np.load(rows))
    made = vocabulary.prune(e5, _corpus(data_dir), PIECES)
    np.save(rows, made.rows)
    made.tokenizer.save(str(tokenizer), pretty=False)
    return made


def _corpus(data_dir: Path) -> Iterator[str]:
    """News and comments, and both as people type them without marks."""
    for _, item in read_stream(data_dir):
        title, lead = pair(item)
        yield f"{title} {lead}"
        yield fold(title)
    for example in read_comments(data_dir):
        text = " ".join(pair(example.input))
        yield text
        yield fold(text)


def _fit(
    model: Classifier, tokenizer: Tokenizer, examples: Sequence[Example], work: Path, minutes: float
) -> None:
    finished = work / "finished.pt"
    if not finished.is_file():
        lessons = [_lesson(x) for x in examples if x.part == "train"]
        plan = replace(PLAN, minutes=minutes)
        trainer = Trainer(model, tokenizer, lessons, plan)
        checkpoint = work / "checkpoint.pt"
        if checkpoint.is_file():
            trainer.resume(checkpoint)
        for epoch in trainer.run(checkpoint):
            log.info("epoch %d done", epoch + 1)
        torch.save(trainer.weights(), finished)
        model.float()
    model.load_state_dict(torch.load(finished, weights_only=True))


def _lesson(example: Example) -> Lesson:
    room = "social" if example.input.kind.is_social else "news"
    return Lesson(
        example.input,
        {
            f"{room}_{task}": _one_hot(HEADS[f"{room}_{task}"], label)
            for task, label in example.labels.items()
        },
    )


def _one_hot(labels: tuple[str, ...], label: str) -> NDArray[np.float32]:
    wanted = np.zeros(len(labels), np.float32)
    wanted[labels.index(label)] = 1.0
    return wanted
