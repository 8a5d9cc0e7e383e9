"""The rota: a week at a glance, who is on duty now, and plainly where nobody is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from langnghe.profile import Person
from tests.contract.ledger.samples import article
from tests.web.conftest import Room

_TURN = {
    "person": "analyst:an@vd.vn",
    "substitute": "analyst:binh@vd.vn",
    "starts_at": "2026-11-20T07:30",
    "ends_at": "2026-11-20T17:00",
}


@pytest.fixture
def staffed(room: Room) -> Room:
    """A room with two analysts and a spokesperson."""
    from ledger import users

    people = (("Nguyễn An", "an", "analyst"), ("Trần Bình", "binh", "analyst"),
              ("Lê Chi", "chi", "spokesperson"))  # fmt: skip
    for name, short, role in people:
        users.save_member(Person(name, f"{short}@vd.vn", role), "t", room.now)
    return room


def test_who_is_on_duty_stands_on_the_rota_and_on_the_board(staffed: Room) -> None:
    staffed.take_in(article(1))
    client = staffed.as_role("approver")
    assert "không có ai trong lịch trực" in client.get("/").content.decode()
    page = client.post("/lich-truc/", _TURN, follow=True).content.decode()
    assert "<strong>Nguyễn An, Trần Bình</strong>" in page
    assert "07:30–17:00" in page
    assert "dự phòng: Trần Bình" in page
    assert "không ai trực: gửi cho cả 1 người" in page  # the spokesperson
    assert "Nguyễn An, Trần Bình" in client.get("/").content.decode()
    staffed.runtime.clock.moment += timedelta(hours=8)
    assert "không có ai trong lịch trực" in client.get("/lich-truc/").content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ends_at": "2026-11-20T07:00"}, "phải sau lúc bắt đầu"),
        ({"ends_at": "2027-11-20T07:00"}, "nhiều nhất 31 ngày"),
        ({"substitute": "spokesperson:chi@vd.vn"}, "cùng vai trò"),
        ({"substitute": "analyst:an@vd.vn"}, "người khác"),
        ({"person": "leader:an@vd.vn"}, "wrong"),
    ],
)
def test_a_wrong_turn_is_explained(staffed: Room, change: dict[str, str], said: str) -> None:
    from ledger import duty

    page = staffed.as_role("analyst").post("/lich-truc/", {**_TURN, **change})
    assert said in page.content.decode()
    assert duty.turns(staffed.now) == []


def test_a_week_is_copied_and_a_turn_taken_off(staffed: Room) -> None:
    from ledger import duty

    client = staffed.as_role("admin")
    client.post("/lich-truc/", _TURN)
    copied = client.post("/lich-truc/chep/", {"tuan": "2026-11-23"}, follow=True)
    assert "Đã chép 1 ca trực" in copied.content.decode()
    later = staffed.now + timedelta(days=7)
    assert [turn.person for turn in duty.turns(later)] == ["an@vd.vn"]
    ((number, _),) = duty.rota(later, later + timedelta(hours=1))
    client.post(f"/lich-truc/{number}/bo/", {"tuan": "2026-11-23"})
    assert duty.turns(later) == []


def test_who_left_is_named_and_the_others_are_told(staffed: Room) -> None:
    from ledger import users

    client = staffed.as_role("admin")
    client.post("/lich-truc/", {**_TURN, "substitute": ""})
    users.set_active("an@vd.vn", False, "t", staffed.now)
    page = client.get("/lich-truc/").content.decode()
    assert "Nguyễn An có trong lịch nhưng không còn nhận được thư" in page
    assert "không ai trực: gửi cho cả 1 người" in page


@pytest.mark.parametrize("role", ["spokesperson", "leader"])
def test_who_only_reads_sets_nothing(staffed: Room, role: str) -> None:
    from ledger import duty

    client = staffed.as_role(role)
    page = client.post("/lich-truc/", _TURN).content.decode()
    assert "Xếp ca trực" not in page
    assert duty.turns(staffed.now) == []
    assert client.post("/lich-truc/1/bo/").status_code == 403
