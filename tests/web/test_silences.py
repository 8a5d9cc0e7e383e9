"""Silences: listed with their reason and end, ended early, always over at some time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.conftest import HEALTH, WATER, Room

_GIVEN = {"rule_id": "lan-nhanh", "topic": "", "place": "", "hours": "24", "reason": "Đã rõ"}


def test_a_pause_says_what_why_who_until_when_and_ends_early(stocked: Room) -> None:
    client = stocked.as_role("approver")
    client.post("/tam-ngung/them/", _GIVEN)
    page = client.get("/tam-ngung/").content.decode()
    for said in ("Quy tắc “Vụ việc lan nhanh”", "Đã rõ", "10:00 21/11/2026", "approver từ 10:00"):
        assert said in page
    assert "Quy tắc “Vụ việc lan nhanh”" in client.get("/canh-bao/").content.decode()
    stocked.runtime.clock.moment += timedelta(minutes=1)
    client.post("/tam-ngung/1/ket-thuc/")
    page = client.get("/tam-ngung/").content.decode()
    assert "Đang tạm ngưng (0)" in page
    assert "approver kết thúc sớm" in page


def test_a_pause_is_over_at_its_time(stocked: Room) -> None:
    client = stocked.as_role("analyst")
    client.post("/tam-ngung/them/", _GIVEN)
    stocked.runtime.clock.moment += timedelta(hours=24)
    assert "Đang tạm ngưng (0)" in client.get("/tam-ngung/").content.decode()
    assert client.post("/tam-ngung/1/ket-thuc/").status_code == 404


@pytest.mark.parametrize(
    "change", [{"reason": ""}, {"hours": "100000"}, {"rule_id": ""}, {"rule_id": "khong-co"}]
)
def test_a_pause_without_reason_end_or_subject_is_refused(
    room: Room, change: dict[str, str]
) -> None:
    from ledger import silences

    room.as_role("analyst").post("/tam-ngung/them/", {**_GIVEN, **change})
    assert silences.silences(room.now) == []


def test_its_place_is_the_one_that_documents_name(room: Room) -> None:
    from ledger import silences

    client = room.as_role("analyst")
    client.post("/tam-ngung/them/", {**_GIVEN, "place": "P. Lam Thành"})
    (known,) = silences.silences(room.now)
    assert known.place == "phường Lam Thành"
    answer = client.post("/tam-ngung/them/", {**_GIVEN, "place": "Lâm Thanh"})
    page = answer.content.decode()
    assert "Chưa rõ địa bàn “Lâm Thanh”. Gần nhất: phường Lam Thành" in page
    assert 'value="Đã rõ"' in page
    assert len(silences.silences(room.now)) == 1


def test_a_colleague_sees_and_ends_only_what_is_theirs(stocked: Room) -> None:
    from ledger import silences

    whole = stocked.as_role("analyst")
    whole.post("/tam-ngung/them/", _GIVEN)
    whole.post("/tam-ngung/them/", {**_GIVEN, "rule_id": "", "topic": "y_te"})
    whole.post("/canh-bao/a-1/tam-ngung/", {"hours": "2", "reason": "Riêng vụ nước"})
    stocked.runtime.clock.moment += timedelta(minutes=1)
    water = stocked.as_role("analyst", departments=[WATER])
    page = water.get("/tam-ngung/").content.decode()
    assert "Riêng vụ nước" in page
    assert "Y tế" not in page.split("Đang tạm ngưng")[1]
    assert "Tạm ngưng thêm" not in page
    assert water.post("/tam-ngung/them/", _GIVEN).status_code == 403
    numbers = {s.silence.reason: s.number for s in silences.running_silences(stocked.now)}
    health = stocked.as_role("analyst", departments=[HEALTH])
    assert health.post(f"/tam-ngung/{numbers['Riêng vụ nước']}/ket-thuc/").status_code == 404
    water.post(f"/tam-ngung/{numbers['Riêng vụ nước']}/ket-thuc/")
    assert len(silences.silences(stocked.now)) == 2
