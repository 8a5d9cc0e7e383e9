"""The digest's choices and sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from langnghe.story import Story
from reports.digest import (
    DayVolume,
    DigestFacts,
    Headline,
    StoryFacts,
    build_digest,
    usual_total,
)
from reports.periods import KINDS, DigestTimes, last_period, next_period
from reports.render import render_digest

NOW = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)  # Friday, 07:00 in Vietnam
TIMES = DigestTimes()


def story(number: int, **changes: object) -> Story:
    base = Story(
        id=f"s{number}",
        title=f"Vụ việc số {number}",
        first_report_at=NOW - timedelta(hours=9),
        last_report_at=NOW - timedelta(hours=1),
        document_count=6,
        outlet_count=3,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def facts(*stories: StoryFacts, **changes: object) -> DigestFacts:
    links = dict.fromkeys(
        (
            "total",
            "neg",
            "neu",
            "pos",
            "critical",
            "alerts",
            "feedback",
            "asked_often",
            "claims",
            "clocks",
            "sources",
        ),
        "https://phong.example.vn/tin/",
    )
    base = DigestFacts(
        office="Văn phòng UBND tỉnh Lam Giang",
        period=last_period("daily", NOW, TIMES),
        total=120,
        articles=90,
        posts=30,
        tones={"neg": 40, "neu": 60, "pos": 20},
        critical=12,
        stories=stories,
        days=(DayVolume("18/11", 100, 20), DayVolume("19/11", 120, 40)),
        usual_total=None,
        open_alerts=1,
        feedback_waiting=2,
        feedback_asked_often=1,
        claims_waiting=0,
        clocks_running=0,
        sources_total=62,
        sources_silent=3,
        sources_untried=0,
        links={**links, "room": "https://phong.example.vn/", "choice": "https://phong.example.vn/"},
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_what_many_ask_is_told_beside_what_waits_and_not_told_where_there_is_none() -> None:
    told = render_digest(build_digest(facts()))
    for body in (told.html, told.text):
        assert "1 việc nhiều người hỏi, chưa có trả lời chính thức" in body
    calm = render_digest(build_digest(facts(feedback_asked_often=0)))
    assert "nhiều người hỏi" not in calm.html + calm.text


def test_the_period_ends_at_the_last_seven_oclock_in_vietnam() -> None:
    assert last_period("daily", NOW, TIMES).end_at == NOW
    assert last_period("daily", NOW - timedelta(minutes=1), TIMES).end_at == NOW - timedelta(days=1)
    assert last_period("daily", NOW + timedelta(hours=5), TIMES).key == "daily:2026-11-20T07:00"


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("kind", "after", "key", "hours"),
    [
        ("noon", 5 * HOUR, "noon:2026-11-20T12:00", 5),
        ("noon", 4 * HOUR, "noon:2026-11-19T12:00", 5),
        ("evening", 11 * HOUR, "evening:2026-11-20T18:00", 6),
        ("evening", 0 * HOUR, "evening:2026-11-19T18:00", 6),
        ("weekly", 0 * HOUR, "weekly:2026-11-16T07:00", 168),
        ("weekly", 72 * HOUR, "weekly:2026-11-23T07:00", 168),
        ("weekly", 71 * HOUR, "weekly:2026-11-16T07:00", 168),
    ],
)
def test_each_kind_has_its_hour_and_tells_of_the_time_since_the_one_before(
    kind: str, after: timedelta, key: str, hours: int
) -> None:
    period = last_period(kind, NOW + after, TIMES)
    assert period.key == key
    assert period.end_at - period.start_at == hours * HOUR
    assert next_period(kind, NOW + after, TIMES).start_at >= period.end_at


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_missed_digest_is_made_until_the_next_is_near(kind: str) -> None:
    period = last_period(kind, NOW, TIMES)
    assert period.end_at < period.made_until < period.end_at + period.digest.every


def test_the_title_tells_the_kind_and_the_reader_what_was_chosen() -> None:
    week = last_period("weekly", NOW, TIMES)
    digest = build_digest(facts(period=week, interest="lĩnh vực Y tế", usual_total=50.0))
    assert digest.title == "Điểm tin tuần 09/11 – 16/11/2026"
    assert "nhiều hơn mọi tuần" in digest.volume_sentence
    mail = render_digest(digest)
    assert "Chỉ gồm: lĩnh vực Y tế." in mail.html and "Chỉ gồm: lĩnh vực Y tế." in mail.text
    noon = build_digest(facts(period=last_period("noon", NOW, TIMES)))
    assert noon.title == "Điểm tin trưa 12 giờ, ngày 19/11/2026"


def test_an_alerted_story_comes_before_a_bigger_one_and_at_most_three_lead() -> None:
    big = StoryFacts(story(1, document_count=50, outlet_count=6), new_count=50, url="u1")
    urgent = StoryFacts(story(2), new_count=4, url="u2", alert_level=3, reasons=("Có thương vong",))
    rest = [StoryFacts(story(n), new_count=5, url=f"u{n}") for n in range(3, 8)]
    digest = build_digest(facts(big, *rest, urgent))
    assert [t.title for t in digest.top][:2] == ["Vụ việc số 2", "Vụ việc số 1"]
    assert len(digest.top) == 3
    assert {s.story.id for s in digest.others}.isdisjoint({"s1", "s2"})
    assert digest.top[0].why == "Có thương vong."
    assert "phát ngôn" in digest.top[0].action


def test_a_quiet_day_is_said_plainly() -> None:
    small = StoryFacts(story(1, document_count=1, outlet_count=1), new_count=1, url="u")
    digest = build_digest(facts(small))
    assert digest.is_quiet
    assert digest.subject.endswith("không có gì đáng kể")
    mail = render_digest(digest)
    assert "Không có gì đáng kể trong kỳ" in mail.html
    assert "Không có gì đáng kể trong kỳ" in mail.text


@pytest.mark.parametrize(
    ("total", "usual", "said"),
    [
        (120, None, "Chưa đủ dữ liệu"),
        (200, 100.0, "nhiều hơn thường ngày"),
        (50, 100.0, "ít hơn thường ngày"),
        (110, 100.0, "ngang thường ngày"),
    ],
)
def test_the_volume_is_told_against_the_usual(total: int, usual: float | None, said: str) -> None:
    assert said in build_digest(facts(total=total, usual_total=usual)).volume_sentence


def test_silent_sources_are_said() -> None:
    assert "62 nguồn có 3 im lặng" in build_digest(facts()).coverage_sentence
    untried = build_digest(facts(sources_silent=0, sources_untried=62)).coverage_sentence
    assert "62 chưa đọc được lần nào" in untried
    all_heard = build_digest(facts(sources_silent=0)).coverage_sentence
    assert all_heard == "Cả 62 nguồn đều đang hoạt động."


def test_the_usual_needs_history() -> None:
    assert usual_total([3, 4, 5, 6]) is None
    assert usual_total([9, 1, 5, 3, 7]) == 5.0
    assert usual_total([1, 2, 3, 4, 100, 100]) == 3.5


def test_the_mail_escapes_titles_and_stays_small() -> None:
    hostile = story(1, title='<img src=x onerror=alert(1)> "vỡ đập"')
    headline = Headline("<script>x</script>", "Báo A", "https://a.example.vn/1", NOW)
    entry = StoryFacts(hostile, new_count=9, url="https://p.example.vn/", headlines=(headline,))
    mail = render_digest(build_digest(facts(entry)))
    assert "<img src=x" not in mail.html
    assert "<script>" not in mail.html
    assert "vỡ đập" in mail.text
    assert len(mail.html.encode()) < 100_000
    assert mail.chart_png.startswith(b"\x89PNG")
    assert len(mail.html.encode()) + len(mail.chart_png) < 100_000
    assert "\n" not in mail.subject
