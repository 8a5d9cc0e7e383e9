"""How the weights of seriousness are made: a seeded, linear fit on labelled reports.

``python -m alerts.training --items STREAM --analyses ANALYSES --levels LEVELS`` writes
``resources/seriousness.tsv``. LEVELS has lines ``id<TAB>level<TAB>weight<TAB>story`` (level 0–3 of
the report's story, as an editor sets it); a term must occur in several stories, so that the table
holds matters and not the names of one story's people; ANALYSES is the output of
``langnghe analyze`` on the same items. What was held out, and what it scores, is in ADR 0061.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from alerts.severity import (
    Weights,
    headline_text,
    label_values,
    load_signs,
    ngrams,
    word_values,
)
from langnghe.analysis import AgencyMention, AnalysedDocument, Analysis, Label
from langnghe.items import read_items

SEED = 7
LEAST_STORIES = 4
TERMS_KEPT = 12_000
WORD_C = 1.0


@dataclass(frozen=True)
class Example:
    """A report, its editor's level and how much it counts."""

    item: AnalysedDocument
    level: int
    weight: float
    story: str


def analysis_from(row: Mapping[str, Any]) -> Analysis:
    """Return the analysis of one line of ``langnghe analyze``."""
    confidence = row.get("confidence", {})

    def label(name: str) -> Label:
        return Label(str(row[name]), float(confidence.get(name, 1.0)))

    return Analysis(
        document_id=str(row["id"]),
        revision=1,
        topic=label("topic"),
        tone=label("tone"),
        stance=label("stance"),
        intent=label("intent") if row.get("intent") else None,
        agencies=tuple(
            AgencyMention(a["text"], a["name"], a["kind"], a.get("place", ""), a.get("role", ""))
            for a in row.get("agencies", ())
        ),
    )


def fit(examples: Sequence[Example]) -> Weights:
    """Return the weights that tell watch (level ≥ 1) and attention (level ≥ 2) best."""
    idf = _idf((headline_text(example.item), example.story) for example in examples)
    known = {term: (value, 0.0, 0.0) for term, value in idf.items()}
    rows = [features(example.item, known) for example in examples]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(rows)
    names = list(vectorizer.get_feature_names_out())
    counts = np.array([example.weight for example in examples])
    columns, bias = [], []
    for least in (1, 2):
        wanted = np.array([example.level >= least for example in examples])
        model = LogisticRegression(C=WORD_C, max_iter=2000, class_weight="balanced")
        model.fit(matrix, wanted, sample_weight=counts)
        columns.append(model.coef_[0])
        bias.append(float(model.intercept_[0]))
    table = {
        name: (idf.get(name, 1.0), float(columns[0][k]), float(columns[1][k]))
        for k, name in enumerate(names)
    }
    return Weights(_pruned(table), (bias[0], bias[1]))


def features(
    item: AnalysedDocument, table: Mapping[str, tuple[float, float, float]]
) -> dict[str, float]:
    """Return the features of a report exactly as :class:`alerts.severity.SeverityJudge` sees it."""
    head = headline_text(item)
    values = dict(word_values(head, table))
    for sign in load_signs():
        if sign.pattern.search(head):
            values[f"@sign:{sign.id}"] = 1.0
    values.update(label_values(item))
    return values


def save(weights: Weights, path: Path) -> None:
    """Write the table, the strongest rows first, numbers with four digits."""
    rows = sorted(weights.table.items(), key=lambda row: (-abs(row[1][2]), row[0]))
    lines = ["# term\tidf\tlog-odds of level >= 1\tlog-odds of level >= 2"]
    lines.append(f"@bias\t1\t{weights.bias[0]:.4f}\t{weights.bias[1]:.4f}")
    lines += [f"{term}\t{idf:.4g}\t{one:.4f}\t{two:.4f}" for term, (idf, one, two) in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def read_examples(items: str, analyses: str, levels: str) -> list[Example]:
    """Return the labelled reports, joined by the first ten characters of their ids."""
    wanted: dict[str, tuple[int, float, str]] = {}
    for line in Path(levels).read_text("utf-8").splitlines():
        key, level, weight, story = line.split("\t")
        wanted[key[:10]] = (int(level), float(weight), story)
    found: dict[str, Analysis] = {}
    with Path(analyses).open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["id"][:10] in wanted:
                found[row["id"]] = analysis_from(row)
    return [
        Example(AnalysedDocument(doc, found.get(doc.id)), *wanted[doc.id[:10]])
        for doc in read_items(items)
        if doc.id[:10] in wanted
    ]


def _idf(texts: Iterable[tuple[str, str]]) -> dict[str, float]:
    seen: dict[str, set[str]] = {}
    stories: set[str] = set()
    for text, story in texts:
        stories.add(story)
        for term in ngrams(text):
            seen.setdefault(term, set()).add(story)
    return {
        term: round(math.log(len(stories) / len(where)) + 1, 4)
        for term, where in seen.items()
        if len(where) >= LEAST_STORIES
    }


def _pruned(
    table: Mapping[str, tuple[float, float, float]],
) -> dict[str, tuple[float, float, float]]:
    named = {name: row for name, row in table.items() if name.startswith("@")}
    words = [(name, row) for name, row in table.items() if not name.startswith("@")]
    words.sort(key=lambda pair: -max(abs(pair[1][1]), abs(pair[1][2])))
    return {**named, **dict(words[:TERMS_KEPT])}


def main() -> None:
    """Fit on the files of the command line and write the shipped table."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("items", "analyses", "levels"):
        parser.add_argument(f"--{name}", required=True)
    default = Path(__file__).parent / "resources" / "seriousness.tsv"
    parser.add_argument("--out", type=Path, default=default)
    chosen = parser.parse_args()
    save(fit(read_examples(chosen.items, chosen.analyses, chosen.levels)), chosen.out)


if __name__ == "__main__":
    main()
