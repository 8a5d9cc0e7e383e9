"""Drills: started by the head, seen by everybody, ended by the clock; real news stays real."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.conftest import HEALTH, Room

_DRILL = {"title": "Vỡ đường ống nước", "level": "3", "minutes": "60"}


@pytest.mark.parametrize("role", ["admin", "leader"])
def test_a_drill_is_announced_on_every_page_and_ends_by_itself(stocked: Room, role: str) -> None:
    head = stocked.as_role(role)
    assert "tự kết thúc lúc 11:00 20/11" in (
        head.post("/dien-tap/", _DRILL, follow=True).content.decode()
    )
    reader = stocked.as_role("spokesperson", departments=[HEALTH])
    for path in ("/", "/tin/", "/canh-bao/"):
        assert "ĐANG DIỄN TẬP" in reader.get(path).content.decode()
    stocked.runtime.clock.moment += timedelta(minutes=60)
    assert "ĐANG DIỄN TẬP" not in reader.get("/").content.decode()


def test_only_one_drill_runs_and_it_can_be_ended_early(room: Room) -> None:
    head = room.as_role("leader")
    head.post("/dien-tap/", _DRILL)
    again = head.post("/dien-tap/", _DRILL, follow=True).content.decode()
    assert "Đang có một cuộc diễn tập" in again
    room.runtime.clock.moment += timedelta(minutes=5)
    assert "từ giờ thư là thật" in head.post("/dien-tap/ket-thuc/", follow=True).content.decode()
    assert "kết thúc sớm" in head.get("/dien-tap/").content.decode()


@pytest.mark.parametrize("role", ["analyst", "approver", "spokesperson"])
def test_nobody_else_starts_or_ends_one(room: Room, role: str) -> None:
    from ledger import drills

    client = room.as_role(role)
    client.post("/dien-tap/", _DRILL)
    assert drills.running_drill(room.now) is None
    room.as_role("admin").post("/dien-tap/", _DRILL)
    assert client.post("/dien-tap/ket-thuc/").status_code == 403
    assert drills.running_drill(room.now) is not None


def test_the_outcome_says_how_fast_somebody_took_over(room: Room) -> None:
    from ledger import alerts

    room.as_role("admin").post("/dien-tap/", _DRILL)
    room.open_alert(id="a-d", story_id="", document_ids=())
    room.runtime.clock.moment += timedelta(minutes=7)
    alerts.acknowledge("a-d", "an", room.now)
    page = room.as_role("leader").get("/dien-tap/").content.decode()
    assert "7 phút" in page


def test_drill_alerts_do_not_count(stocked: Room) -> None:
    stocked.as_role("admin").post("/dien-tap/", _DRILL)
    stocked.open_alert(id="a-2", story_id="s2")
    page = stocked.as_role("analyst").get("/").content.decode()
    assert "Cảnh báo chưa tiếp nhận (1)" in page
    assert "Diễn tập</span>" in page


def test_real_news_in_a_drill_is_taken_for_real_by_a_person(stocked: Room) -> None:
    from ledger import alerts, queries

    client = stocked.as_role("spokesperson")
    stocked.as_role("admin").post("/dien-tap/", _DRILL)
    stocked.open_alert(id="a-2", story_id="s1", level=3)
    assert "Đây là việc thật" in client.get("/canh-bao/a-2/").content.decode()
    client.post("/canh-bao/a-2/viec-that/")
    view = queries.alert_view("a-2")
    assert view is not None
    assert not view.alert.is_drill
    assert view.escalate_at == stocked.now + timedelta(minutes=10)
    stocked.open_alert(id="a-3", story_id="", document_ids=())
    assert "Đây là việc thật" not in client.get("/canh-bao/a-3/").content.decode()
    client.post("/canh-bao/a-3/viec-that/")
    made_up = alerts.alert("a-3")
    assert made_up is not None
    assert made_up.is_drill
