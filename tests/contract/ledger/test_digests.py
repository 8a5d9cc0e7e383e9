"""Digests in the ledger: honest facts, one row per period and recipient."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from alerts.model import Action, AlertIntent, Recipient
from langnghe.document import Document
from langnghe.links import RoomLinks
from langnghe.profile import Department, OwnTopic, Profile
from langnghe.settings import Settings
from reports.digest import build_digest
from reports.periods import Period
from reports.render import render_digest
from tests.contract.ledger.samples import NOW, article, links, post
from tests.unit.alerts.made import alert as made_alert

PERIOD = Period("daily", NOW - timedelta(hours=23), NOW + timedelta(hours=1))
ROOM = RoomLinks("https://phong.example.vn")
PROFILE = Profile(
    office="UBND tỉnh Lam Giang",
    departments=(Department("Sở Nông nghiệp và Môi trường", ("moi_truong_thien_tai",)),),
)
LEADER = Recipient("Lãnh đạo", "email", "lanhdao@example.vn", "leader")


def collect(analyse: Any) -> None:
    from ledger.ingest import record_ingest

    docs = [article(n, source_id=f"bao-{n % 3}", outlet=f"Báo {n % 3}") for n in range(1, 6)]
    docs += [post(1), post(2)]
    early = article(9, first_seen_at=NOW - timedelta(days=3), fetched_at=NOW - timedelta(days=3))
    record_ingest([early], NOW - timedelta(days=3))
    record_ingest(docs, NOW)
    analyse([early, *docs], links("s1", docs))


def test_every_count_is_of_the_documents_first_seen_in_the_period(
    ledger: Settings, analyse: Any
) -> None:
    from ledger.digest_facts import digest_facts

    collect(analyse)
    facts = digest_facts(PERIOD, PROFILE, ROOM, NOW)
    assert (facts.total, facts.articles, facts.posts, facts.critical) == (7, 5, 2, 7)
    assert facts.tones == {"neg": 7, "neu": 0, "pos": 0}
    (told,) = facts.stories
    assert (told.story.id, told.new_count, told.department) == (
        "s1",
        7,
        "Sở Nông nghiệp và Môi trường",
    )
    assert told.url == "https://phong.example.vn/vu-viec/s1/"
    assert {h.outlet for h in told.headlines} == {"Báo 0", "Báo 1", "Báo 2"}
    assert "seen_from=" in facts.links["neg"]
    assert "tone=neg" in facts.links["neg"]


def test_a_story_that_goes_on_is_told_with_the_counts_of_the_period(
    ledger: Settings, analyse: Any
) -> None:
    from ledger.digest_facts import digest_facts
    from ledger.ingest import record_ingest

    collect(analyse)
    next_day = Period("daily", PERIOD.end_at, PERIOD.end_at + timedelta(days=1))
    later = next_day.start_at + timedelta(hours=1)
    comment = post(7, first_seen_at=later, fetched_at=later)
    record_ingest([comment], later)
    analyse([comment], links("s1", [comment]))
    (told,) = digest_facts(next_day, PROFILE, ROOM, later).stories
    assert (told.new_count, told.new_posts, told.new_outlets) == (1, 1, 0)
    assert told.story.document_count == 8
    figures = build_digest(digest_facts(next_day, PROFILE, ROOM, later)).top[0].figures
    assert figures.startswith("1 tin bài trong kỳ (1 ý kiến trên mạng xã hội);")


def test_the_list_behind_a_figure_is_frozen(ledger: Settings, analyse: Any) -> None:
    from ledger.digest_facts import digest_facts
    from ledger.ingest import record_ingest

    collect(analyse)
    before = digest_facts(PERIOD, PROFILE, ROOM, NOW).total
    later = PERIOD.end_at + timedelta(minutes=1)
    late = article(30, published_at=NOW, first_seen_at=later, fetched_at=later)
    record_ingest([late], later)
    assert digest_facts(PERIOD, PROFILE, ROOM, later).total == before


def test_a_digest_is_made_once_per_period_and_recipient(ledger: Settings, analyse: Any) -> None:
    from ledger.deliveries import LedgerOutbox
    from ledger.digest_facts import digest_facts
    from ledger.digests import missing_recipients, record_digest

    collect(analyse)
    assert missing_recipients(PERIOD, [LEADER, LEADER]) == [LEADER]
    digest = build_digest(digest_facts(PERIOD, PROFILE, ROOM, NOW))
    mail = render_digest(digest)
    assert record_digest(digest, mail, LEADER, ROOM, NOW)
    assert not record_digest(digest, mail, LEADER, ROOM, NOW)
    assert missing_recipients(PERIOD, [LEADER]) == []
    (waiting,) = LedgerOutbox().claim(10, NOW + timedelta(seconds=1))
    assert waiting.message.html == mail.html
    assert waiting.message.attachments[0].payload == mail.chart_png


def test_the_analyst_s_edits_win(ledger: Settings, analyse: Any) -> None:
    from ledger.digest_facts import digest_facts
    from ledger.digests import DigestEdits, apply_edits, edits_of, save_edits

    collect(analyse)
    save_edits(PERIOD.key, DigestEdits("Đã gọi Sở Y tế.", hidden_story_ids=("s1",)), "truc", NOW)
    edits = edits_of(PERIOD.key)
    facts = apply_edits(digest_facts(PERIOD, PROFILE, ROOM, NOW), edits)
    digest = build_digest(facts, remark=edits.remark)
    assert digest.is_quiet
    assert "Đã gọi Sở Y tế." in render_digest(digest).text


def test_an_alert_goes_with_its_documents_when_clustering_moves_them(
    ledger: Settings, analyse: Any
) -> None:
    from ledger.digest_facts import digest_facts
    from ledger.models import AlertRow

    collect(analyse)
    AlertRow.objects.create(
        id="a1",
        rule_id="viec-nghiem-trong",
        story_id="a-story-that-is-no-more",
        level=3,
        title="Nước máy có mùi lạ",
        reasons=["nhiều người nhập viện"],
        first_report_at=NOW,
        opened_at=NOW,
        document_ids=["doc-0001", "doc-0002", "doc-0009"],
    )
    (told,) = digest_facts(PERIOD, PROFILE, ROOM, NOW).stories
    assert (told.story.id, told.alert_level, told.reasons) == ("s1", 3, ("nhiều người nhập viện",))


def test_a_reader_s_digest_tells_of_the_chosen_topics_or_places_alone(
    ledger: Settings, analyse: Any
) -> None:
    from ledger.digest_facts import digest_facts, interest_in

    collect(analyse)
    all_of_it = digest_facts(PERIOD, PROFILE, ROOM, NOW).total

    def told(topics: tuple[str, ...], places: tuple[str, ...]) -> tuple[int, int, int]:
        interest = interest_in(topics, places, None)
        facts = digest_facts(PERIOD, PROFILE, ROOM, NOW, interest)
        return facts.total, len(facts.stories), sum(day.total for day in facts.days)

    assert told(("y_te",), ()) == (0, 0, 0)
    assert told(("moi_truong_thien_tai",), ())[0] == all_of_it
    assert told(("y_te",), ("phường Lam Thành",))[:2] == (all_of_it, 1)


def test_nobody_reads_in_a_digest_what_the_room_hides_from_them() -> None:
    from langnghe.scope import Scope
    from ledger.digest_facts import interest_in

    limit = Scope(("y_te",), ("xã Hòa Khê",))
    assert interest_in((), (), limit).scope == limit
    assert interest_in(("moi_truong_thien_tai",), (), limit).scope == limit
    chosen = interest_in(("y_te", "giao_duc"), ("phường Lam Thành",), limit)
    assert chosen.scope == Scope(("y_te",), ()) and chosen.is_limited


def test_what_waits_is_counted_within_the_limits_of_who_is_limited(
    ledger: Settings, analyse: Any
) -> None:
    from langnghe.scope import Scope
    from ledger.digest_facts import digest_facts, interest_in
    from ledger.models import AlertRow

    collect(analyse)
    for number, topic in enumerate(("y_te", "giao_duc", "y_te")):
        AlertRow.objects.create(
            id=f"a{number}",
            rule_id="r",
            story_id="",
            level=1,
            title="t",
            topic=topic,
            first_report_at=NOW,
            opened_at=NOW,
        )

    def waiting(limit: Scope | None, *topics: str) -> int:
        interest = interest_in(topics, (), limit)
        return digest_facts(PERIOD, PROFILE, ROOM, NOW, interest).open_alerts

    assert waiting(Scope(("y_te",), ())) == 2
    assert waiting(None, "y_te") == 3  # the list behind the figure shows all of them


def test_feedback_that_many_ask_is_counted_beside_what_waits(ledger: Settings) -> None:
    from langnghe.scope import Scope
    from ledger.digest_facts import digest_facts, interest_in
    from ledger.feedback import Feedback, record_feedback

    def matter(name: str, topic: str, count: int) -> Feedback:
        ids = tuple(f"{name}-{n}" for n in range(count))
        return Feedback(name, "", "question", topic, "", ids, NOW, NOW)

    record_feedback(
        [matter("a", "y_te", 6), matter("b", "y_te", 2), matter("c", "giao_duc", 5)], NOW
    )

    def counts(limit: Scope | None) -> tuple[int, int]:
        facts = digest_facts(PERIOD, PROFILE, ROOM, NOW, interest_in((), (), limit))
        return facts.feedback_waiting, facts.feedback_asked_often

    assert counts(None) == (3, 2)
    assert counts(Scope(("y_te",), ())) == (2, 1)
    assert digest_facts(PERIOD, PROFILE, ROOM, NOW).links["asked_often"].endswith("state=hoi-nhieu")


def test_the_usual_of_a_noon_digest_is_of_other_noons(ledger: Settings, analyse: Any) -> None:
    from ledger.digest_facts import digest_facts
    from ledger.ingest import record_ingest

    noon = Period("noon", NOW - timedelta(hours=5), NOW)
    for days in range(1, 8):
        at_noon = NOW - timedelta(days=days, hours=1)
        at_night = NOW - timedelta(days=days, hours=9)
        record_ingest([_seen_at(days, at_noon)], at_noon)
        record_ingest([_seen_at(100 + days * 10 + n, at_night) for n in range(5)], at_night)
    assert digest_facts(noon, PROFILE, ROOM, NOW).usual_total == 1.0


def _seen_at(number: int, moment: datetime) -> Document:
    return article(number, first_seen_at=moment, fetched_at=moment, published_at=moment)


def test_a_declared_crisis_leads_the_digest_of_whom_it_concerns(
    ledger: Settings, analyse: Any
) -> None:
    from alerts.declared import DeclaredCrisis
    from langnghe.scope import Scope
    from ledger import crises
    from ledger.digest_facts import digest_facts, interest_in

    collect(analyse)
    until = NOW + timedelta(hours=8)
    wanted = DeclaredCrisis("Mất nước", "x", "an", NOW, until, topic="moi_truong_thien_tai")
    number = crises.declare(wanted, NOW)
    facts = digest_facts(PERIOD, PROFILE, ROOM, NOW)
    assert [c.url for c in facts.crises] == [f"https://phong.example.vn/khung-hoang/{number}/"]
    mail = render_digest(build_digest(facts))
    assert "khủng hoảng Mất nước" in mail.subject
    assert "đang mở, tới 18:00 20/11; 0 cảnh báo được gộp." in mail.text
    health = interest_in((), (), Scope(("y_te",), ()))
    assert digest_facts(PERIOD, PROFILE, ROOM, NOW, health).crises == ()
    later = NOW + timedelta(minutes=5)
    crises.end(number, "an", later)
    (ended,) = digest_facts(PERIOD, PROFILE, ROOM, later).crises
    assert ended.is_over
    assert "khủng hoảng" not in build_digest(digest_facts(PERIOD, PROFILE, ROOM, later)).subject


def _declared(title: str, at: datetime) -> int:
    from alerts.declared import DeclaredCrisis
    from ledger import crises

    until = at + timedelta(hours=8)
    wanted = DeclaredCrisis(title, "x", "an", at, until, topic="moi_truong_thien_tai")
    return crises.declare(replace(wanted, story_ids=("s9",)), at)


def _opened(number: int, at: datetime, topic: str) -> None:
    from ledger import alerts

    about = made_alert(id=f"a{number}", story_id="s9", topic=topic, places=(), opened_at=at)
    alerts.open_alerts([AlertIntent(Action.OPEN, about, "")], lambda _: [], at)


def test_crises_are_told_of_as_they_stood_at_the_period_s_end(ledger: Settings) -> None:
    from ledger import crises
    from ledger.digest_facts import digest_facts

    number = _declared("Mất nước", NOW)
    _opened(1, NOW, "moi_truong_thien_tai")
    later = PERIOD.end_at + timedelta(hours=1)
    _opened(2, later, "moi_truong_thien_tai")
    _declared("Vỡ đê", later)
    crises.end(number, "an", later)
    (told,) = digest_facts(PERIOD, PROFILE, ROOM, later).crises
    assert (told.title, told.is_over, told.grouped) == ("Mất nước", False, 1)


def test_who_is_limited_is_told_of_the_alerts_under_a_crisis_that_are_theirs(
    ledger: Settings,
) -> None:
    from langnghe.scope import Scope
    from ledger.digest_facts import digest_facts, interest_in

    _declared("Mất nước", NOW)
    _opened(1, NOW, "moi_truong_thien_tai")
    _opened(2, NOW, "y_te")
    health = interest_in((), (), Scope(("y_te",), ()))
    for interest, grouped in ((interest_in((), (), None), 2), (health, 1)):
        (told,) = digest_facts(PERIOD, PROFILE, ROOM, NOW, interest).crises
        assert told.grouped == grouped


def test_clocks_are_counted_for_the_departments_of_a_limited_reader(ledger: Settings) -> None:
    from langnghe.scope import Scope
    from ledger.clocks import start_clock
    from ledger.digest_facts import digest_facts, interest_in

    for department in ("Sở Y tế", "Sở Y tế", "Sở Xây dựng", ""):
        start_clock("press_request", "Hỏi", "an", NOW, NOW, department=department)

    def said(limit: Scope | None, *departments: str) -> tuple[int | None, str]:
        interest = interest_in((), (), limit, departments)
        facts = digest_facts(PERIOD, PROFILE, ROOM, NOW, interest)
        return facts.clocks_running, render_digest(build_digest(facts)).text

    limit = Scope(("y_te",), ())
    assert said(limit, "Sở Y tế")[0] == 2
    assert said(limit, "Sở Giáo dục và Đào tạo")[0] == 0
    assert said(None)[0] == 4
    none, text = said(Scope((), ("phường Lam Thành",)))
    assert none is None
    assert "Đồng hồ phản hồi tính theo cơ quan" in text


def test_the_offices_own_topics_are_counted_within_what_the_reader_asked_for(
    ledger: Settings, analyse: Any
) -> None:
    from langnghe.scope import Scope
    from ledger.digest_facts import digest_facts, interest_in
    from ledger.digest_topics import topic_facts
    from ledger.topics import retire_topic, save_topic

    collect(analyse)
    profile = replace(PROFILE, own_topics=(OwnTopic("Mọi tin", "topic:moi_truong_thien_tai"),))
    save_topic(OwnTopic("Bài đăng", "kind:post"), "an", NOW, profile)
    save_topic(OwnTopic("Không có gì", "kỳ lân"), "an", NOW, profile)
    found = topic_facts(PERIOD, profile, ROOM, NOW)
    assert [(topic.name, topic.count) for topic in found] == [("Mọi tin", 7), ("Bài đăng", 2)]
    assert "q=kind%3Apost&seen_from=" in found[1].url
    mail = render_digest(
        build_digest(replace(digest_facts(PERIOD, PROFILE, ROOM, NOW), topics=found))
    )
    assert "- Bài đăng: 2 tin bài https://phong.example.vn/tin/" in mail.text
    assert "Mọi tin: 7 tin bài</a>" in mail.html
    broken = replace(PROFILE, own_topics=(OwnTopic("Hỏng", '"chưa đóng'), *profile.own_topics))
    assert topic_facts(PERIOD, broken, ROOM, NOW) == found
    retire_topic("Mọi tin", "an", NOW, profile)
    assert [topic.name for topic in topic_facts(PERIOD, profile, ROOM, NOW)] == ["Bài đăng"]
    health = interest_in((), (), Scope(("y_te",), ()))
    assert topic_facts(PERIOD, profile, ROOM, NOW, health) == ()
