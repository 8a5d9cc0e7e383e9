"""Learns how a story's figures add up to "chú ý": a logistic fit on the states of real stories.

Each story of the clusters grows report by report as it did in the stream; every state is one
observation, weighted so that each story counts once, with the highest level that an editor gave
to one of its reports.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from alerts.crisis import figures
from alerts.severity import SeverityJudge
from alerts.signals import StoryState, report_of, signals_of
from alerts.training.labels import KEY, Level
from langnghe.analysis import AnalysedDocument
from langnghe.items import replay_moment

FIGURES = (
    "attention_mean",
    "watch_mean",
    "attention_max",
    "watch_max",
    "log_documents",
    "log_outlets",
    "log_grown_24h",
)
MOST_STATES = 12


def fit(
    items: Iterable[AnalysedDocument], levels: Mapping[str, Level], judge: SeverityJudge
) -> dict[str, float]:
    """Return the weight of each figure and the bias; ``items`` carry the story of their cluster."""
    rows, wanted, weights = [], [], []
    for states, level in _grown(items, levels, judge):
        chosen = states[:MOST_STATES]
        rows += chosen
        wanted += [level >= 2] * len(chosen)
        weights += [1 / len(chosen)] * len(chosen)
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=1000)
    model.fit(np.array(rows), wanted, sample_weight=weights)
    found = dict(zip(FIGURES, (round(float(c), 3) for c in model.coef_[0]), strict=True))
    return {"bias": round(float(model.intercept_[0]), 3), **found}


def _grown(
    items: Iterable[AnalysedDocument], levels: Mapping[str, Level], judge: SeverityJudge
) -> Iterable[tuple[list[list[float]], int]]:
    """Yield each story's figures after each of its reports, and the story's level."""
    stories: defaultdict[str, list[AnalysedDocument]] = defaultdict(list)
    for item in items:
        stories[item.story_id].append(item)
    for name, reports in stories.items():
        known = [
            levels[x.document.id[:KEY]].level for x in reports if x.document.id[:KEY] in levels
        ]
        if known:
            yield _states(name, reports, judge), max(known)


def _states(
    name: str, reports: Sequence[AnalysedDocument], judge: SeverityJudge
) -> list[list[float]]:
    state = StoryState(name)
    rows = []
    for item in reports:
        now = replay_moment(item.document)
        state.reports.append(report_of(item, now, judge.judge(item), is_close=False))
        values = figures(signals_of(state, now))
        rows.append([values[figure] for figure in FIGURES])
    return rows


def read_clusters(path: Path) -> dict[str, str]:
    """Return the lines of ``langnghe stories``: the story of each item."""
    with path.open(encoding="utf-8") as lines:
        return {row["id"]: row["story"] for row in map(json.loads, lines)}
