"""The reports whose level an editor set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from langnghe.analysis import AnalysedDocument

KEY = 10
"""How many characters of an item's id the labels are filed under."""
LEARNED = (
    "events-dev0",
    "events-dev1",
    *(f"events-own{number}" for number in (2, 3, 4, 5, 7, 8)),
)
TUNED = ("events-own0", "events-own1", "events-own6")
"""Weeks whose levels neither the words nor the encoder have seen; dev2 and dev3 are the gate's."""


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
