"""The bias of alerting keeps the budgets of messages, as the engine itself would tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.training import telling
from alerts.training.labels import Level
from langnghe.story import StoryChange
from tests.unit.alerts.made import JUDGE, NOON, SCALE, item, rule

GRAVE = "Sập cầu, 12 người chết"
SLIGHT = "Xe đâm dải phân cách, một người tử vong"
LEVELS = {"g1": Level(2, 1.0, "one"), "s1": Level(0, 1.0, "s1"), "s2": Level(1, 1.0, "two")}
BY_SCORE = replace(SCALE, weights={"attention_max": 1.0})


def week():
    stories = (("g1", GRAVE), ("s1", SLIGHT), ("s2", SLIGHT))
    return [
        (NOON + timedelta(hours=n), [item(name, title, story=name)], StoryChange())
        for n, (name, title) in enumerate(stories)
    ]


def test_messages_are_counted_with_their_share_about_nothing_and_what_they_reach():
    readily = replace(BY_SCORE, bias=5.0)
    told = telling.telling([week()], LEVELS, [rule()], JUDGE, readily)
    assert told == telling.Told(3 / 7, 1 / 3, 1.0)
    never = telling.telling([week()], LEVELS, [rule()], JUDGE, replace(BY_SCORE, bias=-9.0))
    assert never == telling.Told(0.0, 0.0, 0.0)


def told_at(bias):
    return telling.telling([week()], LEVELS, [rule()], JUDGE, replace(BY_SCORE, bias=bias))


def test_the_bias_is_the_highest_within_both_budgets(monkeypatch):
    bias, told = telling.highest_within(told_at, 18.0)
    assert (told.a_day, told.recall) == (1 / 7, 1.0)
    assert told_at(bias + 0.05).on_nothing > telling.ON_NOTHING
    monkeypatch.setattr(telling, "ON_NOTHING", 0.5)
    assert telling.highest_within(told_at, 18.0)[1].a_day == 3 / 7
    assert telling.highest_within(told_at, 2 / 7)[1].a_day == 1 / 7


def test_where_nothing_keeps_the_budgets_it_is_said():
    with pytest.raises(ValueError, match="no value"):
        telling.highest_within(told_at, -1.0)
