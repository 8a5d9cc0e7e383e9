"""Settles, on the tuning week, how the forest's and the encoder's answers become one."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from nlp.backends.pairs import load_pair_reader
from nlp.stories.likeness import Doubt
from nlp.stories.reading import side_of_story
from nlp.stories.weeks import TUNED_WEEK, load_week
from nlp.training.lessons import neighbours_of

log = logging.getLogger(__name__)

DOUBT = (0.05, 0.85, 6)
"""Which pairs are in doubt: the forest's least and greatest likelihood, and how many a document."""


def tune(data_dir: Path, models_dir: Path, resource: Path) -> None:
    """Write into ``resource`` (stories.json) how likely a pair in doubt is, all told."""
    low, high, most = DOUBT
    week = load_week(data_dir, TUNED_WEEK)
    texts = {doc.id: side_of_story(doc) for doc in week.docs}
    reader = load_pair_reader(models_dir)
    assert reader is not None
    sides, odds, wanted, weights = [], [], [], []
    for first, others in neighbours_of(week):
        doubtful = sorted((x for x in others if low <= x[2] <= high), key=lambda x: -x[2])
        for other, is_same, likely in doubtful[:most]:
            sides.append((texts[first], texts[other]))
            odds.append(float(np.log(likely / (1 - likely))))
            wanted.append(is_same)
            weights.append(max(week.size_of(first), week.size_of(other)) ** -0.5)
    table = np.c_[odds, reader.story_odds(sides)]
    model = LogisticRegression(C=10.0).fit(table, wanted, sample_weight=weights)
    forest, encoder = map(float, model.coef_[0])
    doubt = Doubt(
        low, high, most, round(forest, 3), round(encoder, 3), round(float(model.intercept_[0]), 3)
    )
    log.info("%d pairs in doubt: %s", len(sides), doubt)
    content: dict[str, Any] = json.loads(resource.read_text("utf-8"))
    content["doubt"] = asdict(doubt)
    resource.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), "utf-8")
