"""Floors for the models that ship, on texts that no shipped weight has seen; they only rise.

Held out: the last 15 % by time of the news labels, all labelled items of the weeks dev2 and
dev3, and comments by the hash of their article's title (``nlp.training.gold``).
"""

from __future__ import annotations

import pytest

from nlp.backends.base import SHIPPED_MODELS, load_backend
from nlp.backends.card import read_card
from nlp.backends.cascade import CascadeBackend
from nlp.training.cards import held_out
from nlp.training.measure import judge

# (set, task): (accuracy, macro-F1, recall of "neg"); None where the figure says little.
LINEAR_FLOORS = {
    ("news", "topic"): (0.772, 0.752, None),
    ("news", "tone"): (0.746, 0.745, 0.79),
    ("news", "stance"): (0.782, 0.715, 0.69),
    ("comments", "tone"): (0.590, 0.590, 0.63),
    ("comments", "intent"): (0.550, 0.520, None),
    ("comments", "stance"): (0.710, 0.525, 0.57),
}
ENCODER_FLOORS = {
    ("news", "topic"): (0.840, 0.824, None),
    ("news", "tone"): (0.807, 0.805, 0.86),
    ("news", "stance"): (0.842, 0.787, 0.84),
    ("comments", "tone"): (0.695, 0.695, 0.74),
    ("comments", "intent"): (0.625, 0.600, None),
    ("comments", "stance"): (0.820, 0.670, 0.55),
}
RANDOM_SAMPLE_FLOORS = {"topic": 0.86, "tone": 0.865, "stance": 0.805}
"""Topic accuracy, tone and stance macro-F1 on the held-out items of the random train_* batches.
Of their 280 texts 12 are critical and 16 praise, so that one text is two points of stance: it fell
from .816 to .805 when that of all 4,188 rose from .790 to .795."""
# The plain baseline learns from the wider labels too: topics rose from .764 to .804, tone from .727
# to .754.
GAIN_OVER_PLAIN = {"topic": 0.035, "tone": 0.045, "stance": 0.05}
CALIBRATION_CEILING = {"linear": 0.066, "encoder": 0.05}
"""The linear model favours criticism so that none is missed, which costs it a point here."""


@pytest.fixture(scope="module")
def sets(shared_dir):
    return held_out(shared_dir / "data")


def answers_of(kind, sets):
    backend = load_backend(kind)
    return {name: backend.classify([x.input for x in found]) for name, found in sets.items()}


@pytest.fixture(scope="module")
def linear(sets):
    return answers_of("linear", sets)


@pytest.fixture(scope="module")
def encoder(sets):
    return answers_of("encoder", sets)


def check(floors, answers, sets):
    found = {name: judge(answers[name], sets[name]) for name in sets}
    short = []
    for (name, task), wanted in floors.items():
        figures = found[name][task]
        have = (figures.accuracy, figures.macro_f1, figures.recall_of_neg)
        for what, floor, value in zip(("accuracy", "F1", "neg"), wanted, have, strict=True):
            if floor is not None and (value is None or value < floor):
                short.append(f"{name} {task} {what}: {value} < {floor}")
    assert not short, short


def main_figure(task, figures):
    """Accuracy for the topic, macro-F1 for the others, as the goals are set."""
    return figures.accuracy if task == "topic" else figures.macro_f1


def test_linear_stays_above_its_floors(linear, sets):
    check(LINEAR_FLOORS, linear, sets)


def test_encoder_stays_above_its_floors(encoder, sets):
    check(ENCODER_FLOORS, encoder, sets)


@pytest.mark.parametrize("task", list(RANDOM_SAMPLE_FLOORS))
def test_a_random_sample_of_news_stays_above_its_floors(encoder, sets, task):
    places = [i for i, x in enumerate(sets["news"]) if x.batch.startswith("train_")]
    figures = judge([encoder["news"][i] for i in places], [sets["news"][i] for i in places])[task]
    assert main_figure(task, figures) >= RANDOM_SAMPLE_FLOORS[task]


@pytest.mark.parametrize("task", list(GAIN_OVER_PLAIN))
def test_the_encoder_beats_the_plain_baseline_by_the_wanted_points(encoder, sets, task):
    figures = judge(encoder["news"], sets["news"])[task]
    plain = read_card("encoder").baseline["news"][task]
    beside = plain["accuracy" if task == "topic" else "macro_f1"]
    assert main_figure(task, figures) >= beside + GAIN_OVER_PLAIN[task]


def test_confidences_on_news_are_honest(linear, encoder, sets):
    for kind, answers in (("linear", linear), ("encoder", encoder)):
        for task, figures in judge(answers["news"], sets["news"]).items():
            assert figures.calibration_error <= CALIBRATION_CEILING[kind], (kind, task)


def test_the_cascade_keeps_most_of_the_encoders_gain(linear, encoder, sets):
    backend = load_backend("auto")
    assert isinstance(backend, CascadeBackend)
    news = sets["news"]
    kept = judge(backend.classify([x.input for x in news[::4]]), news[::4])
    best = judge(encoder["news"][::4], news[::4])
    worst = judge(linear["news"][::4], news[::4])

    def total(figures):
        return sum(found.macro_f1 for found in figures.values())

    assert total(kept) >= total(worst) + 0.9 * (total(best) - total(worst))


def test_weights_stay_small():
    sizes = {path.name: path.stat().st_size for path in SHIPPED_MODELS.iterdir()}
    assert sum(sizes.values()) <= 40_000_000
    assert sum(size for name, size in sizes.items() if name.startswith("linear")) <= 10_000_000
