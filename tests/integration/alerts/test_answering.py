"""Clocks, press requests, feedback, announcements and duty, in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.routing import DutyTurn
from langnghe.errors import ConfigError
from tests.contract.ledger.samples import article
from tests.unit.alerts.made import NOON

pytestmark = pytest.mark.usefixtures("ledger_sqlite")
HOUR = timedelta(hours=1)


def test_a_clock_stops_with_a_statement_and_is_counted():
    from ledger.clocks import clock_figures, running_clocks, start_clock, stop_clock

    number = start_clock("initial_statement", "Nước có mùi dầu", "an.nt", NOON, NOON)
    (clock,) = running_clocks()
    assert "Nghị định" in clock.reference
    with pytest.raises(ConfigError):
        stop_clock(number, "an.nt", " ", "", NOON + 26 * HOUR)
    assert stop_clock(number, "an.nt", "Đã công bố", "https://vd.vn/tb", NOON + 26 * HOUR)
    assert not stop_clock(number, "binh", "Lần hai", "", NOON + 27 * HOUR)
    assert running_clocks() == []
    figures = clock_figures(NOON - HOUR, NOON + HOUR, NOON)["initial_statement"]
    assert (figures.started, figures.in_time, figures.late) == (1, 0, 1)
    assert figures.median_hours == 26.0


def test_only_a_person_starts_a_clock_and_not_in_the_future():
    from ledger.clocks import start_clock

    with pytest.raises(ConfigError):
        start_clock("initial_statement", "x", "", NOON, NOON)
    with pytest.raises(ConfigError):
        start_clock("initial_statement", "x", "an.nt", NOON + HOUR, NOON)


def test_a_press_request_has_its_deadline():
    from ledger.clocks import add_press_request, running_clocks

    add_press_request("request", "Báo Một", "Bao giờ có nước?", NOON, "an.nt", NOON)
    (clock,) = running_clocks()
    assert clock.clock.due_at == NOON + timedelta(days=30)
    with pytest.raises(ConfigError):
        add_press_request("khac", "Báo Một", "?", NOON, "an.nt", NOON)


def group(*ids, last_at=NOON):
    from ledger.feedback import Feedback

    return Feedback("s1", "phường Tân Lam", "complaint", "y_te", "Sở Y tế", ids, NOON, last_at)


def test_feedback_grows_is_answered_and_opens_again():
    from alerts.clocks import start
    from ledger.feedback import (
        answer_feedback,
        assign_feedback,
        close_feedback,
        feedback,
        feedback_counts,
        is_asked_often,
        record_feedback,
    )

    (key,) = record_feedback([group("d1", "d2")], NOON)
    assert record_feedback([group("d1", "d2", "d3", "d4", "d5")], NOON) == []
    assert [row.document_count for row in feedback()] == [5]
    assert [row.pk for row in feedback() if is_asked_often(row)] == [key]
    assign_feedback(key, "Sở Y tế", "an.nt", NOON, start("feedback", NOON).due_at)
    counts = feedback_counts(feedback(), NOON + timedelta(days=60))
    assert (counts.overdue, counts.asked_often, counts.states["assigned"]) == (1, 1, 1)
    answer_feedback(key, "Đã xử lý", "https://vd.vn/tl", "chi", NOON)
    assert not any(is_asked_often(row) for row in feedback(("answered",)))
    assert record_feedback([group("d1", "d6")], NOON) == [key]
    close_feedback(key, "an.nt", NOON)
    assert feedback() == []


def test_an_announcement_knows_who_carried_it():
    from ledger.announcements import add_announcement, follow_correction, followed_announcements
    from ledger.ingest import record_ingest

    number = add_announcement("Cấp nước trở lại", NOON, ["cấp nước trở lại"], "an.nt", NOON)
    later = NOON + 3 * HOUR
    carried = article(
        title="Lam Giang cấp nước trở lại từ chiều nay",
        published_at=later,
        first_seen_at=later,
        fetched_at=later,
    )
    assert followed_announcements(NOON + HOUR)[0].outlets == ()
    record_ingest([carried], later)
    assert followed_announcements(later)[0].outlets == (carried.outlet,)
    reach = follow_correction(number).reach
    assert reach.first_after_hours == 3.0 and "1 báo" in reach.sentence
    with pytest.raises(LookupError):
        follow_correction(999)
    with pytest.raises(ConfigError):
        add_announcement("Không có lời", NOON, [" "], "an.nt", NOON)


def test_the_rota_says_who_is_on_duty():
    from ledger.duty import copy_turns, remove_turn, rota, set_turn, turns

    turn = DutyTurn("analyst", "An", NOON, NOON + 8 * HOUR, "Bình")
    number = set_turn(turn, "an.nt", NOON)
    assert turns(NOON) == [turn] and turns(NOON + 8 * HOUR) == []
    assert rota(NOON - HOUR, NOON + HOUR) == [(number, turn)]
    week = timedelta(days=7)
    for added in (1, 0):
        assert copy_turns(NOON - HOUR, NOON + HOUR, week, "an.nt", NOON) == added
    assert [t.person for t in turns(NOON + week)] == ["An"]
    assert remove_turn(number, "an.nt", NOON) and turns(NOON) == []
    with pytest.raises(ConfigError):
        set_turn(DutyTurn("khach", "An", NOON, NOON + HOUR), "an.nt", NOON)


@pytest.mark.parametrize(
    ("phrase", "title", "is_found"),
    [
        ("đình chỉ công tác", "ĐÌNH CHỈ CÔNG TÁC một cán bộ", True),
        ("hoà giải ở cơ sở", "Ngày hội hòa giải ở cơ sở", True),
        ("giảm 50% học phí", "Tỉnh giảm 50% học phí", True),
        ("giảm 50% học phí", "Tỉnh giảm 50 triệu học phí", False),
        ("mức 5.000 đồng", "Thu mức 5.000 đồng mỗi lượt", True),
        ("mức 5.000 đồng", "Thu mức 5x000 đồng mỗi lượt", False),
        ("cấp nước trở lại", "Đã  cấp nước\u00a0trở lại", True),
        ("cấp nước trở lại", "Cáp nước trở lái", False),
    ],
)
def test_a_message_is_found_however_it_is_written(phrase, title, is_found):
    from ledger.announcements import add_announcement, coverage
    from ledger.ingest import record_ingest

    number = add_announcement("Thông báo", NOON, [phrase], "an.nt", NOON)
    later = NOON + HOUR
    record_ingest(
        [article(title=title, published_at=later, first_seen_at=later, fetched_at=later)], later
    )
    assert bool(coverage(number).outlets) is is_found
