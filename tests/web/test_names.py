"""Screens call people what they are called, not by their login names."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from tests.web.conftest import Room

_TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
_SOMEBODY = re.compile(r"\{\{ ([\w.]+(?:_by|\.actor|\.assignee))([^}]*)\}\}")


def test_whoever_did_something_is_named_on_every_page() -> None:
    told = [
        (path.name, match.group(1), match.group(2))
        for path in sorted(_TEMPLATES.rglob("*.html"))
        for match in _SOMEBODY.finditer(path.read_text("utf-8"))
    ]
    assert len(told) > 20
    assert [row for row in told if "|person:names" not in row[2]] == []


def test_whoever_ended_a_crisis_is_named(stocked: Room) -> None:
    from alerts.declared import DeclaredCrisis
    from ledger import crises

    analyst, username = stocked.as_role("analyst"), stocked.member("leader")
    wanted = DeclaredCrisis(
        title="Sự cố nước sạch",
        reason="Nhiều hộ mất nước",
        declared_by=username,
        declared_at=stocked.now,
        ends_at=stocked.now + timedelta(hours=6),
        story_ids=("s1",),
    )
    number = crises.declare(wanted, stocked.now)
    crises.end(number, username, stocked.now)

    for page in ("/khung-hoang/", f"/khung-hoang/{number}/"):
        assert username not in analyst.get(page).content.decode(), page
