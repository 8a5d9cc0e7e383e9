"""What a story's level stands on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.crisis import OUTLETS_LEARNED, assess, default_scale, figures
from alerts.signals import StoryState, report_of, signals_of
from langnghe.document import DocumentKind
from tests.unit.alerts.made import JUDGE, NOON, item

DEADLY = "Sập cầu, 12 người chết"
CALM = "Cầu tạm đóng để kiểm tra"


def signals(*items):
    state = StoryState("s1")
    for made in items:
        state.reports.append(report_of(made, NOON, JUDGE.judge(made), is_close=False))
    return signals_of(state, NOON)


def test_comments_do_not_outbid_the_press_that_they_stand_under():
    press = item("a", CALM)
    comment = item("b", "", kind=DocumentKind.COMMENT, text=DEADLY)
    alone = signals(press)
    both = signals(press, comment)
    assert both.attention_max == alone.attention_max
    assert both.watch_mean == alone.watch_mean
    assert both.document_count == 2


def test_where_only_people_speak_their_posts_are_judged():
    post = item("b", DEADLY, kind=DocumentKind.POST)
    assert signals(post).attention_max == JUDGE.judge(post).attention
    assert signals(post).attention_max > signals(item("a", CALM)).attention_max


@pytest.mark.parametrize("count", [OUTLETS_LEARNED, 50])
def test_more_outlets_than_were_learned_weigh_no_more(count):
    one = signals(item("a", CALM))
    wide = figures(replace(one, outlet_count=count))["log_outlets"]
    assert wide == figures(replace(one, outlet_count=OUTLETS_LEARNED))["log_outlets"]
    assert wide > figures(replace(one, outlet_count=OUTLETS_LEARNED - 1))["log_outlets"]


def test_a_story_counts_its_reports_not_the_comments_under_them():
    press = [item("a", CALM), item("b", CALM, outlet="Báo Hai")]
    comments = [item(f"c{k}", "", kind=DocumentKind.COMMENT, text=CALM) for k in range(30)]
    assert (
        figures(signals(*press, *comments))["log_reports"]
        == figures(signals(*press))["log_reports"]
    )


def test_the_share_of_reports_with_a_sign_is_a_figure():
    values = figures(signals(item("a", DEADLY), item("b", CALM)))
    assert values["sign_many_dead"] == 0.5
    assert "sign_rumour" not in values


def test_a_reason_never_counts_nothing():
    posts = signals(item("b", DEADLY, kind=DocumentKind.POST))
    said = assess(posts, default_scale()).reasons
    assert any(reason.startswith("chưa báo nào đăng, 1 bài đăng") for reason in said)
    later = replace(posts, grown_6h=0)
    assert not [r for r in assess(later, default_scale()).reasons if "0 tin" in r or "0 báo" in r]
