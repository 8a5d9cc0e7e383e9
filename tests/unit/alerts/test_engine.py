"""The engine: one alert a story, at once where the first report is serious, never twice."""

from __future__ import annotations

from datetime import timedelta

from alerts.engine import AlertEngine
from alerts.model import Action, RuleType
from langnghe.analysis import AnalysedDocument
from langnghe.profile import Profile
from langnghe.story import StoryChange, StoryLink
from tests.unit.alerts.made import JUDGE, NOON, SCALE, item, rule

QUIET = StoryChange()
DEATHS = "Xe khách lao xuống vực, 5 người chết"


def engine(*rules, profile=None, **more):
    return AlertEngine(rules or (rule(),), profile or Profile(), judge=JUDGE, scale=SCALE, **more)


def test_a_serious_single_report_alerts_on_its_first_item():
    intents = engine().observe([item("d1", DEATHS)], QUIET, NOON)
    assert [intent.action for intent in intents] == [Action.OPEN]
    assert intents[0].alert.document_ids == ("d1",)
    assert any("người chết" in reason for reason in intents[0].alert.reasons)


def test_an_everyday_report_does_not_alert():
    assert engine().observe([item("d1", "Khai mạc hội chợ cam Cao Phong")], QUIET, NOON) == []


def test_further_reports_of_an_alerted_story_are_silent():
    desk = engine()
    desk.observe([item("d1", DEATHS)], QUIET, NOON)
    later = NOON + timedelta(hours=1)
    more = item("d2", DEATHS, outlet="Báo Hai", seen_at=later)
    assert all(i.action is Action.RAISE for i in desk.observe([more], QUIET, later))
    assert desk.observe([item("d3", DEATHS, seen_at=later)], QUIET, later) == []


def test_a_rising_level_raises_the_same_alert_with_both_levels_named():
    desk = engine()
    first = desk.observe([item("d1", "Tai nạn làm một người tử vong")], QUIET, NOON)
    flood = [
        item(f"e{k}", DEATHS, outlet=f"Báo {k}", stance="neg", seen_at=NOON) for k in range(12)
    ]
    raised = desk.observe(flood, QUIET, NOON + timedelta(hours=1))
    assert first[0].alert.level < raised[0].alert.level == 3
    assert raised[0].action is Action.RAISE
    assert raised[0].alert.id == first[0].alert.id
    assert "nâng mức" in raised[0].reason and "khẩn" in raised[0].reason


def test_a_restored_engine_repeats_nothing_and_gives_the_same_ids():
    batch = [item("d1", DEATHS)]
    opened = engine().observe(batch, QUIET, NOON)[0].alert
    restarted = engine()
    restarted.restore([(batch[0], NOON)], [opened])
    assert restarted.observe(batch, QUIET, NOON + timedelta(minutes=1)) == []
    forgetful = engine().observe(batch, QUIET, NOON + timedelta(minutes=1))
    assert forgetful[0].alert.id == opened.id


def test_a_story_that_swallows_an_alerted_one_does_not_alert_again():
    desk = engine()
    desk.observe([item("d1", DEATHS, story="s1")], QUIET, NOON)
    merge = StoryChange(merged=(("s1", "s2"),))
    again = desk.observe([item("d2", DEATHS, story="s2")], merge, NOON + timedelta(minutes=5))
    assert [i for i in again if i.action is Action.OPEN] == []


def test_a_revised_document_is_counted_once():
    desk = engine()
    desk.observe([item("d1", DEATHS)], QUIET, NOON)
    desk.observe([item("d1", DEATHS + " (cập nhật)")], QUIET, NOON + timedelta(hours=1))
    state = desk.story("s1")
    assert state is not None
    assert [report.seen_at for report in state.reports] == [NOON]


def flood(story: str = "s1", count: int = 12) -> list[AnalysedDocument]:
    title = "Nước máy có mùi dầu, công ty cấp nước xin lỗi, 12 người chết"
    return [
        item(f"{story}-{k}", title, story=story, outlet=f"Báo {k}", stance="neg")
        for k in range(count)
    ]


def test_what_tells_of_an_urgent_story_in_its_words_waits():
    desk = engine()
    desk.observe(flood(), QUIET, NOON)
    part = item("m", "Uống nước máy có mùi dầu, một người tử vong", story="s2")
    found = desk.observe([part], StoryChange(related=(("s1", "s2"),)), NOON)
    assert [intent.action for intent in found] == [Action.HOLD]
    assert "khủng hoảng đang mở" in found[0].reason


def test_what_is_told_in_like_words_waits_only_where_clustering_finds_it_related():
    desk = engine()
    desk.observe(flood(), QUIET, NOON)
    elsewhere = item("m", "Uống nước máy có mùi dầu, một người tử vong", story="s2")
    found = desk.observe([elsewhere], StoryChange(related=(("s2", "s9"),)), NOON)
    assert [intent.action for intent in found] == [Action.OPEN]


def test_another_matter_is_told_of_whatever_clustering_calls_related():
    desk = engine()
    desk.observe(flood(), StoryChange(related=(("s1", "s2"),)), NOON)
    fire = item("f", "Cháy chợ giữa đêm, một người tử vong", story="s2")
    assert [i.action for i in desk.observe([fire], QUIET, NOON)] == [Action.OPEN]


def test_two_parts_of_a_story_raise_their_one_alert_once():
    desk = engine()
    desk.observe([item("d1", "Tai nạn làm một người tử vong", story="s1")], QUIET, NOON)
    cut = StoryChange(links=(StoryLink("d1", "s2", 1.0),))
    desk.observe([], cut, NOON)
    raised = desk.observe(flood("s2"), QUIET, NOON + timedelta(minutes=5))
    assert [i.action for i in raised] == [Action.RAISE]
    back = StoryChange(links=(StoryLink("d1", "s1", 1.0),))
    again = desk.observe(flood("s1"), back, NOON + timedelta(minutes=10))
    assert [i for i in again if i.action is not Action.HOLD] == []


def test_a_part_that_takes_up_the_id_of_a_merged_story_does_not_open_its_alert_again():
    desk = engine()
    first = desk.observe([item("d1", DEATHS, story="s1")], QUIET, NOON)
    desk.observe([], StoryChange(merged=(("s1", "s2"),)), NOON)
    again = desk.observe([item("d2", DEATHS, story="s1")], QUIET, NOON + timedelta(hours=1))
    assert [i.action for i in first] == [Action.OPEN]
    assert again == []


def test_a_rule_for_the_office_leaves_other_provinces_alone():
    office = Profile(province="lam-giang", communes=("xã Vĩnh Trạch",))
    desk = engine(rule(scope="office"), profile=office)
    far = item("d1", DEATHS, story="s1", place="xã Khác")
    near = item("d2", DEATHS, story="s2", place="xã Vĩnh Trạch")
    found = desk.observe([far, near], QUIET, NOON)
    assert [intent.alert.story_id for intent in found] == ["s2"]


def test_a_match_rule_fires_on_what_its_query_finds():
    wanted = rule(id="nuoc-sach", name="Nước sạch", type=RuleType.MATCH, query='"nước sạch"')
    desk = engine(wanted)
    hit = item("d1", "Thiếu nước sạch ở phường Tân Lam", story="s1")
    miss = item("d2", "Chợ hoa xuân nhộn nhịp", story="s2")
    found = desk.observe([hit, miss], QUIET, NOON)
    assert [intent.alert.document_ids for intent in found] == [("d1",)]


def test_a_story_alerts_anew_after_its_window():
    desk = engine(rule(window_hours=24))
    desk.observe([item("d1", DEATHS)], QUIET, NOON)
    next_day = NOON + timedelta(hours=30)
    again = desk.observe([item("d2", DEATHS, seen_at=next_day)], QUIET, next_day)
    assert [intent.action for intent in again] == [Action.OPEN]


def test_a_future_date_does_not_move_the_first_report():
    wrong = item("d1", DEATHS, seen_at=NOON + timedelta(days=300))
    found = engine().observe([wrong], QUIET, NOON)
    assert found[0].alert.first_report_at == NOON
