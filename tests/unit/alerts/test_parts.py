"""A second matter that joined an alerted story by a loose tie is told of, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alerts.engine import AlertEngine
from alerts.model import Action
from alerts.parts import LARGEST, parts_of
from alerts.signals import report_of
from langnghe.profile import Profile
from langnghe.story import StoryChange, StoryLink
from tests.unit.alerts.made import JUDGE, NOON, SCALE, item, rule

FIRST = "Ba người chết trong vụ cháy nhà ở phường Tân Lập"
OTHER = "Lật thuyền trên sông, bốn người tử vong"


def report(name, near="", near_score=1.0):
    made = item(name, FIRST)
    return replace(
        report_of(made, NOON, JUDGE.judge(made), is_close=False), near=near, near_score=near_score
    )


def names(parts):
    return [[report.document_id for report in part] for part in parts]


def test_a_loose_tie_begins_a_part_and_a_firm_one_joins_it():
    story = [report("a"), report("b", "a", 0.9), report("c", "a", 0.4), report("d", "c", 0.9)]
    assert names(parts_of(story)) == [["a", "b"], ["c", "d"]]


def test_what_is_alike_to_nothing_here_stands_with_the_first():
    assert names(parts_of([report("a"), report("b"), report("c", "gone", 0.3)])) == [
        ["a", "b", "c"]
    ]


def test_a_great_story_is_one_part():
    story = [report("a"), *(report(f"b{n}", "a", 0.3) for n in range(LARGEST))]
    assert len(parts_of(story)) == 1


def test_reports_that_name_each_other_end_in_one_part():
    assert names(parts_of([report("a", "b", 0.9), report("b", "a", 0.9)])) == [["a", "b"]]


def test_later_reports_that_name_each_other_find_their_parts():
    story = [report("a"), report("b", "c", 0.9), report("c", "b", 0.9), report("d", "c", 0.3)]
    assert names(parts_of(story)) == [["a", "b", "c"], ["d"]]


def test_a_second_matter_in_an_alerted_story_is_told_of_once():
    engine = told()
    later = NOON + timedelta(hours=1)
    change = joined("d2", near_score=0.4)
    found = engine.observe([item("d2", OTHER, seen_at=later)], change, later)
    assert [(i.action, i.alert.title) for i in found] == [(Action.UPDATE, OTHER)]
    assert set(found[0].alert.document_ids) == {"d1", "d2"}
    assert found[0].alert.id == engine.story("s1").alert_id
    more = item("d3", OTHER + " (cập nhật)", seen_at=later)
    assert engine.observe([more], joined("d3", near="d2", near_score=0.9), later) == []


def test_more_of_the_same_matter_is_not_told_of():
    later = NOON + timedelta(hours=1)
    same = item("d2", FIRST, seen_at=later)
    assert told().observe([same], joined("d2", near_score=0.9), later) == []


def test_a_second_matter_of_no_weight_is_not_told_of():
    later = NOON + timedelta(hours=1)
    slight = item("d2", "Hội thao của phường Tân Lập", seen_at=later)
    assert told().observe([slight], joined("d2", near_score=0.4), later) == []


def test_a_part_that_was_cut_off_is_told_of_where_no_headline_of_the_alert_was_its_own():
    engine = AlertEngine([rule()], Profile(), judge=JUDGE, scale=SCALE_WITHOUT_GROWTH)
    outlets = ("Báo Một", "Báo Hai", "Báo Ba")
    mixed = [item(f"d{n}", FIRST, outlet=outlet) for n, outlet in enumerate(outlets)]
    engine.observe([*mixed, item("d9", OTHER, outlet="Báo Một")], StoryChange(), NOON)
    later = NOON + timedelta(hours=1)
    found = engine.observe([], StoryChange((StoryLink("d9", "s2", 0.0),)), later)
    assert [(i.action, i.alert.title) for i in found] == [(Action.OPEN, OTHER)]


def told():
    engine = AlertEngine([rule()], Profile(), judge=JUDGE, scale=SCALE_WITHOUT_GROWTH)
    opened = engine.observe([item("d1", FIRST)], StoryChange(), NOON)
    assert [intent.action for intent in opened] == [Action.OPEN]
    return engine


def joined(name, *, near="d1", near_score):
    return StoryChange((StoryLink(name, "s1", near_score, near=near, near_score=near_score),))


SCALE_WITHOUT_GROWTH = replace(SCALE, weights={"attention_max": 1.0})
