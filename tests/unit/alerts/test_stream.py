"""Rules on the stream: a spike, a tone that shifts, a new term; each once in its window."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.baseline import Baseline
from alerts.model import RuleType
from alerts.stream import StreamWatch, binomial_tail
from tests.unit.alerts.made import NOON, item, rule


def watch(kind, *, weeks=6, usual=4, national=False, **parameters):
    wanted = rule(id="luong-tin", type=kind, parameters={"hours": 6, **parameters})
    desk = StreamWatch([wanted], Baseline(), is_national=national)
    for week in range(weeks, 0, -1):
        then = NOON - timedelta(weeks=week)
        for k in range(usual):
            desk.take(item(f"w{week}-{k}", "tin cũ", seen_at=then), True, (), then)
        desk.decide(then)
    return desk


def feed(desk, count, at=NOON, **changes):
    for k in range(count):
        found = item(f"{at:%H}-{k}", "tin mới", outlet=f"Báo {k % 3}", seen_at=at, **changes)
        desk.take(found, True, (), at)


def test_more_than_usual_alerts_once_in_its_window():
    desk = watch(RuleType.SPIKE, floor=12)
    feed(desk, 30)
    (intent,) = desk.decide(NOON)
    assert "thường ngày khoảng 4" in intent.reason
    assert len(intent.alert.document_ids) == 30
    assert desk.decide(NOON + timedelta(minutes=5)) == []


def test_the_usual_is_no_spike():
    desk = watch(RuleType.SPIKE, usual=14, floor=12)
    feed(desk, 15)
    assert desk.decide(NOON) == []


def test_without_history_the_floor_decides_and_the_reason_says_so():
    desk = watch(RuleType.SPIKE, weeks=0, floor=12)
    feed(desk, 12)
    (intent,) = desk.decide(NOON)
    assert "chưa đủ 14 ngày" in intent.reason


def test_a_restart_does_not_repeat():
    desk = watch(RuleType.SPIKE, floor=12)
    feed(desk, 30)
    opened = desk.decide(NOON)[0].alert
    again = watch(RuleType.SPIKE, floor=12)
    feed(again, 30)
    again.remember(opened)
    assert again.decide(NOON) == []


def test_a_tone_that_turns_bad_is_told_with_both_shares():
    desk = watch(RuleType.TONE_SHIFT, usual=10, floor=15, share=0.2)
    feed(desk, 30, tone="neg")
    (intent,) = desk.decide(NOON)
    assert "100%" in intent.reason and "0%" in intent.reason


def test_a_new_term_needs_history_several_outlets_and_a_floor():
    assert watch(RuleType.NEW_TERM).decide(NOON) == []
    for weeks, expected in ((6, ["styren"]), (0, [])):
        desk = watch(RuleType.NEW_TERM, weeks=weeks, floor=6, outlets=2)
        for k in range(8):
            found = item(f"n{k}", "tin", outlet=f"Báo {k % 3}", keywords=("styren",))
            desk.take(found, True, (), NOON)
        assert [intent.alert.subject for intent in desk.decide(NOON)] == expected


def test_the_whole_country_has_no_volume_of_its_own():
    desk = watch(RuleType.SPIKE, national=True, floor=1)
    feed(desk, 50)
    assert desk.decide(NOON) == []


@pytest.mark.parametrize(("count", "total", "share"), [(0, 10, 0.5), (10, 10, 0.5), (5, 10, 0.0)])
def test_the_tail_is_a_probability(count, total, share):
    assert 0.0 <= binomial_tail(count, total, share) <= 1.0
    assert binomial_tail(count, total, share) >= binomial_tail(count + 1, total, share)
