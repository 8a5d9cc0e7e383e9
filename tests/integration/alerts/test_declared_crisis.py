"""A declared crisis: one message speaks for what it covers, nothing is dropped, and it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.declared import CRISIS_RULE, DeclaredCrisis
from alerts.model import Action, AlertIntent, Headline
from langnghe.errors import ConfigError
from langnghe.profile import Person
from langnghe.story import StoryChange
from tests.contract.ledger.samples import NOW, article
from tests.integration.alerts.test_desk import DEATHS, arrive, desk, mails, service
from tests.unit.alerts.made import alert

__all__ = ["service"]

HOUR = timedelta(hours=1)
OFFICE = """
[[departments]]
name = "Sở Y tế"
email = "yte@vd.vn"
topics = ["y_te"]
[[departments]]
name = "Sở Xây dựng"
email = "xaydung@vd.vn"
topics = ["xay_dung"]
"""
WATER = DeclaredCrisis(
    "Sự cố nước Lam Thành", "lan nhanh", "truong.vp", NOW, NOW + 24 * HOUR, story_ids=("s1",)
)


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def subjects(service):
    return [str(mail["Subject"]) for mail in mails(service)]


def opens(room, *, action=Action.OPEN, **changes):
    from ledger import alerts

    about = {"id": "a1", "story_id": "s1", "opened_at": NOW, "first_report_at": NOW, **changes}
    alerts.open_alerts([AlertIntent(action, alert(**about), "nâng mức")], room._deliveries, NOW)


def told(room):
    room.watch()
    room.deliver()


def test_it_is_told_of_once_and_speaks_for_its_children(service):
    from ledger import crises

    room = desk(service)
    number = crises.declare(WATER, NOW)
    told(room)
    told(room)
    assert subjects(service) == ["[Khẩn] Khủng hoảng: Sự cố nước Lam Thành"]
    (child,) = room.match(arrive(service, [article(1, title=DEATHS)]), StoryChange())
    assert room.deliver().sent == 0
    (known,) = crises.running_crises(service.clock.now())
    assert (known.number, [c.id for c in known.children]) == (number, [child])
    service.clock.moment += timedelta(minutes=59)
    assert child not in room.escalate()
    service.clock.moment = NOW + 4 * HOUR
    told(room)
    news = next(m for m in mails(service) if "Diễn biến: Khủng hoảng" in str(m["Subject"]))
    assert "Cảnh báo được gộp:\n- [Chú ý] Xe khách lao xuống vực" in text_of(news)
    assert "- thêm 1 cảnh báo, 1 tin từ lần báo trước" in text_of(news)


def test_an_interval_without_news_says_nothing(service):
    from ledger import crises

    room = desk(service)
    crises.declare(WATER, NOW)
    told(room)
    service.clock.moment += 5 * HOUR
    assert room.watch() == []


def test_what_stood_before_is_taken_under_it_and_stops_escalating(service):
    from ledger import alerts, crises, queries

    room = desk(service)
    (opened,) = room.match(arrive(service, [article(1, title=DEATHS)]), StoryChange())
    crises.declare(WATER, NOW)
    view = queries.alert_view(opened)
    assert view.held_reason == "gộp vào khủng hoảng: Sự cố nước Lam Thành"
    service.clock.moment += HOUR
    assert opened not in room.escalate()
    assert [event.kind for event in alerts.events(opened)] == ["opened", "held"]


def test_an_urgent_alert_that_stood_before_and_nobody_named_goes_on_escalating(service):
    from ledger import crises

    room = desk(service)
    opens(room, story_id="s9", level=3)
    number = crises.declare(replace(WATER, story_ids=(), topic="y_te"), NOW)
    assert [child.id for child in crises.crisis(number, NOW).children] == ["a1"]
    service.clock.moment += timedelta(minutes=11)
    assert "a1" in room.escalate()


def test_a_named_story_that_was_merged_is_still_named(service):
    from ledger import crises, stories

    room = desk(service)
    for number, story in ((1, "s1"), (50, "s2")):
        arrive(service, [article(number, title=DEATHS, outlet=f"Báo {number}")], story)
    crises.declare(WATER, NOW)
    stories.merge("s1", "s2", "an", NOW)
    told(room)
    opens(room, story_id="s2", level=3)
    room.deliver()
    assert subjects(service) == ["[Khẩn] Khủng hoảng: Sự cố nước Lam Thành"]


def test_its_alert_says_the_end_that_a_person_gave_it_last(service):
    from ledger import alerts, crises

    room = desk(service)
    number = crises.declare(WATER, NOW)
    told(room)
    service.clock.moment += HOUR
    crises.prolong(number, NOW + 48 * HOUR, "an", service.clock.now())
    own = alerts.alert(crises.crisis(number, NOW).alert_id)
    assert own.reasons[1] == "kéo dài tới 10:00 22/11/2026"


def test_what_nobody_closed_for_weeks_is_taken_only_where_it_is_named(service):
    from ledger import crises

    old = NOW - 15 * 24 * HOUR
    room = desk(service)
    for number, story in enumerate(("s1", "s2")):
        opens(room, id=f"a{number}", story_id=story, opened_at=old)
    found = crises.declare(replace(WATER, topic="y_te"), NOW)
    assert [child.id for child in crises.crisis(found, NOW).children] == ["a0"]


def test_a_raise_still_reaches(service):
    from ledger import crises

    room = desk(service)
    crises.declare(WATER, NOW)
    told(room)
    opens(room, level=1)
    assert room.deliver().sent == 0
    opens(room, level=2, action=Action.RAISE)
    room.deliver()
    assert "[Chú ý] Nâng mức: 23 trẻ nhập viện sau bữa trưa" in subjects(service)


@pytest.mark.parametrize(("level", "is_told"), [(2, False), (3, True)])
def test_an_urgent_story_that_nobody_named_reaches_but_is_listed(service, level, is_told):
    from ledger import crises

    room = desk(service)
    number = crises.declare(replace(WATER, story_ids=(), topic="y_te"), NOW)
    told(room)
    opens(room, story_id="s9", level=level)
    room.deliver()
    assert any("23 trẻ" in subject for subject in subjects(service)) is is_told
    assert [c.id for c in crises.crisis(number, NOW).children] == ["a1"]


@pytest.mark.parametrize(
    ("query", "is_held"), [('"vực sâu" OR "lao xuống vực"', True), ("dịch sởi", False)]
)
def test_a_query_covers_what_it_finds(service, query, is_held):
    from ledger import crises

    room = desk(service)
    number = crises.declare(replace(WATER, story_ids=(), query=query), NOW)
    room.match(arrive(service, [article(1, title=DEATHS)], "s9"), StoryChange())
    assert bool(crises.crisis(number, NOW).children) is is_held


def test_its_end_tells_what_was_held_and_what_waits_goes_on(service):
    from ledger import alerts, crises

    room = desk(service)
    number = crises.declare(WATER, NOW)
    told(room)
    for level in (1, 2):
        opens(room, id=f"a{level}", level=level, title=f"Việc mức {level}")
    assert room.deliver().sent == 0
    service.clock.moment += 2 * HOUR
    assert crises.end(number, "truong.vp", service.clock.now())
    told(room)
    ended = next(m for m in mails(service) if "Kết thúc" in str(m["Subject"]))
    assert "kết thúc bởi truong.vp; đã gộp 2 cảnh báo, 2 cảnh báo chưa ai" in text_of(ended)
    assert "Việc mức 1" in text_of(ended) and "/tiep-nhan/" not in text_of(ended)
    assert [s for s in subjects(service) if "Việc mức" in s] == ["[Chú ý] Việc mức 2"]
    count = len(mails(service))
    told(room)
    assert len(mails(service)) == count
    service.clock.moment += timedelta(minutes=181)
    assert room.escalate() == ["a2"]
    own = alerts.alert(crises.crisis(number, NOW).alert_id)
    assert own.state == "resolved"


def test_of_two_that_overlap_the_second_holds_what_the_first_let_go(service):
    from ledger import crises, queries

    room = desk(service)
    first = crises.declare(WATER, NOW)
    second = crises.declare(replace(WATER, title="Cả tỉnh", topic="y_te"), NOW)
    told(room)
    opens(room)
    service.clock.moment += HOUR
    crises.end(first, "an", service.clock.now())
    told(room)
    assert queries.alert_view("a1").held_reason == "gộp vào khủng hoảng: Cả tỉnh"
    service.clock.moment += HOUR
    crises.end(second, "an", service.clock.now())
    told(room)
    assert [s for s in subjects(service) if "23 trẻ" in s] == [
        "[Chú ý] 23 trẻ nhập viện sau bữa trưa"
    ]


def test_what_an_ended_one_let_go_is_taken_under_the_next(service):
    from ledger import crises

    room = desk(service)
    first = crises.declare(WATER, NOW)
    opens(room)
    service.clock.moment += HOUR
    crises.end(first, "an", service.clock.now())
    told(room)
    now = service.clock.moment
    again = crises.declare(replace(WATER, declared_at=now), now)
    assert [child.id for child in crises.crisis(again, now).children] == ["a1"]


def test_one_that_ended_before_anybody_was_told_lets_go_of_what_it_held(service):
    from ledger import crises

    room = desk(service)
    number = crises.declare(WATER, NOW)
    opens(room)
    service.clock.moment += timedelta(seconds=5)
    crises.end(number, "an", service.clock.now())
    told(room)
    assert subjects(service) == ["[Chú ý] 23 trẻ nhập viện sau bữa trưa"]


def test_it_expires_by_itself(service):
    from ledger import crises

    room = desk(service)
    crises.declare(WATER, NOW)
    told(room)
    service.clock.moment += 24 * HOUR
    told(room)
    assert any("khủng hoảng hết hạn" in text_of(mail) for mail in mails(service))
    assert crises.running_crises(service.clock.now()) == []


def addressed(service, address, said):
    found = [mail for mail in mails(service) if mail["To"].addresses[0].addr_spec == address]
    return [text_of(mail) for mail in found if said in str(mail["Subject"])]


def test_whoever_is_limited_is_told_of_their_alerts_under_it_only(service):
    from ledger import crises, users

    service.profile_file.write_text(OFFICE, "utf-8")
    users.save_member(Person("an", "an@vd.vn", "analyst"), "t", NOW)
    users.save_member(Person("binh", "binh@vd.vn", "analyst", ("Sở Y tế",)), "t", NOW)
    room = desk(service)
    crises.declare(replace(WATER, topic="y_te"), NOW)
    told(room)
    bridge = Headline("Tít về cầu", "Báo Hai", "https://bao.example/d2", NOW)
    opens(room, title="Trẻ nhập viện")
    opens(room, id="a2", title="Cầu sập", topic="xay_dung", places=(), headlines=(bridge,))
    service.clock.moment += 5 * HOUR
    told(room)
    (whole,) = addressed(service, "an@vd.vn", "Diễn biến")
    assert "Trẻ nhập viện" in whole and "Cầu sập" in whole and "Tít về cầu" in whole
    for address in ("binh@vd.vn", "yte@vd.vn"):
        (theirs,) = addressed(service, address, "Diễn biến")
        assert "Trẻ nhập viện" in theirs
        assert "Cầu sập" not in theirs and "Tít về cầu" not in theirs


def commune_s_people(service):
    from ledger import users

    for name in ("Hòa Khê", "Vĩnh Trạch"):
        person = Person(name, f"{name[0]}@vd.vn".lower(), "analyst", (), (f"xã {name}",))
        users.save_member(person, "t", NOW)
    users.save_member(Person("an", "an@vd.vn", "analyst"), "t", NOW)


def test_whoever_is_limited_to_a_commune_reads_counts_and_headlines_of_theirs_only(service):
    from ledger import crises

    commune_s_people(service)
    room = desk(service)
    number = crises.declare(replace(WATER, topic="y_te"), NOW)
    opens(room, places=("xã Vĩnh Trạch",))
    told(room)
    assert addressed(service, "h@vd.vn", "Khủng hoảng") == []
    assert addressed(service, "v@vd.vn", "Khủng hoảng")
    bridge = Headline("Tít về cầu", "Báo Hai", "https://bao.example/d2", NOW)
    opens(room, id="a2", title="Cầu sập", places=("xã Hòa Khê",), headlines=(bridge,))
    service.clock.moment += timedelta(minutes=11)
    room.escalate()
    service.clock.moment += 5 * HOUR
    told(room)
    crises.end(number, "an", service.clock.now() - timedelta(minutes=1))
    told(room)
    (whole,) = addressed(service, "an@vd.vn", "Kết thúc")
    assert "đã gộp 2 cảnh báo, 2 cảnh báo chưa ai tiếp nhận" in whole
    theirs = addressed(service, "v@vd.vn", "Khủng hoảng")
    (ended,) = addressed(service, "v@vd.vn", "Kết thúc")
    assert addressed(service, "v@vd.vn", "Diễn biến") == []
    assert "đã gộp 1 cảnh báo, 1 cảnh báo chưa ai tiếp nhận" in ended
    assert not any("Cầu" in mail or "Tít về cầu" in mail or "Hòa Khê" in mail for mail in theirs)
    (news,) = addressed(service, "h@vd.vn", "Diễn biến")
    assert "thêm 1 cảnh báo, 1 tin" in news and "Vĩnh Trạch" not in news


def test_what_is_escalated_or_given_of_it_names_to_a_department_only_what_is_theirs(service):
    from ledger import alerts, crises
    from runtime.giving import give_alert

    service.profile_file.write_text(OFFICE, "utf-8")
    room = desk(service)
    number = crises.declare(replace(WATER, topic="y_te"), NOW)
    opens(room, title="Trẻ nhập viện")
    bridge = Headline("Tít về cầu", "Báo Hai", "https://bao.example/d2", NOW)
    opens(room, id="a2", title="Cầu sập", topic="xay_dung", places=(), headlines=(bridge,))
    told(room)
    own = alerts.alert(crises.crisis(number, NOW).alert_id)
    give_alert(service, own, "", "Sở Y tế", "an@vd.vn")
    room.deliver()
    service.clock.moment += timedelta(minutes=61)
    room.escalate()
    room.deliver()
    for said in ("Giao xử lý", "Chuyển cấp"):
        (theirs,) = addressed(service, "yte@vd.vn", said)
        assert "Trẻ nhập viện" in theirs
        assert "Cầu sập" not in theirs and "Tít về cầu" not in theirs


def test_news_of_it_goes_to_the_department_that_a_person_gave_it_to(service):
    from ledger import alerts, crises

    service.profile_file.write_text(OFFICE, "utf-8")
    room = desk(service)
    number = crises.declare(replace(WATER, topic="y_te"), NOW)
    told(room)
    own = crises.crisis(number, NOW).alert_id
    alerts.assign(own, "", "Sở Xây dựng", "an", NOW)
    opens(room)
    service.clock.moment += 5 * HOUR
    told(room)
    assert addressed(service, "xaydung@vd.vn", "Diễn biến")
    assert addressed(service, "yte@vd.vn", "Diễn biến") == []
    crises.end(number, "an", service.clock.now() - timedelta(minutes=1))
    told(room)
    assert addressed(service, "xaydung@vd.vn", "Kết thúc")


def test_nobody_takes_it_and_it_escalates(service):
    from ledger import crises

    room = desk(service)
    number = crises.declare(WATER, NOW)
    told(room)
    service.clock.moment += timedelta(minutes=11)
    assert room.escalate() == [crises.crisis(number, NOW).alert_id]


def test_one_declared_in_a_drill_ends_with_it_and_holds_nothing_real(service):
    from ledger import crises, drills

    room = desk(service)
    drills.start_drill("Vỡ đập", 3, 2 * HOUR, "truong.vp", NOW)
    crises.declare(WATER, NOW)
    told(room)
    assert all(s.startswith("[DIỄN TẬP]") for s in subjects(service))
    service.clock.moment += HOUR
    drills.end_drill("truong.vp", service.clock.now())
    room.match(arrive(service, [article(1, title=DEATHS)]), StoryChange())
    assert room.deliver().sent == 1


def test_after_a_restart_the_engine_takes_it_for_no_alert_of_a_story(service):
    from ledger import alerts, crises

    crises.declare(WATER, NOW)
    desk(service).watch()
    assert all(a.rule_id != CRISIS_RULE for a in alerts.standing_alerts(NOW - HOUR))


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"reason": ""},
        {"story_ids": ()},
        {"ends_at": NOW},
        {"ends_at": NOW + timedelta(days=30)},
        {"declared_by": ""},
        {"repeat_hours": 0},
    ],
)
def test_one_without_reason_subject_or_end_is_refused(service, wrong):
    from ledger import crises

    with pytest.raises(ConfigError):
        crises.declare(replace(WATER, **wrong), NOW)


def test_a_crisis_that_runs_through_an_upgrade_counts_what_stands_under_it_as_told(service):
    from importlib import import_module

    from django.apps import apps

    from ledger import crises

    room = desk(service)
    crises.declare(WATER, NOW)
    told(room)
    opens(room)
    import_module("ledger.migrations.0012_told_of_each_alert").tell_of_each(apps, None)
    service.clock.moment += 5 * HOUR
    assert room.watch() == []
