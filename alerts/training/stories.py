"""Learns how a story's figures add up to "chú ý": a logistic fit on the states of real stories.

Weeks are replayed as the engine sees them: whenever a batch touches a story, its figures are one
observation, weighted so that each story counts once, with the highest level that an editor gave to
one of its reports. The reports of a week that taught the words are judged by words that were
learned without it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from alerts.crisis import SIGN, figures
from alerts.severity import SeverityJudge, load_signs
from alerts.signals import Report, StoryState, report_of, signals_of
from alerts.training.labels import KEY, Level
from langnghe.analysis import AnalysedDocument
from langnghe.story import StoryChange

FIGURES = (
    "attention_mean",
    "watch_mean",
    "attention_max",
    "watch_max",
    "log_reports",
    "watch_by_reports",
    "log_outlets",
)
MOST_STATES = 12
REGULARITY = 0.3
NOTHING = 8.0
"""How many times an alert about nothing (level 0) weighs one about something small (level 1)."""
A_DAY = 14.8
"""How many stories a day the score ``CUT`` lets through in the weeks that alerts are tuned on;
raised levels and stories that go on come on top."""
CUT = 1.7
"""Where "vừa" begins in ``story.toml``: the bias is set so, and the thresholds stay."""

LEAST_WEIGHT = 0.05

Batch = tuple[datetime, Sequence[AnalysedDocument], StoryChange]


@dataclass(frozen=True)
class State:
    """A story at one moment: its figures, what it held, the editor's level (None: never read)."""

    story: str
    values: Mapping[str, float]
    documents: tuple[str, ...]
    level: int | None


def names() -> tuple[str, ...]:
    """Return the names of the figures that are fitted, in order."""
    return FIGURES + tuple(SIGN + sign.id for sign in load_signs())


def states_of(
    batches: Iterable[Batch], levels: Mapping[str, Level], judge: SeverityJudge
) -> list[State]:
    """Return the states of all stories of a replayed week, in order of time."""
    reports: dict[str, Report] = {}
    home: dict[str, str] = {}
    found = []
    for now, items, change in batches:
        gone = dict(change.merged)
        touched = {kept: None for old, kept in change.merged if old in home.values()}
        home = {doc: gone.get(story, story) for doc, story in home.items()}
        for link in change.links:
            if home.get(link.document_id, link.story_id) != link.story_id:
                touched[link.story_id] = None
                home[link.document_id] = link.story_id
        for item in items:
            if item.story_id:
                reports[item.document.id] = report_of(item, now, judge.judge(item), is_close=False)
                home[item.document.id] = item.story_id
                touched[item.story_id] = None
        members = defaultdict(list)
        for doc, story in home.items():
            if story in touched:
                members[story].append(reports[doc])
        found += [_state(story, members[story], levels, now) for story in touched if members[story]]
    return found


def _state(story: str, reports: list[Report], levels: Mapping[str, Level], now: datetime) -> State:
    reports.sort(key=lambda report: report.seen_at)
    documents = tuple(report.document_id[:KEY] for report in reports)
    values = figures(signals_of(StoryState(story, reports), now))
    known = [levels[doc].level for doc in documents if doc in levels]
    return State(story, values, documents, max(known, default=None))


def fit(weeks: Iterable[Sequence[State]]) -> dict[str, float]:
    """Return the weight of each figure, and the bias of the log-odds that an editor says ≥ 2."""
    rows, wanted, weights = [], [], []
    for states in weeks:
        sizes = Counter(state.story for state in states)
        for state in states:
            if state.level is None:
                continue
            rows.append([state.values.get(name, 0.0) for name in names()])
            wanted.append(state.level >= 2)
            cost = NOTHING if state.level == 0 else 1.0
            weights.append(cost / min(sizes[state.story], MOST_STATES))
    model = LogisticRegression(C=REGULARITY, max_iter=3000)
    model.fit(np.array(rows), wanted, sample_weight=weights)
    found = dict(zip(names(), (round(float(c), 3) for c in model.coef_[0]), strict=True))
    return {"bias": round(float(model.intercept_[0]), 3), **found}


def told(states: Iterable[State], weights: Mapping[str, float], cut: float) -> list[State]:
    """Return at which states a story would be told of for the first time."""
    stories: set[str] = set()
    documents: set[str] = set()
    found = []
    for state in states:
        values = {"bias": 1.0, **state.values}
        score = sum(weight * values.get(name, 0.0) for name, weight in weights.items())
        if state.story in stories or score < cut:
            continue
        stories.add(state.story)
        if 2 * len(documents.intersection(state.documents)) < len(state.documents):
            documents.update(state.documents)
            found.append(state)
    return found


def anchored(
    weeks: Sequence[Sequence[State]], weights: Mapping[str, float], a_day: float = A_DAY
) -> dict[str, float]:
    """Return ``weights`` with the bias that lets ``a_day`` stories a day reach ``CUT``."""
    lowest, highest = -20.0, 20.0
    for _ in range(40):
        bias = (lowest + highest) / 2
        tried = {**weights, "bias": bias}
        many = sum(len(told(states, tried, CUT)) for states in weeks)
        if many > a_day * 7 * len(weeks):
            highest = bias
        else:
            lowest = bias
    return {**weights, "bias": math.floor(lowest * 1000) / 1000}


def save(weights: Mapping[str, float], path: Path) -> None:
    """Replace the weights in ``story.toml``; its thresholds stay as they are."""
    before, _, after = path.read_text("utf-8").partition("[weights]\n")
    _, _, kept = after.partition("\n\n")
    told_of = {
        name: weight
        for name, weight in weights.items()
        if name == "bias" or abs(weight) >= LEAST_WEIGHT
    }
    lines = "".join(f"{name} = {weight}\n" for name, weight in told_of.items())
    path.write_text(f"{before}[weights]\n{lines}\n{kept}", "utf-8")
