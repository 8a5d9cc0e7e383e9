"""Measures the shipped models on the held-out part and writes their cards."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from nlp.backends.base import Backend, Guesses, load_backend
from nlp.backends.card import SHIPPED_CARDS, Card, digest
from nlp.backends.cascade import CascadeBackend, is_settled
from nlp.backends.encoder import ABOUT_FILE, GRAPH_FILE, TOKENIZER_FILE, EncoderBackend
from nlp.backends.linear import NEWS_FILE, SOCIAL_FILE
from nlp.training import baseline
from nlp.training.card_text import DATA, LIMITS, TASK, page
from nlp.training.gold import (
    Example,
    read_comments,
    read_news,
    read_own_comments,
    read_own_news,
)
from nlp.training.measure import judge

__all__ = ["SHIPPED_CARDS", "write_all"]

log = logging.getLogger(__name__)

FILES = {
    "linear": (NEWS_FILE, SOCIAL_FILE),
    "encoder": (GRAPH_FILE, TOKENIZER_FILE, ABOUT_FILE),
}
CURVE = (0.0, 0.7, 0.8, 0.9, 0.95, 2.0)
TIMED_TEXTS = 512


def write_all(
    data_dir: Path, work: Path, models_dir: Path, cards_dir: Path, *, made_on: date
) -> None:
    """Write a JSON card and its page for every model present in ``models_dir``."""
    sets = held_out(data_dir)
    plain = _baseline(data_dir, work / "baseline.json", sets)
    for name, files in FILES.items():
        if not all((models_dir / file).is_file() for file in files):
            log.warning("no card for %s: its weights are absent", name)
            continue
        backend = load_backend("linear" if name == "linear" else "encoder", models_dir=models_dir)
        figures, speed = _measure(backend, sets)
        card = Card(
            name=name,
            version=backend.version,
            made_on=made_on.isoformat(),
            task=TASK[name],
            files={file: digest(models_dir / file) for file in files},
            data=DATA[name],
            figures=figures,
            baseline=plain,
            speed=speed,
            limits=LIMITS[name],
        )
        _write(card, cards_dir)


def _measure(
    backend: Backend, sets: Mapping[str, Sequence[Example]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures by set and speeds; the encoder reads every text once for all of them."""
    news = sets["news"]
    answers = backend.classify([x.input for x in news])
    random_places = [i for i, x in enumerate(news) if x.batch.startswith("train_")]
    figures = {
        "news": _plain(answers, news),
        "news_random": _plain(
            [answers[i] for i in random_places], [news[i] for i in random_places]
        ),
        "comments": _plain(backend.classify([x.input for x in sets["comments"]]), sets["comments"]),
    }
    speed: dict[str, Any] = {"feed_items_a_second": _speed(backend, news)}
    if isinstance(backend, EncoderBackend):
        quick = backend.linear.classify([x.input for x in news])
        sure_from = backend.encoder.sure_from
        figures["cascade"] = _plain(_cascade(news, quick, answers, sure_from), news)
        speed["sure_from"] = sure_from
        speed["curve"] = [
            _point(backend, news, quick, answers, point) for point in sorted({*CURVE, sure_from})
        ]
    return figures, speed


def held_out(data_dir: Path) -> dict[str, list[Example]]:
    """The texts that no shipped weight has seen, by set."""
    news = [x for x in read_news(data_dir) if x.part == "held_out"]
    comments = [x for x in read_comments(data_dir) if x.part == "held_out"]
    return {
        "news": news,
        "comments": comments,
    }


def _plain(answers: Sequence[Guesses], examples: Sequence[Example]) -> dict[str, Any]:
    return {task: found.as_dict() for task, found in judge(answers, examples).items()}


def _baseline(data_dir: Path, cache: Path, sets: Mapping[str, list[Example]]) -> dict[str, Any]:
    if cache.is_file():
        found: dict[str, Any] = json.loads(cache.read_text("utf-8"))
        return found
    news = [*read_news(data_dir), *read_own_news(data_dir)]
    comments = [*read_comments(data_dir), *read_own_comments(data_dir)]
    made = {
        name: {
            task: result.as_dict()
            for task, result in baseline.score(
                [x for x in (comments if name == "comments" else news) if x.part != "held_out"],
                examples,
            ).items()
        }
        for name, examples in sets.items()
    }
    cache.write_text(json.dumps(made, ensure_ascii=False, indent=1), "utf-8")
    return made


def _speed(backend: Backend, examples: Sequence[Example]) -> float:
    """Feed items for each second of processor time, on one core."""
    inputs = [example.input for example in examples[:TIMED_TEXTS]]
    backend.classify(inputs[:64])
    started = time.process_time()
    backend.classify(inputs)
    return round(len(inputs) / (time.process_time() - started), 1)


def _cascade(
    examples: Sequence[Example],
    quick: Sequence[Guesses],
    slow: Sequence[Guesses],
    sure_from: float,
) -> list[Guesses]:
    return [
        first if is_settled(x.input, first, sure_from) else second
        for x, first, second in zip(examples, quick, slow, strict=True)
    ]


def _point(
    backend: EncoderBackend,
    examples: Sequence[Example],
    quick: Sequence[Guesses],
    slow: Sequence[Guesses],
    sure_from: float,
) -> dict[str, float]:
    """Accuracy against speed at one threshold of the cascade; above 1 all is encoded."""
    answers = _cascade(examples, quick, slow, sure_from)
    found = judge(answers, examples)
    encoded = sum(answer is second for answer, second in zip(answers, slow, strict=True))
    return {
        "sure_from": sure_from,
        "encoded": round(encoded / len(examples), 3),
        "feed_items_a_second": _speed(CascadeBackend(backend, sure_from), examples),
        "topic_accuracy": round(found["topic"].accuracy, 4),
        "tone_f1": round(found["tone"].macro_f1, 4),
        "stance_f1": round(found["stance"].macro_f1, 4),
        "recall_of_neg": round(found["stance"].recall_of_neg or 0.0, 4),
    }


def _write(card: Card, cards_dir: Path) -> None:
    cards_dir.mkdir(parents=True, exist_ok=True)
    facts = json.dumps(asdict(card), ensure_ascii=False, indent=1) + "\n"
    (cards_dir / f"{card.name}.json").write_text(facts, "utf-8")
    (cards_dir / f"{card.name}.md").write_text(page(card), "utf-8")
    log.info("card %s: %s", card.name, card.version)
