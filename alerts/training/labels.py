"""The reports whose level an editor set, with what the pipeline said of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langnghe.analysis import AgencyMention, AnalysedDocument, Analysis, Importance, Label
from langnghe.items import read_items

KEY = 10
"""How many characters of an item's id the labels are filed under."""


@dataclass(frozen=True)
class Level:
    """An editor's level, how much it counts, and the story it was given for."""

    level: int
    weight: float
    story: str


@dataclass(frozen=True)
class Example:
    """A report with its editor's level."""

    item: AnalysedDocument
    level: int
    weight: float
    story: str


def read_singles(path: Path) -> dict[str, Level]:
    """Return the levels of reports that were read one by one, by the key of their id."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines() if line[0] != "#")
    return {key: Level(int(level), 1.0, key) for key, level in rows}


def read_weeks(folders: Sequence[Path], weeks: Sequence[str]) -> dict[str, Level]:
    """Return the levels of every read item of ``weeks``, wherever in ``folders`` they stand.

    The items of a story weigh together the square root of their number; an item outside every
    story has level 0.
    """
    found: dict[str, Level] = {}
    for folder in folders:
        for line in (folder / "events-read.tsv").read_text("utf-8").splitlines()[1:]:
            key, week = line.split("\t")
            if week.strip() in weeks:
                found[key] = Level(0, 1.0, key)
        for week in weeks:
            path = folder / f"{week}.jsonl"
            if path.is_file():
                found.update(_stories(week, path))
    return found


def _stories(week: str, path: Path) -> dict[str, Level]:
    found = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        story = json.loads(line)
        weight = len(story["ids"]) ** -0.5
        for key in story["ids"]:
            found[key] = Level(int(story["level"]), weight, f"{week}-{number}")
    return found


def read_examples(items: str, analyses: Path, levels: Mapping[str, Level]) -> list[Example]:
    """Return the labelled reports of ``items`` with their line of ``langnghe analyze``."""
    found = read_analyses(analyses)
    examples = []
    for doc in read_items(items):
        known = levels.get(doc.id[:KEY])
        if known is not None:
            item = AnalysedDocument(doc, found.get(doc.id))
            examples.append(Example(item, known.level, known.weight, known.story))
    return examples


def read_analyses(path: Path) -> dict[str, Analysis]:
    """Return the lines of ``langnghe analyze`` by their ids."""
    with path.open(encoding="utf-8") as lines:
        return {row["id"]: _analysis(row) for row in map(json.loads, lines)}


def _analysis(row: Mapping[str, Any]) -> Analysis:
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
        importance=Importance(**row["importance"]) if row.get("importance") else None,
    )
