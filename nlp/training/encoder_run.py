"""The encoder from pretrained weights to the files that ship. Needs the training extra."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from langnghe.text import fold
from nlp.backends.encoder import ABOUT_FILE, GRAPH_FILE, TOKENIZER_FILE
from nlp.backends.heads import HEADS
from nlp.backends.reading import pair
from nlp.claims.train import load_claims, own_claims
from nlp.stories.weeks import LEARNED_WEEKS, LEVEL_WEEKS, TUNED_WEEK, load_week
from nlp.training import e5file, export, lessons, shipped, tune, vocabulary
from nlp.training.encoder import Classifier, build_encoder
from nlp.training.finetune import Lesson, Plan, Trainer
from nlp.training.gold import (
    Example,
    read_all_news,
    read_all_social,
    read_comments,
    read_levels,
    read_stream,
)

log = logging.getLogger(__name__)

LAYERS = 6
POSITIONS = 160
PIECES = 28_000
PLAN = Plan(epochs=4)
AGAIN_EPOCHS, AGAIN_RATE = 4, 1e-4
PASSAGES = 1500
CLAIMS_READ = 120
"""The labelled claims that the encoder learns; the next thirty tune its share."""


def make(data_dir: Path, work: Path, models_dir: Path, *, minutes: float, again: bool) -> None:
    """Make the encoder's three files in ``models_dir``, going on where ``work`` stopped.

    With ``again`` the run starts from the weights that ship instead of the pretrained ones.
    """
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(PLAN.seed)
    sizes = {name: len(labels) for name, labels in HEADS.items()}
    examples = [*read_all_news(data_dir), *read_all_social(data_dir)]
    if again:
        about = json.loads((models_dir / ABOUT_FILE).read_text("utf-8"))
        model, tokenizer = shipped.load(models_dir, about, sizes), shipped.tokenizer(models_dir)
        plan = replace(PLAN, epochs=AGAIN_EPOCHS, rate=AGAIN_RATE, minutes=minutes)
    else:
        e5 = e5file.read(e5file.locate())
        words = _vocabulary(e5, data_dir, work)
        model = Classifier(build_encoder(e5, words, LAYERS, POSITIONS), sizes)
        tokenizer, plan = words.tokenizer, replace(PLAN, minutes=minutes)
    model.encoder.set_attn_implementation("eager")
    _fit(model, tokenizer, _lessons(data_dir, examples), work, plan)
    tokenizer.save(str(models_dir / TOKENIZER_FILE), pretty=False)
    export.export(model, sizes, models_dir / GRAPH_FILE)
    settle(data_dir, models_dir)


def settle(data_dir: Path, models_dir: Path) -> None:
    """Fit how the exported encoder answers and write its description."""
    widths = tune.Widths(PLAN.max_pieces, PLAN.pair_pieces)
    tune.describe(models_dir, HEADS, widths)
    examples = [*read_all_news(data_dir), *read_all_social(data_dir)]
    tuning = [x for x in examples if x.part == "tune"]
    tune.tune(models_dir, [*tuning, *read_levels(data_dir, [TUNED_WEEK], singles=False)], widths)


def _lessons(data_dir: Path, examples: Sequence[Example]) -> list[Lesson]:
    closed = {x.id for x in examples if x.part != "train"}
    levels = read_levels(data_dir, LEVEL_WEEKS)
    learned = [x for x in (*examples, *levels) if x.id not in closed]
    rows = [*load_claims(data_dir)[:CLAIMS_READ], *own_claims()]
    weeks = [load_week(data_dir, name) for name in LEARNED_WEEKS]
    rng = random.Random(PLAN.seed)  # noqa: S311
    passages = rng.sample([doc for week in weeks for doc in week.docs], PASSAGES)
    return [
        *lessons.from_examples(learned),
        *(lesson for week in weeks for lesson in lessons.from_week(week)),
        *lessons.from_claims(rows, passages),
    ]


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
    model: Classifier, tokenizer: Tokenizer, wanted: Sequence[Lesson], work: Path, plan: Plan
) -> None:
    finished = work / "finished.pt"
    if not finished.is_file():
        log.info("%d lessons", len(wanted))
        trainer = Trainer(model, tokenizer, wanted, plan)
        checkpoint = work / "checkpoint.pt"
        if checkpoint.is_file():
            trainer.resume(checkpoint)
        for epoch in trainer.run(checkpoint):
            log.info("epoch %d done", epoch + 1)
        torch.save(trainer.weights(), finished)
        model.float()
    model.load_state_dict(torch.load(finished, weights_only=True))
