"""The audit log says in Vietnamese what was done, whatever it was."""

from __future__ import annotations

import re
from pathlib import Path

from web.views.administration import ACTIONS

_ROOT = Path(__file__).resolve().parents[2]
_RECORDED = re.compile(r'audit\.record\([^"]*?"([a-z-]+(?:\.[a-z-]+)?)"', re.DOTALL)


def test_every_recorded_action_has_its_words() -> None:
    sources = [*(_ROOT / "ledger").rglob("*.py"), *(_ROOT / "web").rglob("*.py")]
    recorded = {name for path in sources for name in _RECORDED.findall(path.read_text("utf-8"))}
    assert len(recorded) > 30
    assert recorded - set(ACTIONS) == set()
