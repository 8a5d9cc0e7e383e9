"""The audit log says in Vietnamese what was done, whatever it was."""

from __future__ import annotations

import re
from pathlib import Path

from tests.web.conftest import Room
from web.views.administration import ACTIONS

_ROOT = Path(__file__).resolve().parents[2]
_RECORDED = re.compile(r'audit\.record\([^"]*?"([a-z-]+(?:\.[a-z-]+)?)"', re.DOTALL)


def test_every_recorded_action_has_its_words() -> None:
    sources = [*(_ROOT / "ledger").rglob("*.py"), *(_ROOT / "web").rglob("*.py")]
    recorded = {name for path in sources for name in _RECORDED.findall(path.read_text("utf-8"))}
    assert len(recorded) > 30
    assert recorded - set(ACTIONS) == set()


def test_people_and_details_are_told_as_people_read_them(room: Room) -> None:
    from langnghe.profile import Person
    from ledger import users

    person = Person("Trần Thị An", "an@lam-giang.example", "analyst", ("Sở Y tế",), ())
    users.save_member(person, "command-line", room.now)
    page = room.as_role("admin").get("/so-cai/").content.decode()
    assert "<td>dòng lệnh</td><td>Thêm người dùng</td><td><bdi>Trần Thị An</bdi></td>" in page
    assert "<bdi>vai trò: Trực theo dõi; cơ quan: Sở Y tế</bdi>" in page
