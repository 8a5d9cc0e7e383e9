"""Trains what clustering knows: ``python -m nlp.stories.train DATA`` writes the resource.

DATA is the folder with ``gold/`` and ``news/``. Two weeks of gold stories (events-dev0, -dev1)
teach which pairs tell of one story and which items belong to a great natural disaster or to the
relief for it; -dev2 and -dev3 are never read. Seeded.
"""

from __future__ import annotations

import gzip
import itertools
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from langnghe.text import normalize, words
from nlp.stories.features import background, compare_all, rarity, traits_of
from nlp.stories.neighbours import Neighbours
from nlp.stories.themes import THEMES, theme_terms
from nlp.stories.weeks import LEARNED_WEEKS, Week, load_week

TREES, DEPTH, SEED = 160, 3, 7
_RESOURCES = Path(__file__).parent.parent / "resources"
TARGET = _RESOURCES / "stories.json"
_BACKGROUND = _RESOURCES / "background-df.txt.gz"
_RELIEF = "quyên góp"
_GREAT = 60


def train(weeks: Sequence[Week]) -> dict[str, Any]:
    """Return the resource: the pair forest and the theme weights."""
    return {"pairs": _train_pairs(weeks), "themes": _train_themes(weeks)}


def _train_pairs(weeks: Sequence[Week]) -> dict[str, Any]:
    rows: list[tuple[float, ...]] = []
    labels: list[bool] = []
    weights: list[float] = []
    for week in weeks:
        for features, is_same, weight in _labelled_pairs(week):
            rows.append(features)
            labels.append(is_same)
            weights.append(weight)
    model = GradientBoostingClassifier(
        n_estimators=TREES,
        learning_rate=0.06,
        max_depth=DEPTH,
        subsample=0.7,
        min_samples_leaf=20,
        random_state=SEED,
    )
    model.fit(np.asarray(rows), np.asarray(labels), sample_weight=np.asarray(weights))
    return _flat(model)


def _labelled_pairs(week: Week) -> list[tuple[tuple[float, ...], bool, float]]:
    story_of = week.story_of
    sizes = [len(story["ids"]) for story in week.stories]
    near = Neighbours()
    found = []
    for doc in week.docs:
        traits = traits_of(doc)
        mine = story_of.get(doc.id)
        neighbours = near.nearest(traits)
        for (other, _), row in zip(neighbours, compare_all(traits, neighbours), strict=True):
            theirs = story_of.get(other.document_id)
            if mine is None and theirs is None:
                continue  # two items outside every story may still tell of one small event
            if doc.id in week.read and other.document_id in week.read:
                size = max(sizes[n] for n in (mine, theirs) if n is not None)
                found.append((row, mine == theirs, size**-0.5))
        near.add(traits)
    return found


def _flat(model: GradientBoostingClassifier) -> dict[str, Any]:
    features, thresholds, leaves = [], [], []
    for (tree,) in model.estimators_:
        nodes: list[int] = [0]
        tests: list[tuple[int, float]] = []
        for _ in range(DEPTH):
            below: list[int] = []
            for node in nodes:
                is_leaf = tree.tree_.children_left[node] < 0
                tests.append(
                    (0, 0.0)
                    if is_leaf
                    else (int(tree.tree_.feature[node]), float(tree.tree_.threshold[node]))
                )
                below += (
                    [node, node]
                    if is_leaf
                    else [tree.tree_.children_left[node], tree.tree_.children_right[node]]
                )
            nodes = below
        features.append([test[0] for test in tests])
        thresholds.append([round(test[1], 5) for test in tests])
        values = [float(tree.tree_.value[node][0][0]) * model.learning_rate for node in nodes]
        leaves.append([round(value, 5) for value in values])
    prior = model.init_.class_prior_[1]
    bias = float(np.log(prior / (1 - prior)))
    return {"features": features, "thresholds": thresholds, "leaves": leaves, "bias": bias}


def _train_themes(weeks: Sequence[Week]) -> dict[str, Any]:
    rows: list[dict[str, float]] = []
    labels: list[str] = []
    for week in weeks:
        great = {
            id: "relief" if _RELIEF in story.get("story", "") else "disaster"
            for story in week.stories
            if len(story["ids"]) > _GREAT or _RELIEF in story.get("story", "")
            for id in story["ids"]
        }
        for doc in week.docs:
            if doc.id in week.read:
                rows.append(dict.fromkeys(theme_terms(traits_of(doc)), 1.0))
                labels.append(great.get(doc.id, ""))
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(rows)
    is_kept = np.asarray((matrix > 0).sum(0)).ravel() >= 5
    model = LogisticRegression(C=0.1, class_weight={"": 1, "disaster": 1, "relief": 1.5})
    model.set_params(max_iter=500).fit(matrix[:, is_kept], labels)
    return _theme_table(model, np.asarray(vectorizer.get_feature_names_out())[is_kept])


def _theme_table(model: LogisticRegression, terms: NDArray[np.str_]) -> dict[str, Any]:
    classes = list(model.classes_)
    order = [classes.index(""), *(classes.index(theme) for theme in THEMES)]
    coefficients = model.coef_[order]
    strong = np.abs(coefficients).max(axis=0) >= 0.03
    table = {
        str(term): [round(float(c), 3) for c in column]
        for term, column in zip(terms[strong], coefficients[:, strong].T, strict=True)
    }
    return {"bias": [round(float(b), 4) for b in model.intercept_[order]], "terms": table}


def count_background(data: Path) -> bytes:
    """Return the packed counts of items of the recorded stream that hold each word and pair."""
    counts: Counter[str] = Counter()
    total = 0
    with gzip.open(data / "news" / "stream-2025-08_2026-04.jsonl.gz", "rt", encoding="utf-8") as f:
        for line in f:
            item = json.loads(line)
            found = words(normalize(f"{item['title']} . {item['summary']}"))
            counts.update({*found, *(f"{a} {b}" for a, b in itertools.pairwise(found))})
            total += 1
    kept = sorted((t, n) for t, n in counts.items() if n >= (20 if " " in t else 5))
    text = "".join(f"{term}\t{count}\n" for term, count in kept)
    return gzip.compress(f"{total}\n{text}".encode(), 9, mtime=0)


def main(data: Path) -> None:
    """Count the background, train on the gold weeks in ``data`` and write both resources."""
    _BACKGROUND.write_bytes(count_background(data))
    background.cache_clear()
    rarity.cache_clear()
    old = json.loads(TARGET.read_text("utf-8"))
    resource = train([load_week(data, name) for name in LEARNED_WEEKS]) | {"doubt": old["doubt"]}
    TARGET.write_text(json.dumps(resource, ensure_ascii=False, separators=(",", ":")), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
