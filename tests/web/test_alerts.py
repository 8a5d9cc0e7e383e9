"""Taking an alert over: in the room in one click, by the signed link only after a confirmation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from alerts import tokens
from alerts.model import Message
from langnghe.analysis import Label
from langnghe.profile import Department
from tests.contract.ledger.samples import article
from tests.web.conftest import WATER, Room


def _link(room: Room) -> str:
    secret = room.runtime.settings.secret_key
    return tokens.acknowledge_url("", "a-1", "Người phát ngôn", secret, room.now) + "/"


def _state(room: Room) -> str:
    from ledger import alerts

    found = alerts.alert("a-1")
    assert found is not None
    return str(found.state)


def test_the_board_shows_open_alerts_with_their_reasons(stocked: Room) -> None:
    page = stocked.as_role("analyst").get("/").content.decode()
    assert "Cảnh báo chưa tiếp nhận (1)" in page
    assert "12 tin trong 2 giờ, thường ngày 1" in page


def test_one_click_takes_it_over(stocked: Room) -> None:
    from ledger import alerts

    name = stocked.member("spokesperson", [WATER])
    page = stocked.client(name).post("/canh-bao/a-1/tiep-nhan/", follow=True).content.decode()
    assert "Bạn đã tiếp nhận" in page
    found = alerts.alert("a-1")
    assert found is not None
    assert (str(found.state), found.assignee) == ("acknowledged", name)


def test_looking_at_the_link_acknowledges_nothing(stocked: Room) -> None:
    for _ in range(3):
        answer = Client().get(_link(stocked))
        assert answer.status_code == 200
        assert "Tôi tiếp nhận" in answer.content.decode()
    assert Client().head(_link(stocked)).status_code == 200
    assert _state(stocked) == "open"


def test_confirming_acknowledges_once_and_again_harmlessly(stocked: Room) -> None:
    from ledger import alerts

    for _ in range(2):
        page = Client().post(_link(stocked)).content.decode()
        assert "Bạn đã tiếp nhận cảnh báo này" in page
    assert [e.kind for e in alerts.events("a-1")] == ["opened", "acknowledged"]


def test_the_link_calls_people_by_their_names(stocked: Room) -> None:
    name = stocked.member("spokesperson")
    secret = stocked.runtime.settings.secret_key
    link = tokens.acknowledge_url("", "a-1", name, secret, stocked.now) + "/"
    assert "với tên <strong>spokesperson</strong>" in Client().get(link).content.decode()


@pytest.mark.parametrize("change", ["expired", "forged", "garbage"])
def test_a_dead_link_says_so(stocked: Room, change: str) -> None:
    link = _link(stocked)
    if change == "expired":
        stocked.runtime.clock.moment += timedelta(days=8)
    elif change == "forged":
        link = link[:-6] + "AAAAA/"
    else:
        link = "/tiep-nhan/xyz/"
    assert Client().post(link).status_code == 410
    assert _state(stocked) == "open"


def test_the_link_needs_the_rooms_own_form(stocked: Room) -> None:
    assert Client(enforce_csrf_checks=True).post(_link(stocked)).status_code == 403
    assert _state(stocked) == "open"


def test_it_is_given_on_and_closed(stocked: Room) -> None:
    client = stocked.as_role("analyst")
    page = client.post("/canh-bao/a-1/giao/", {"department": WATER}, follow=True).content.decode()
    assert "Đã giao xử lý" in page
    page = client.post("/canh-bao/a-1/giao/", {"person": "ai-do"}, follow=True).content.decode()
    assert "Không có người hoặc cơ quan này" in page
    client.post("/canh-bao/a-1/dong/", {"reason": "đã có phát ngôn"})
    assert _state(stocked) == "resolved"
    assert "đã có phát ngôn" in client.get("/canh-bao/a-1/").content.decode()


def test_a_young_history_is_said_where_alerts_and_rules_are(stocked: Room) -> None:
    client = stocked.as_role("analyst")
    for address in ("/canh-bao/", "/quy-tac/"):
        assert "Phòng mới chạy ngày đầu" in client.get(address).content.decode()
    stocked.runtime.clock.moment += timedelta(days=14)
    for address in ("/canh-bao/", "/quy-tac/"):
        assert "Tới khi đủ" not in client.get(address).content.decode()


def _mailed(room: Room) -> dict[str, Message]:
    from ledger.deliveries import claim_deliveries

    claimed = claim_deliveries(50, room.now)
    return {delivery.recipient.address: delivery.message for delivery in claimed}


def test_who_is_given_an_alert_is_told(stocked: Room) -> None:
    profile = stocked.runtime.profile
    water = Department(WATER, email="nuoc@so.example")
    stocked.runtime.profile = replace(profile, departments=(water,))
    colleague = stocked.member("spokesperson")
    given = {"person": colleague, "department": WATER}
    page = stocked.as_role("analyst").post("/canh-bao/a-1/giao/", given, follow=True)
    assert "nuoc@so.example" in page.content.decode()
    told = _mailed(stocked)
    assert set(told) == {colleague, "nuoc@so.example"}
    message = told["nuoc@so.example"]
    assert message.subject == "[Khẩn] Giao xử lý: Nước máy nhiễm dầu"
    assert "giao xử lý việc này" in message.why_now[0] and "/tiep-nhan/" in message.button_url


def test_who_takes_an_alert_is_not_told_and_an_office_without_address_is_named(
    stocked: Room,
) -> None:
    analyst = stocked.member("analyst")
    given = {"person": analyst, "department": WATER}
    page = stocked.client(analyst).post("/canh-bao/a-1/giao/", given, follow=True)
    assert "hãy báo trực tiếp" in page.content.decode()
    assert _mailed(stocked) == {}


@pytest.mark.parametrize(
    ("hours", "reason", "paused"), [("2", "đã rõ", 1), ("9999", "x", 0), ("2", "", 0)]
)
def test_a_pause_always_has_a_reason_and_an_end(
    stocked: Room, hours: str, reason: str, paused: int
) -> None:
    from ledger import silences

    given = {"hours": hours, "reason": reason}
    stocked.as_role("approver").post("/canh-bao/a-1/tam-ngung/", given)
    assert len(silences.silences(stocked.now)) == paused
    assert silences.silences(stocked.now + timedelta(hours=3)) == []


def test_an_alert_without_a_story_leads_to_what_it_is_about(room: Room) -> None:
    common = {"story_id": "", "document_ids": ()}
    room.open_alert(id="a-8", rule_id="thong-bao-chua-co-tin", subject="12", **common)
    room.open_alert(id="a-9", rule_id="thoi-han", subject="3-1", **common)
    client = room.as_role("leader")
    assert 'href="/thong-bao/12/"' in client.get("/canh-bao/a-8/").content.decode()
    assert 'href="/han-phan-hoi/"' in client.get("/canh-bao/a-9/").content.decode()


def test_an_alert_says_its_size_against_usual_as_its_messages_do(stocked: Room) -> None:
    page = stocked.as_role("analyst").get("/canh-bao/a-1/").content.decode()
    said = "So với thường lệ, lúc báo: Cả lĩnh vực Môi trường, thiên tai: 4 tin trong 24 giờ"
    assert said in page


def test_of_an_alert_s_documents_a_colleague_sees_those_that_are_theirs(stocked: Room) -> None:
    fire = article(8, title="Cháy kho hàng ở cảng")
    stocked.take_in(fire, story="s8", topic=Label("giao_thong", 0.9))
    stocked.open_alert(id="a-2", document_ids=("doc-0001", "doc-0008"))
    water = stocked.as_role("spokesperson", departments=[WATER])
    page = water.get("/canh-bao/a-2/").content.decode()
    assert "/tin/doc-0001/" in page and "Cháy kho hàng" not in page
    assert "Cháy kho hàng" in stocked.as_role("analyst").get("/canh-bao/a-2/").content.decode()
