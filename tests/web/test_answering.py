"""Feedback becomes work for a department; clocks are started and stopped by people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from lxml import html

from langnghe.profile import Department
from tests.contract.ledger.samples import AUTHOR, post
from tests.web.conftest import HEALTH, WATER, Room

_CLOCK = {"kind": "initial_statement", "title": "Nước máy", "started_at": "2026-11-20T09:00"}


@pytest.fixture
def asked(stocked: Room) -> Room:
    """A room in which six people asked about the same matter."""
    from runtime.feedback import renew_feedback

    stocked.take_in(*[post(n) for n in range(2, 7)], story="s1")
    renew_feedback(stocked.runtime)  # type: ignore[arg-type]
    return stocked


def _matter() -> str:
    from ledger import feedback

    (row,) = feedback.feedback(feedback.STATES)
    return str(row.pk)


def test_what_many_ask_is_one_matter_without_names(asked: Room) -> None:
    page = asked.as_role("leader").get("/gop-y/").content.decode()
    assert "<strong>6</strong> ý kiến" in page
    assert "Nhiều người hỏi, chưa có trả lời" in page
    assert "phường Lam Thành" in page
    assert AUTHOR not in page


def test_who_closes_a_matter_comes_back_to_the_same_page_of_the_same_list(asked: Room) -> None:
    client = asked.as_role("analyst")
    page = html.fromstring(client.get("/gop-y/", {"state": "new", "trang": "1"}).content)
    (action,) = [way for way in page.xpath("//form/@action") if "dong" in way]
    assert client.post(action)["Location"] == "/gop-y/?state=new&trang=1"
    assert client.post(action.partition("?")[0])["Location"] == "/gop-y/"


def test_an_answer_that_is_refused_is_shown_as_it_was_typed(asked: Room) -> None:
    way = f"/gop-y/{_matter()}/tra-loi/"
    given = {"answer": "Đã súc rửa bể", "url": "htps://sai"}
    page = asked.as_role("analyst").post(way, given).content.decode()
    assert "liên kết phải là địa chỉ web" in page
    assert ">Đã súc rửa bể</textarea>" in page and 'value="htps://sai"' in page


def test_what_is_refused_on_the_clocks_page_is_shown_as_it_was_typed(stocked: Room) -> None:
    from ledger import clocks

    client = stocked.as_role("analyst")
    late = {**_CLOCK, "started_at": "2027-11-20T09:00"}
    page = client.post(reverse("clock-start"), late).content.decode()
    assert "Lúc bắt đầu không thể ở tương lai." in page and 'value="Nước máy"' in page
    asked = {"press-kind": "", "press-question": "Vì sao nước đục?"}
    page = client.post(reverse("press-add"), asked).content.decode()
    assert "Vì sao nước đục?</textarea>" in page
    client.post(reverse("clock-start"), _CLOCK)
    (clock,) = clocks.running_clocks()
    stopping = {"statement": "Đã khắc phục", "url": "htps://sai"}
    page = client.post(reverse("clock-stop", args=[clock.number]), stopping).content.decode()
    assert ">Đã khắc phục</textarea>" in page
    assert len(clocks.running_clocks()) == 1


def test_many_matters_stand_on_pages_the_most_asked_first(asked: Room) -> None:
    from ledger.models import FeedbackRow

    (row,) = FeedbackRow.objects.all()
    for n in range(25):
        row.pk, row.place, row.document_count = f"f{n}", f"xã số {n}", 1
        row.save(force_insert=True)
    client = asked.as_role("analyst")
    first, second, beyond = (
        html.fromstring(client.get("/gop-y/", {"trang": n}).content) for n in ("", "2", "99")
    )
    assert [len(page.xpath("//form[contains(@action, '/giao/')]")) for page in (first, second)] == [
        20,
        6,
    ]
    assert "<strong>6</strong>" in html.tostring(first, encoding="unicode")
    (way,) = first.xpath("//a[@rel='next']/@href")
    assert way == "?trang=2"
    assert beyond.xpath("//a[@rel='prev']") and not beyond.xpath("//a[@rel='next']")


def test_a_new_matter_names_its_department_as_a_suggestion(asked: Room) -> None:
    client = asked.as_role("analyst")
    assert f"gợi ý giao {WATER}" in client.get("/gop-y/").content.decode()
    client.post(f"/gop-y/{_matter()}/giao/", {"department": WATER})
    assert f"Đã giao: {WATER}" in client.get("/gop-y/").content.decode()


def test_grouping_again_changes_nothing(asked: Room) -> None:
    from runtime.feedback import renew_feedback

    assert renew_feedback(asked.runtime) == []  # type: ignore[arg-type]


def test_a_matter_goes_from_new_to_closed(asked: Room) -> None:
    client, url = asked.as_role("analyst"), f"/gop-y/{_matter()}/"
    assert (
        "Đã giao" in client.post(f"{url}giao/", {"department": WATER}, follow=True).content.decode()
    )
    answer = {"answer": "Nước đã đạt chuẩn", "url": "https://so.example/tra-loi"}
    client.post(f"{url}tra-loi/", answer)
    assert "Nước đã đạt chuẩn" in client.get("/gop-y/?state=answered").content.decode()
    client.post(f"{url}dong/")
    assert "<strong>6</strong> ý kiến" in client.get("/gop-y/?state=closed").content.decode()


def test_the_department_is_told_of_what_it_must_answer(asked: Room) -> None:
    from ledger.deliveries import claim_deliveries

    water = Department(WATER, email="nuoc@so.example")
    asked.runtime.profile = replace(asked.runtime.profile, departments=(water,))
    page = asked.as_role("analyst").post(
        f"/gop-y/{_matter()}/giao/", {"department": WATER}, follow=True
    )
    assert "Thư báo gửi tới nuoc@so.example" in page.content.decode()
    (delivery,) = claim_deliveries(5, asked.now)
    message = delivery.message
    assert message.subject.startswith("[Góp ý cần trả lời] ")
    assert "phường Lam Thành" in message.what and AUTHOR not in message.what
    assert message.why_now[1] == "hạn trả lời: 10:00 07/12/2026"


def test_the_office_s_own_lengths_of_time_are_used_and_shown(stocked: Room) -> None:
    from ledger.clocks import running_clocks

    settings = replace(
        stocked.runtime.settings, clock_initial_statement_hours=6, clock_press_request_days=5
    )
    stocked.runtime.settings = settings
    client = stocked.as_role("spokesperson")
    page = client.get("/han-phan-hoi/").content.decode()
    assert "Thông tin ban đầu về vụ việc: 6 giờ" in page
    client.post("/han-phan-hoi/bat-dau/", _CLOCK)
    given = {
        "press-kind": "request",
        "press-outlet": "Báo A",
        "press-question": "Bao giờ có nước?",
        "press-received_at": "2026-11-20T09:00",
        "press-department": WATER,
    }
    client.post("/han-phan-hoi/bao-chi/", given)
    initial, press = running_clocks()
    assert initial.clock.due_at - initial.clock.started_at == timedelta(hours=6)
    assert press.clock.due_at - press.clock.started_at == timedelta(days=5)
    assert press.department == WATER


@pytest.mark.parametrize(
    ("act", "given", "said"),
    [
        ("giao", {"department": "Ai đó"}, "Hãy chọn cơ quan"),
        ("tra-loi", {"answer": " "}, "Cần có nội dung"),
        ("tra-loi", {"answer": "x", "url": "javascript:alert(1)"}, "địa chỉ web"),
    ],
)
def test_a_wrong_step_is_explained(asked: Room, act: str, given: dict[str, str], said: str) -> None:
    page = asked.as_role("analyst").post(f"/gop-y/{_matter()}/{act}/", given, follow=True)
    assert said in page.content.decode()


def test_a_colleague_with_other_limits_sees_no_matter(asked: Room) -> None:
    mine = asked.as_role("spokesperson", communes=["phường Lam Thành"])
    other = asked.as_role("spokesperson", departments=[HEALTH])
    url = f"/gop-y/{_matter()}/tra-loi/"
    assert "ý kiến</span>" in mine.get("/gop-y/").content.decode()
    assert "ý kiến</span>" not in other.get("/gop-y/").content.decode()
    assert other.post(url, {"answer": "x"}).status_code == 404


def test_a_clock_runs_warns_and_is_stopped_by_the_statement(room: Room) -> None:
    from ledger import clocks

    client = room.as_role("spokesperson")
    client.post("/han-phan-hoi/bat-dau/", _CLOCK)
    assert "còn 23 giờ" in client.get("/han-phan-hoi/").content.decode()
    room.runtime.clock.moment += timedelta(hours=25)
    assert "Đã quá hạn" in client.get("/han-phan-hoi/").content.decode()
    (running,) = clocks.running_clocks()
    url = f"/han-phan-hoi/{running.number}/dung/"
    assert "Cần ghi nội dung" in client.post(url, {}, follow=True).content.decode()
    client.post(url, {"statement": "Nước an toàn", "url": "https://so.example/1"})
    assert clocks.running_clocks() == []


def test_a_clock_never_starts_in_the_future(room: Room) -> None:
    from ledger import clocks

    room.as_role("analyst").post(
        "/han-phan-hoi/bat-dau/", {**_CLOCK, "started_at": "2026-11-21T09:00"}
    )
    assert clocks.running_clocks() == []


def test_a_question_of_the_press_has_its_deadline(room: Room) -> None:
    given = {"press-kind": "request", "press-outlet": "Báo A", "press-question": "Vì sao?",
             "press-received_at": "2026-11-20T09:00"}  # fmt: skip
    client = room.as_role("spokesperson")
    client.post("/han-phan-hoi/bao-chi/", given)
    page = client.get("/han-phan-hoi/").content.decode()
    assert "Báo A: Vì sao?" in page
    assert "09:00 20/12/2026" in page


def test_what_many_ask_without_an_answer_has_a_list_of_its_own(asked: Room) -> None:
    client = asked.as_role("leader")
    assert "1 việc nhiều người hỏi mà chưa có trả lời" in client.get("/gop-y/").content.decode()
    often = client.get("/gop-y/?state=hoi-nhieu").content.decode()
    assert "<strong>6</strong> ý kiến" in often
    editor = asked.as_role("analyst")
    editor.post(f"/gop-y/{_matter()}/tra-loi/", {"answer": "Nước đã đạt chuẩn"})
    often = client.get("/gop-y/?state=hoi-nhieu").content.decode()
    assert "Không có việc nào nhiều người hỏi" in often
    assert 'Đã trả lời <b class="num">1</b>' in often


def test_a_matter_without_a_headline_is_named_by_what_people_say(room: Room) -> None:
    from runtime.feedback import renew_feedback

    room.take_in(*[post(n, text=f"Nước hôi {'quá ' * 30}{n}") for n in range(1, 4)], story="s7")
    renew_feedback(room.runtime)  # type: ignore[arg-type]
    page = room.as_role("analyst").get("/gop-y/").content.decode()
    assert "<bdi>Nước hôi quá quá" in page


def test_counts_are_of_what_the_reader_sees(asked: Room) -> None:
    other = asked.as_role("spokesperson", departments=[HEALTH])
    page = other.get("/gop-y/").content.decode()
    assert 'Cần trả lời <b class="num">0</b>' in page
    assert "nhiều người hỏi mà chưa" not in page


def _figures(page: str) -> list[list[str]]:
    rows = html.fromstring(page).xpath("//tr[td[@class='num']]")
    return [
        [cell.text_content() for cell in row.xpath("td[contains(@class, 'num')]")] for row in rows
    ]


def test_the_years_figures_say_in_time_late_and_open_by_kind(room: Room) -> None:
    from ledger import clocks

    hour = timedelta(hours=1)
    for stopped_after in (2, 30, None):
        started = room.now - 40 * hour
        number = clocks.start_clock("initial_statement", "x", "an", started, started)
        if stopped_after:
            clocks.stop_clock(number, "an", "y", "", started + stopped_after * hour)
    old = datetime(2025, 12, 14, 16, tzinfo=UTC)  # 23:00 of the day before the period
    clocks.start_clock("press_request", "x", "an", old, old)
    client = room.as_role("leader")
    rows = _figures(client.get("/han-phan-hoi/so-lieu/").content.decode())
    assert rows[0] == ["3", "1", "1", "1", "0", "16 giờ"]
    assert rows[2] == ["0", "0", "0", "0", "0", "–"]
    assert rows[-1] == ["3", "1", "1", "1", "0"]
    before = _figures(client.get("/han-phan-hoi/so-lieu/?nam=2025").content.decode())
    assert before[2] == ["1", "0", "0", "1", "0", "–"]
    room.runtime.clock.moment = datetime(2026, 12, 15, 3, tzinfo=UTC)
    assert "báo cáo năm 2027" in client.get("/han-phan-hoi/so-lieu/").content.decode()


def test_a_colleague_with_other_limits_counts_and_stops_no_clock_of_others(room: Room) -> None:
    from ledger import clocks

    number = clocks.start_clock(
        "initial_statement", "Nước máy", "an", room.now, room.now, department=WATER
    )
    other = room.as_role("spokesperson", departments=[HEALTH])
    stop = f"/han-phan-hoi/{number}/dung/"
    assert other.post(stop, {"statement": "x"}).status_code == 404
    assert _figures(other.get("/han-phan-hoi/so-lieu/").content.decode())[-1][0] == "0"
    mine = room.as_role("spokesperson", departments=[WATER])
    assert _figures(mine.get("/han-phan-hoi/so-lieu/").content.decode())[-1][0] == "1"
    mine.post(stop, {"statement": "Nước an toàn"})
    assert clocks.running_clocks() == []
