"""The desk of the running service: ledger → engine → outbox → .eml, across restarts and bursts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from langnghe.story import StoryChange
from tests.contract.ledger.samples import NOW, analysis, article, links, post

DEATHS = "Xe khách lao xuống vực, 5 người chết, 12 người bị thương nặng"


@dataclass
class HandClock:
    """A clock that the test moves."""

    moment: datetime = NOW

    def now(self):
        return self.moment


@pytest.fixture
def service(ledger_sqlite):
    """A runtime over an empty ledger with a mail recipient and a clock in the test's hand."""
    from runtime.wiring import Runtime

    settings = replace(ledger_sqlite, mail_to="truc@vd.vn", secret_key="khóa")
    return Runtime(settings, HandClock())


def desk(service):
    from runtime.alerting import AlertDesk

    return AlertDesk(service)


def arrive(service, documents, story="s1"):
    """Take documents through ingest and analysis, as the worker does; give the match steps."""
    from ledger import analyses, ingest, work

    now = service.clock.now()
    ingest.record_ingest(documents, now)
    while items := work.claim(work.Stage.ANALYSE, 100, now, 60, "t"):
        docs = [doc for doc in documents if doc.id in {item.document_id for item in items}]
        analyses.record_analyses(items, [analysis(d) for d in docs], links(story, docs), now)
    return work.claim(work.Stage.MATCH, 1000, now, 60, "t")


def mails(service):
    folder = service.settings.outbox_dir
    found = sorted(folder.glob("*.eml")) if folder.is_dir() else []
    return [message_from_bytes(path.read_bytes(), policy=default) for path in found]


def test_a_serious_first_report_becomes_a_mail(service):
    from ledger import work

    room = desk(service)
    items = arrive(service, [article(1, title=DEATHS)])
    assert len(room.match(items, StoryChange())) == 1
    assert room.deliver().sent == 1
    (mail,) = mails(service)
    assert mail["To"].startswith("truc") and "5 người chết" in mail["Subject"]
    assert work.backlog()[work.Stage.MATCH] == 0


def test_a_restart_repeats_nothing_and_knows_what_was_told(service):
    desk(service).match(arrive(service, [article(1, title=DEATHS)]), StoryChange())
    service.clock.moment += timedelta(minutes=10)
    restarted = desk(service)
    later = [article(2, title=DEATHS, outlet="Báo B", first_seen_at=service.clock.now())]
    opened = restarted.match(arrive(service, later), StoryChange())
    from ledger.alerts import alerts

    assert len(alerts()) == 1
    assert opened in ([], [alerts()[0].id])


def test_a_kill_before_the_commit_is_made_good(service):
    from ledger import work
    from ledger.alerts import alerts

    items = arrive(service, [article(1, title=DEATHS)])
    broken = desk(service)
    broken._deliveries = lambda intent: 1 / 0
    with pytest.raises(ZeroDivisionError):
        broken.match(items, StoryChange())
    assert alerts() == [] and work.backlog()[work.Stage.MATCH] == 1
    assert len(desk(service).match(items, StoryChange())) == 1


def test_a_changed_rule_is_in_force_with_the_next_batch(service):
    from ledger.rules import current_rules, save_rule

    room = desk(service)
    for rule in current_rules():
        save_rule(replace(rule, is_enabled=False), "an.nt", NOW)
    assert room.match(arrive(service, [article(1, title=DEATHS)]), StoryChange()) == []


def test_a_drill_says_so_in_the_mail(service):
    room = desk(service)
    room.drill("Vỡ đường ống nước", 3, "an.nt")
    room.deliver()
    assert mails(service)[0]["Subject"].startswith("[DIỄN TẬP]")


def test_a_drill_from_the_room_opens_its_alert_once_and_ends_by_itself(service):
    from ledger import alerts, drills

    room = desk(service)
    drills.start_drill("Vỡ đường ống nước", 3, timedelta(hours=1), "truong.vp", NOW)
    (drilled,) = room.watch()
    assert room.watch() == []
    opened = room.match(arrive(service, [article(1, title=DEATHS)]), StoryChange())
    assert [alerts.alert(i).is_drill for i in (drilled, *opened)] == [True, True]
    room.deliver()
    assert [m["Subject"].startswith("[DIỄN TẬP]") for m in mails(service)] == [True, True]

    service.clock.moment += timedelta(minutes=61)
    after = [article(50, title="Cháy chợ, bảy người chết", outlet="Báo B")]
    (real,) = room.match(arrive(service, after, "s2"), StoryChange())
    assert not alerts.alert(real).is_drill
    room.deliver()
    assert not mails(service)[-1]["Subject"].startswith("[DIỄN TẬP]")


def test_an_alert_from_before_a_drill_stays_real_but_its_messages_are_marked(service):
    from ledger import alerts, drills

    room = desk(service)
    (opened,) = room.match(arrive(service, [article(1, title=DEATHS)]), StoryChange())
    room.deliver()
    service.clock.moment += timedelta(minutes=5)
    drills.start_drill("Vỡ đập", 3, timedelta(hours=1), "truong.vp", service.clock.now())
    service.clock.moment += timedelta(hours=4)
    drills.start_drill("Lần hai", 3, timedelta(hours=1), "truong.vp", service.clock.now())
    assert opened in room.escalate()
    room.deliver()
    assert mails(service)[-1]["Subject"].startswith("[DIỄN TẬP]")
    assert not alerts.alert(opened).is_drill


def test_only_who_is_on_duty_is_told(service):
    from alerts.routing import DutyTurn
    from langnghe.profile import Person
    from ledger import duty, users

    for name in ("an", "binh", "chi"):
        users.save_member(Person(name, f"{name}@vd.vn", "analyst"), "t", NOW)
    turn = DutyTurn("analyst", "an@vd.vn", NOW, NOW + timedelta(hours=8), "chi@vd.vn")
    duty.set_turn(turn, "t", NOW)
    room = desk(service)
    room.match(arrive(service, [article(1, title=DEATHS)]), StoryChange())
    room.deliver()
    assert sorted(m["To"].addresses[0].addr_spec for m in mails(service)) == [
        "an@vd.vn",
        "chi@vd.vn",
    ]


def test_after_a_restart_a_claim_is_still_known(service):
    from datetime import date

    from langnghe.claim import ClaimSuggestion, FactCheck
    from ledger import claims

    check = FactCheck("k1", "x", "y", date(2026, 11, 19), "https://so.example/1", "z")
    claims.record_fact_check(check, "x", NOW)
    claims.approve_fact_check("k1", "y", NOW)
    first = [article(n, title=f"Tin {n}", outlet=f"Báo {n}") for n in (1, 2)]
    arrive(service, first)
    claims.record_suggestions([ClaimSuggestion("doc-0001", "k1", 0.9, ())], NOW)
    room = desk(service)
    third = article(3, title="Tin 3", outlet="Báo 3")
    (opened,) = room.match(arrive(service, [third]), StoryChange())
    from ledger import alerts

    assert any("cần kiểm chứng được nhắc lại" in r for r in alerts.alert(opened).reasons)


def test_an_unanswered_crisis_escalates_by_mail(service):
    room = desk(service)
    room.drill("Vỡ đường ống nước", 3, "an.nt")
    room.deliver()
    service.clock.moment += timedelta(minutes=11)
    assert len(room.escalate()) == 1
    assert room.deliver().sent == 1
    assert "11 phút" in mails(service)[1].get_body(("plain",)).get_content()


def test_a_burst_about_one_story_is_a_few_mails(service):
    room = desk(service)
    for hour in range(4):
        flood = [
            article(hour * 100 + k, title=f"{DEATHS}, tin {k}", outlet=f"Báo {k % 9}")
            for k in range(1, 61)
        ]
        room.match(arrive(service, flood), StoryChange())
        room.deliver()
        service.clock.moment += timedelta(minutes=4)
    assert 1 <= len(mails(service)) <= 2


def test_an_announcement_without_coverage_is_told_once(service):
    from ledger.announcements import add_announcement

    room = desk(service)
    add_announcement("Lịch cấp nước", NOW, ["lịch cấp nước"], "an.nt", NOW)
    service.clock.moment += timedelta(hours=25)
    assert len(room.watch()) == 1
    assert room.watch() == []


def test_a_clock_that_runs_out_is_told_once_at_each_mark(service):
    from ledger.clocks import start_clock

    room = desk(service)
    start_clock("initial_statement", "Nước có mùi dầu", "an.nt", NOW, NOW)
    told = []
    for hours in (1, 13, 14, 20, 21, 25, 26):
        service.clock.moment = NOW + timedelta(hours=hours)
        told.append(len(room.watch()))
    assert told == [0, 1, 0, 1, 0, 1, 0]


def test_a_warning_of_a_clock_ends_with_the_next_mark_and_with_the_answer(service):
    from ledger.alerts import alerts
    from ledger.clocks import running_clocks, start_clock, stop_clock

    room = desk(service)
    start_clock("initial_statement", "Nước có mùi dầu", "an.nt", NOW, NOW)
    standing = []
    for hours in (13, 20, 25):
        service.clock.moment = NOW + timedelta(hours=hours)
        room.watch()
        standing.append([alert.level for alert in alerts(states=("open",))])
    assert standing == [[1], [2], [3]]
    (clock,) = running_clocks()
    stop_clock(clock.number, "an.nt", "Đã công bố", "", service.clock.moment)
    room.watch()
    assert alerts(states=("open",)) == []
    service.clock.moment += timedelta(hours=3)
    assert room.escalate() == []


def test_what_a_silence_held_is_told_once_when_it_ends(service):
    from alerts.mute import Silence
    from ledger import alerts, silences

    pause = Silence("bảo trì", "an", NOW, NOW + timedelta(hours=2), story_id="s1")
    silences.silence(pause, NOW)
    room = desk(service)
    (held,) = room.match(arrive(service, [article(1, title=DEATHS)]), StoryChange())
    service.clock.moment += timedelta(minutes=119)
    assert room.watch() == [] and room.deliver().sent == 0 and room.escalate() == []
    service.clock.moment += timedelta(minutes=1)
    assert room.watch() == [held]
    assert room.watch() == []
    assert room.deliver().sent == 1
    service.clock.moment += timedelta(minutes=181)
    assert room.escalate() == [held]
    assert [event.kind for event in alerts.events(held)] == ["held", "released", "escalated"]


def test_what_was_taken_over_during_a_silence_is_not_told_at_its_end(service):
    from alerts.mute import Silence
    from ledger import alerts, silences

    silences.silence(Silence("x", "an", NOW, NOW + timedelta(hours=2), story_id="s1"), NOW)
    room = desk(service)
    (held,) = room.match(arrive(service, [article(1, title=DEATHS)]), StoryChange())
    alerts.acknowledge(held, "an", NOW)
    service.clock.moment += timedelta(hours=3)
    assert room.watch() == [] and room.deliver().sent == 0


def test_an_alert_about_a_silent_source_closes_when_the_source_is_heard(service, monkeypatch):
    from langnghe.source import FetchState, Health, Source, SourceKind
    from ledger.alerts import alerts, events
    from ledger.queries import SourceHealth

    source = Source("bao-a", "Báo A", "Báo A", SourceKind.FEED, "https://bao-a.vn/rss")
    state, grade = FetchState("bao-a", last_item_at=NOW), [Health.SILENT]
    monkeypatch.setattr(
        "runtime.alerting.source_health",
        lambda now: [SourceHealth(source, state, grade[0], "im lặng từ sáng", 0)],
    )
    room = desk(service)
    for day in (1, 2):
        service.clock.moment = NOW + timedelta(days=day)
        room.watch()
    assert [alert.state for alert in alerts()] == ["open", "resolved"]
    grade[0] = Health.GOOD
    room.watch()
    assert [alert.state for alert in alerts()] == ["resolved", "resolved"]
    assert "nguồn đã có tin" in events(alerts()[0].id)[-1].reason


def test_an_announcement_that_is_carried_after_all_waits_for_nobody(service):
    from ledger.alerts import alerts
    from ledger.announcements import add_announcement

    room = desk(service)
    add_announcement("Lịch cấp nước", NOW, ["lịch cấp nước"], "an.nt", NOW)
    service.clock.moment += timedelta(hours=25)
    room.watch()
    moment = service.clock.moment
    carried = article(7, title="Lịch cấp nước mới", published_at=moment, first_seen_at=moment)
    arrive(service, [carried], "s7")
    room.watch()
    assert len(alerts(states=("open",))) == 1
    service.clock.moment += timedelta(minutes=5)
    room.watch()
    assert alerts(states=("open",)) == []


def test_a_clock_s_warning_goes_to_the_department_that_must_answer(service):
    from ledger.clocks import start_clock

    service.profile_file.write_text(
        '[[departments]]\nname = "Sở Xây dựng"\nemail = "xaydung@vd.vn"\n', "utf-8"
    )
    room = desk(service)
    start_clock("press_request", "Hỏi về nước", "an", NOW, NOW, department="Sở Xây dựng")
    service.clock.moment += timedelta(days=16)
    room.watch()
    room.deliver()
    told = {mail["To"].addresses[0].addr_spec: mail for mail in mails(service)}
    assert "xaydung@vd.vn" in told
    text = told["xaydung@vd.vn"].get_body(("plain",)).get_content()
    assert "Trả lời trước hạn" in text and "0 tin" not in text


def test_a_mail_says_how_much_is_usual_in_its_sector(service):
    room = desk(service)
    for day in range(16):
        service.clock.moment = NOW + timedelta(days=day)
        now = service.clock.now()
        arrive(service, [article(day, title=f"Tin {day}", first_seen_at=now)], f"x{day}")
    later = [article(90, title=DEATHS, first_seen_at=now)]
    room.match(arrive(service, later), StoryChange())
    room.deliver()
    text = mails(service)[-1].get_body(("plain",)).get_content()
    assert "2 tin trong 24 giờ, thường ngày khoảng 1" in text


def test_complaints_become_feedback_to_answer(service):
    from ledger.feedback import feedback

    room = desk(service)
    items = arrive(service, [post(k) for k in range(1, 4)])
    room.match(items, StoryChange())
    (matter,) = feedback()
    assert (matter.document_count, matter.place) == (3, "phường Lam Thành")
    room.match(items, StoryChange())
    assert [row.document_count for row in feedback()] == [3]
