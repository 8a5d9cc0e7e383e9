"""A crisis is declared in the room, stands on the board, speaks for its alerts, and is ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from langnghe.analysis import Label
from tests.contract.ledger.samples import article
from tests.web.conftest import HEALTH, WATER, Room

_GIVEN = {
    "title": "Sự cố nước sạch",
    "reason": "Nhiều hộ mất nước",
    "stories": "s1",
    "topic": "",
    "place": "",
    "query": "",
    "hours": "48",
    "repeat_hours": "4",
}


def _declare(room: Room, **changes: str) -> int:
    from ledger import crises

    answer = room.as_role("leader").post("/khung-hoang/khai-bao/", {**_GIVEN, **changes})
    assert answer.status_code == 302
    (known,) = crises.running_crises(room.now)
    assert answer["Location"] == f"/khung-hoang/{known.number}/"
    return known.number


def test_from_a_story_or_alert_its_form_is_filled_in(stocked: Room) -> None:
    client = stocked.as_role("leader")
    for page, link in (("/vu-viec/s1/", "?vu_viec=s1"), ("/canh-bao/a-1/", "?canh_bao=a-1")):
        assert f"/khung-hoang/{link}" in client.get(page).content.decode()
        form = client.get(f"/khung-hoang/{link}").content.decode()
        assert 'value="s1" id="id_stories_0" checked' in form


def test_declared_it_stands_on_the_board_with_its_alerts_under_it(stocked: Room) -> None:
    number = _declare(stocked)
    board = stocked.as_role("analyst").get("/").content.decode()
    assert "Khủng hoảng đang mở" in board
    assert "<strong>1</strong> cảnh báo được gộp" in board
    assert "Không có cảnh báo nào đang chờ" in board
    page = stocked.as_role("analyst").get(f"/khung-hoang/{number}/").content.decode()
    for said in ("Nhiều hộ mất nước", "leader khai báo", "10:00 22/11/2026", "Nước máy nhiễm dầu"):
        assert said in page
    assert "Kết thúc khủng hoảng" not in page
    alert = stocked.as_role("analyst").get("/canh-bao/a-1/").content.decode()
    assert "gộp vào khủng hoảng: Sự cố nước sạch" in alert


def test_it_is_prolonged_and_ended_by_a_person_and_both_are_logged(stocked: Room) -> None:
    from ledger import audit, crises

    number = _declare(stocked)
    client = stocked.as_role("approver")
    stocked.runtime.clock.moment += timedelta(minutes=5)
    client.post(f"/khung-hoang/{number}/gia-han/", {"hours": "72"})
    (known,) = crises.running_crises(stocked.now)
    assert known.crisis.ends_at == stocked.now + timedelta(hours=72)
    client.post(f"/khung-hoang/{number}/ket-thuc/")
    assert crises.running_crises(stocked.now) == []
    page = client.get("/khung-hoang/").content.decode()
    assert "Đang mở (0)" in page
    assert "; approver kết thúc)" in page
    actions = [entry.action for entry in audit.entries(20)]
    for action in ("crisis.declare", "crisis.prolong", "crisis.end"):
        assert action in actions


def test_another_story_is_taken_under_it(stocked: Room) -> None:
    from ledger import crises

    number = _declare(stocked)
    stocked.take_in(article(7), story="s2")
    stocked.open_alert(id="a-2", story_id="s2", level=1, document_ids=("doc-0007",))
    client = stocked.as_role("admin")
    assert 'value="s2"' in client.get(f"/khung-hoang/{number}/").content.decode()
    client.post(f"/khung-hoang/{number}/them/", {"story": "s2"})
    found = crises.crisis(number, stocked.now)
    assert found is not None
    assert {child.id for child in found.children} == {"a-1", "a-2"}


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"reason": " "},
        {"stories": ""},
        {"hours": "9999"},
        {"query": '"chưa đóng'},
        {"stories": "khong-co"},
    ],
)
def test_one_without_reason_subject_or_end_is_refused_with_what_was_typed(
    stocked: Room, change: dict[str, str]
) -> None:
    from ledger import crises

    given = {name: value for name, value in {**_GIVEN, **change}.items() if value}
    answer = stocked.as_role("leader").post("/khung-hoang/khai-bao/", given)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert crises.running_crises(stocked.now) == []


def test_its_place_is_the_one_that_documents_name(stocked: Room) -> None:
    from ledger import crises

    number = _declare(stocked, place="lam thanh")
    known = crises.crisis(number, stocked.now)
    assert known is not None
    assert known.crisis.place == "phường Lam Thành"


def test_a_place_that_nobody_knows_is_refused_with_the_nearest(stocked: Room) -> None:
    from ledger import crises

    given = {**_GIVEN, "place": "phường Lam Thànk"}
    page = stocked.as_role("leader").post("/khung-hoang/khai-bao/", given).content.decode()
    assert "Chưa rõ địa bàn “phường Lam Thànk”. Gần nhất: phường Lam Thành" in page
    assert crises.running_crises(stocked.now) == []


def test_a_colleague_sees_only_what_is_theirs(stocked: Room) -> None:
    number = _declare(stocked)
    water = stocked.as_role("spokesperson", departments=[WATER])
    assert "Sự cố nước sạch" in water.get("/khung-hoang/").content.decode()
    health = stocked.as_role("spokesperson", departments=[HEALTH])
    assert "Sự cố nước sạch" not in health.get("/khung-hoang/").content.decode()
    assert "Sự cố nước sạch" not in health.get("/").content.decode()
    assert health.get(f"/khung-hoang/{number}/").status_code == 404


def test_of_the_stories_of_a_crisis_a_colleague_sees_those_that_are_theirs(stocked: Room) -> None:
    fire = article(8, title="Cháy kho hàng ở cảng")
    stocked.take_in(fire, story="s8", topic=Label("giao_thong", 0.9))
    number = _declare(stocked)
    stocked.as_role("admin").post(f"/khung-hoang/{number}/them/", {"story": "s8"})
    address = f"/khung-hoang/{number}/"
    assert "Cháy kho hàng" in stocked.as_role("leader").get(address).content.decode()
    water = stocked.as_role("spokesperson", departments=[WATER])
    assert "Cháy kho hàng" not in water.get(address).content.decode()


def _queries(client: Client, url: str) -> list[str]:
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return [str(query["sql"]) for query in asked]


def test_a_crisis_page_asks_no_more_however_many_alerts_are_under_it(stocked: Room) -> None:
    client, number = stocked.as_role("leader"), _declare(stocked)
    asked = len(_queries(client, f"/khung-hoang/{number}/"))
    for child in range(3):
        stocked.open_alert(id=f"b-{child}", level=1)
    assert len(_queries(client, f"/khung-hoang/{number}/")) == asked
    page = client.get(f"/khung-hoang/{number}/").content.decode()
    assert all(f"/canh-bao/{alert_id}/" in page for alert_id in ("a-1", "b-0", "b-1", "b-2"))


def test_the_list_asks_no_more_however_many_crises_are_over(stocked: Room) -> None:
    from ledger import crises

    client, asked = stocked.as_role("leader"), []
    for _ in range(2):
        number = _declare(stocked)
        stocked.runtime.clock.moment += timedelta(minutes=5)
        crises.end(number, "an", stocked.now)
        asked.append(len(_queries(client, "/khung-hoang/")))
    assert asked[0] == asked[1]


def test_no_stories_are_gathered_for_who_declares_no_crisis(stocked: Room) -> None:
    def asks_stories(role: str) -> int:
        asked = _queries(stocked.as_role(role), "/khung-hoang/")
        return sum('FROM "ledger_storyrow"' in sql for sql in asked)

    assert asks_stories("leader") > 0
    assert asks_stories("analyst") == 0


def test_a_button_pressed_twice_declares_one(stocked: Room) -> None:
    assert _declare(stocked) == _declare(stocked)


def test_stories_are_offered_by_their_own_title(stocked: Room) -> None:
    from ledger import stories

    stories.rename("s1", "Nước máy có mùi dầu", "an", stocked.now)
    form = stocked.as_role("leader").get("/khung-hoang/").content.decode()
    assert "Nước máy có mùi dầu" in form
    assert "Nước máy nhiễm dầu" not in form


def test_its_own_alert_is_closed_only_with_it(stocked: Room) -> None:
    from alerts.model import AlertState
    from ledger import alerts, crises

    number = _declare(stocked)
    crises.tend(lambda *_: [], lambda _: [], stocked.now)
    known = crises.crisis(number, stocked.now)
    assert known is not None
    client = stocked.as_role("analyst")
    page = client.get(f"/canh-bao/{known.alert_id}/").content.decode()
    assert "Mở khủng hoảng" in page
    assert "Đóng cảnh báo" not in page
    client.post(f"/canh-bao/{known.alert_id}/dong/", {"reason": "x"})
    own = alerts.alert(known.alert_id)
    assert own is not None
    assert own.state is AlertState.OPEN


def test_a_place_that_nobody_knows_is_said_with_the_nearest_and_corrected(stocked: Room) -> None:
    from ledger import audit, crises
    from ledger.models import CrisisRow

    number = _declare(stocked, place="phường Lam Thành")
    page = f"/khung-hoang/{number}/"
    leader = stocked.as_role("leader")
    assert "Không tin nào gọi" not in leader.get(page).content.decode()
    crises.tend(lambda *_: [], lambda _: [], stocked.now)
    CrisisRow.objects.update(place="phường Lam Thàn")
    stocked.open_alert(id="a-9", level=1)
    shown = leader.get(page).content.decode()
    assert "Không tin nào gọi địa bàn là" in shown
    assert "Gần nhất: phường Lam Thành" in shown
    assert "Sửa địa bàn" in shown
    assert "Sửa địa bàn" not in stocked.as_role("analyst").get(page).content.decode()
    assert "Không tin nào gọi" in leader.get("/khung-hoang/").content.decode()

    refused = leader.post(f"{page}dia-ban/", {"place": "Xyz"}, follow=True).content.decode()
    assert "Không biết địa bàn" in refused
    empty = leader.post(f"{page}dia-ban/", {"place": ""}, follow=True).content.decode()
    assert 'class="notice error' in empty

    told = leader.post(f"{page}dia-ban/", {"place": "lam thanh"}, follow=True).content.decode()
    assert "Địa bàn nay là phường Lam Thành" in told
    assert "Không tin nào gọi" not in told
    known = crises.crisis(number, stocked.now)
    assert known is not None
    assert known.crisis.place == "phường Lam Thành"
    assert "a-9" in {child.id for child in known.children}
    assert audit.entries(1)[0].action == "crisis.place"
    crises.end(number, "an", stocked.now + timedelta(minutes=1))
    stocked.runtime.clock.moment += timedelta(minutes=2)
    over = leader.post(f"{page}dia-ban/", {"place": "lam thanh"}, follow=True).content.decode()
    assert "đã kết thúc" in over
