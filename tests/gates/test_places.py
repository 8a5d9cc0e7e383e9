"""Units and public bodies in real sentences that were labelled by hand; floors that only rise.

Half A is what the finders were improved on, half B was opened for the closing figure alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from langnghe.analysis import PlaceMention
from langnghe.profile import Profile
from nlp.agencies import AgencyFinder
from nlp.places.find import PlaceFinder
from tests.gates.read_sentences import LABELS, Count, read_sentences, score_bodies, score_units

OWN_SENTENCES = LABELS.with_name("own-sentences.tsv")
Record = Callable[[str, object], None]
UNIT_FLOORS = {"A": 0.98, "B": 0.968}
BODY_FLOORS = {"A": 0.979, "B": 0.98}
EXACT_UNITS = 0.98
"""Share of the units found whose code and time are right too."""


@pytest.mark.parametrize("half", ["A", "B"])
def test_units_of_today_and_before(half: str, shared_dir: Path, record_property: Record) -> None:
    count = score_units(read_sentences(shared_dir / "data", half))
    record_property(f"units {half}", str(count))
    assert count.f1 >= UNIT_FLOORS[half], show(count)
    assert count.alike >= EXACT_UNITS * count.hits


@pytest.mark.parametrize("half", ["A", "B"])
def test_public_bodies_and_offices(half: str, shared_dir: Path, record_property: Record) -> None:
    count = score_bodies(read_sentences(shared_dir / "data", half))
    record_property(f"bodies {half}", str(count))
    assert count.f1 >= BODY_FLOORS[half], show(count)


def test_bodies_and_older_units_in_sentences_of_our_own() -> None:
    """Names of bodies as they are canonically written, and the last day of older units."""
    places, finder = PlaceFinder(), AgencyFinder(Profile())
    bodies, older, differing = Count(), Count(), []
    for line in OWN_SENTENCES.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        text, named, units = line.split("\t")
        located = places.locate(text)
        found = [f"{body.kind}:{body.name}" for _, body in finder.locate(text, located)]
        past = [f"tỉnh {p.name}:{p.valid_until}" for _, p in located if is_before_2025(p)]
        differing += [text] * (add(bodies, found, named) + add(older, past, units) > 0)
    assert bodies.f1 >= 0.985, differing
    assert older.f1 == 1.0, differing


def is_before_2025(place: PlaceMention) -> bool:
    return "" < place.valid_until < "2025"


def add(count: Count, found: list[str], labelled: str) -> int:
    """Add one sentence's answers to ``count`` and return how many are missed or wrong."""
    got, wanted = Counter(found), Counter(filter(None, labelled.split("|")))
    count.hits += (got & wanted).total()
    count.missed += (wanted - got).elements()
    count.wrong += (got - wanted).elements()
    return ((got - wanted) + (wanted - got)).total()


def show(count: Count) -> str:
    return f"{count}\nmissed: {count.missed}\nwrong: {count.wrong}"
