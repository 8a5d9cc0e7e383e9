"""Makes the tables of alerting: ``python -m alerts.training STEP …``, in the order of the steps.

``words`` writes ``seriousness.tsv``, ``reports`` writes ``report.toml``, ``stories`` prints the
weights for ``story.toml`` (its thresholds are set by hand on replays, see ADR 0061). ITEMS are the
recorded stream or a part of it, ANALYSES what ``langnghe analyze`` prints for it, CLUSTERS what
``langnghe stories`` prints; FOLDERS hold read weeks with an editor's levels.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from alerts.severity import default_judge, load_weights
from alerts.training import reports, stories, words
from alerts.training.labels import read_examples, read_singles, read_weeks

_RESOURCES = Path(__file__).parent.parent / "resources"
LEARNED = (
    "events-dev0",
    "events-dev1",
    *(f"events-own{number}" for number in (2, 3, 4, 5, 7, 8)),
)
TUNED = ("events-own0", "events-own1", "events-own6")
"""Weeks whose levels neither the words nor the encoder have seen; dev2 and dev3 are the gate's."""


def main() -> None:
    """Run one step on the files of the command line."""
    parser = argparse.ArgumentParser(prog="python -m alerts.training", description=__doc__)
    parser.add_argument("step", choices=("words", "reports", "stories"))
    parser.add_argument("--items", required=True)
    parser.add_argument("--analyses", type=Path, required=True)
    parser.add_argument("--folders", type=Path, nargs="+", required=True)
    parser.add_argument("--singles", type=Path, help="levels of single reports, for the words")
    parser.add_argument("--stream", help="the whole stream, for the words")
    parser.add_argument("--clusters", type=Path, help="the story of each item, for the stories")
    chosen = parser.parse_args()
    levels = read_weeks(chosen.folders, LEARNED if chosen.step == "words" else TUNED)
    if chosen.step == "words":
        levels = read_singles(chosen.singles) | levels
    examples = read_examples(chosen.items, chosen.analyses, levels)
    if chosen.step == "words":
        language = words.learn_language(words.read_texts(chosen.stream))
        words.save(words.fit(examples, language), _RESOURCES / "seriousness.tsv")
    elif chosen.step == "reports":
        reports.save(reports.fit(examples, load_weights()), _RESOURCES / "report.toml")
    else:
        story_of = stories.read_clusters(chosen.clusters)
        items = [replace(x.item, story_id=story_of[x.item.document.id]) for x in examples]
        for name, weight in stories.fit(items, levels, default_judge()).items():
            sys.stdout.write(f"{name} = {weight}\n")


if __name__ == "__main__":
    main()
