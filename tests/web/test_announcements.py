"""Our own announcements: who carried them, which rule watches, what became of a correction."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from langnghe.claim import ClaimSuggestion, FactCheck
from tests.contract.ledger.samples import article
from tests.web.conftest import HEALTH, WATER, Room

_GIVEN = {
    "title": "Cấp nước trở lại tại phường Lam Thành",
    "published_at": "2026-11-20T08:00",
    "phrases": "cấp nước trở lại\n\nđạt chuẩn",
    "url": "https://lam-giang.example/tb/12",
    "expects_coverage": "on",
}
_HOUR = timedelta(hours=1)


@pytest.fixture
def carried(stocked: Room) -> Room:
    """A room in which two papers told of the water's return, one shouting; one still doubts."""
    said = (
        (20, "Báo Lam Giang", "Lam Thành: CẤP NƯỚC TRỞ LẠI từ sáng nay", 1.5),
        (21, "Báo Mai", "Nước đã về", 0.5),
        (22, "Báo Mai", "Hôm qua đã có tin cấp nước trở lại", 30.0),
        (23, "Báo Chiều", "Nước có chất lạ?", 40.0),
        (24, "Báo Lam Giang", "Nước có chất lạ, người dân lo", 26.0),
    )
    stocked.take_in(
        *(
            article(
                number,
                outlet=outlet,
                title=title,
                lead="Nước đạt chuẩn, công ty nói." if number == 21 else "Người dân chờ.",
                published_at=stocked.now - hours * _HOUR,
            )
            for number, outlet, title, hours in said
        ),
        story="s1",
    )
    return stocked


def _register(room: Room, **changes: str) -> str:
    page = room.as_role("spokesperson").post("/thong-bao/ghi/", {**_GIVEN, **changes}, follow=True)
    return page.content.decode()


def test_it_says_who_carried_it_since_when_and_which_message_arrived(carried: Room) -> None:
    page = _register(carried)
    assert "Báo đã đưa (2)" in page
    assert page.index("Báo Lam Giang") < page.index("Báo Mai")
    assert "30 phút" in page  # after the announcement of 08:00
    assert "08:30 20/11" in page
    assert "Hôm qua" not in page  # told before there was anything to tell
    listed = carried.as_role("leader").get("/thong-bao/").content.decode()
    assert '<strong class="num">2</strong> báo' in listed
    assert "từ 08:30 20/11" in listed


def test_it_says_which_rule_watches_and_what_it_will_do(room: Room) -> None:
    client = room.as_role("admin")
    client.post("/thong-bao/ghi/", {**_GIVEN, "published_at": "2026-11-20T08:00"})
    url = "/thong-bao/1/"
    assert "sẽ báo lúc 08:00 21/11" in client.get(url).content.decode()
    room.runtime.clock.moment += 23 * _HOUR
    assert "báo từ 08:00 21/11" in client.get(url).content.decode()
    client.post("/quy-tac/thong-bao-chua-co-tin/bat-tat/", {"on": "0"})
    assert "đang tắt" in client.get(url).content.decode()
    unwatched = {name: value for name, value in _GIVEN.items() if name != "expects_coverage"}
    client.post(f"{url}sua/", unwatched)
    assert "Không theo dõi" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"phrases": " \n"}, "trường này"),
        ({"phrases": "ab"}, "quá ngắn"),
        ({"url": "javascript:alert(1)"}, "địa chỉ web"),
        ({"published_at": "2026-11-21T08:00"}, "chưa tới"),
    ],
)
def test_a_wrong_line_is_explained(room: Room, change: dict[str, str], said: str) -> None:
    from ledger import announcements

    assert said in _register(room, **change).lower()
    assert announcements.announcements() == []


def test_it_is_corrected_and_taken_off_the_register(room: Room) -> None:
    from ledger import announcements, audit

    _register(room)
    editor = room.as_role("analyst")
    editor.post("/thong-bao/1/sua/", {**_GIVEN, "title": "Cấp nước lại"})
    assert announcements.announcement(1).title == "Cấp nước lại"
    assert room.as_role("spokesperson").post("/thong-bao/1/bo/").status_code == 403
    editor.post("/thong-bao/1/bo/")
    assert editor.get("/thong-bao/1/").status_code == 404
    assert audit.entries(1, action="announcement.remove")[0].detail == {"title": "Cấp nước lại"}


def test_a_colleague_with_other_limits_sees_no_coverage_of_others(carried: Room) -> None:
    _register(carried)
    mine = carried.as_role("spokesperson", departments=[WATER]).get("/thong-bao/1/")
    others = carried.as_role("spokesperson", departments=[HEALTH]).get("/thong-bao/1/")
    assert "Báo đã đưa (2)" in mine.content.decode()
    assert "Báo đã đưa (0)" in others.content.decode()
    assert "CẤP NƯỚC" not in others.content.decode()


def test_a_colleague_with_other_limits_changes_no_line_of_others(room: Room) -> None:
    _register(room)
    other = room.as_role("approver", departments=[HEALTH])
    assert ">Sửa<" not in other.get("/thong-bao/1/").content.decode()
    assert other.post("/thong-bao/1/sua/", _GIVEN).status_code == 404
    assert other.post("/thong-bao/1/bo/").status_code == 404
    other.post("/thong-bao/ghi/", _GIVEN)
    assert ">Sửa<" in other.get("/thong-bao/2/").content.decode()


def _fact_check(room: Room) -> None:
    from ledger import claims

    check = FactCheck(
        "k1", "Nước có chất lạ", "Nước đạt chuẩn", date(2026, 11, 19),
        "https://so.example/1", "nước đạt chuẩn",
    )  # fmt: skip
    claims.record_fact_check(check, "x", room.now)
    claims.approve_fact_check("k1", "y", room.now)
    found = [ClaimSuggestion(f"doc-00{n}", "k1", 0.9, ("lạ",)) for n in (23, 24)]
    claims.record_suggestions(found, room.now)
    for suggestion in found:
        claims.confirm(suggestion.document_id, "k1", room.member("analyst"), room.now)


def test_a_correction_is_followed_from_the_confirmed_check(carried: Room) -> None:
    _fact_check(carried)
    client = carried.as_role("analyst")
    for url in ("/kiem-chung/?state=confirmed", "/kiem-chung/dinh-chinh/"):
        assert "/thong-bao/ghi/?dinh-chinh=k1" in client.get(url).content.decode()
    form = client.get("/thong-bao/ghi/?dinh-chinh=k1").content.decode()
    assert 'value="https://so.example/1"' in form
    client.post("/thong-bao/ghi/?dinh-chinh=k1", _GIVEN)
    page = client.get("/thong-bao/1/").content.decode()
    assert "2 báo đã đưa đính chính, sớm nhất sau 0 giờ" in page
    assert "1 báo chưa sửa hoặc gỡ thông tin cũ" in page
    assert "Nước có chất lạ?" in page  # Báo Chiều told it and nothing since
    assert "người dân lo" not in page  # Báo Lam Giang has corrected it
    assert "Đính chính đã tới đâu" in client.get("/kiem-chung/dinh-chinh/").content.decode()
    assert "Cấp nước" in client.get("/thong-bao/?loai=dinh-chinh").content.decode()


def test_a_claim_that_its_publisher_took_down_stands_no_more(carried: Room) -> None:
    from ledger.models import DocumentRow

    _fact_check(carried)
    client = carried.as_role("analyst")
    client.post("/thong-bao/ghi/?dinh-chinh=k1", _GIVEN)
    DocumentRow.objects.filter(pk="doc-0023").update(gone_at=carried.now)
    page = client.get("/thong-bao/1/").content.decode()
    assert "chưa sửa hoặc gỡ" not in page
    assert "Không có tin nào đã xác nhận mà còn giữ" in page


def test_a_statement_is_followed_from_its_clock(carried: Room) -> None:
    from ledger import clocks

    client = carried.as_role("spokesperson")
    started = {
        "kind": "initial_statement",
        "title": "Nước máy",
        "started_at": "2026-11-20T07:00",
        "alert_id": "a-1",
    }
    client.post("/han-phan-hoi/bat-dau/", started)
    (running,) = clocks.running_clocks()
    assert running.story_id == "s1"
    answer = {"statement": "Nước an toàn", "url": "https://so.example/phat-ngon"}
    client.post(f"/han-phan-hoi/{running.number}/dung/", answer)
    link = f"/thong-bao/ghi/?dong-ho={running.number}"
    assert link in client.get("/han-phan-hoi/").content.decode()
    assert 'value="https://so.example/phat-ngon"' in client.get(link).content.decode()
    client.post(link, _GIVEN)
    page = client.get("/thong-bao/1/").content.decode()
    assert "Có đưa vụ việc, chưa đưa thông báo" in page
    assert "Báo Chiều" in page
    assert "Báo nào đã đưa phát ngôn này" in client.get("/han-phan-hoi/").content.decode()


@pytest.mark.parametrize("query", ["dinh-chinh=khong-co", "dong-ho=99"])
def test_what_is_answered_must_be_there(room: Room, query: str) -> None:
    assert room.as_role("analyst").get(f"/thong-bao/ghi/?{query}").status_code == 404
