"""Units and public bodies in real sentences that were labelled by hand; floors that only rise.

Half A is what the finders were improved on, half B was opened for the closing figure alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gates.read_sentences import Count, read_sentences, score_bodies, score_units

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


def show(count: Count) -> str:
    return f"{count}\nmissed: {count.missed}\nwrong: {count.wrong}"
