"""What makes a story rule fire, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from alerts.crisis import Assessment
from alerts.kinds.case import StoryCase
from alerts.kinds.story import fast_story, severity
from alerts.model import Rule, RuleType
from alerts.signals import StorySignals

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SEVERITY = Rule("viec-nghiem-trong", "Vụ việc nghiêm trọng", RuleType.SEVERITY, scope="all")
FAST = Rule("lan-nhanh", "Vụ việc lan nhanh", RuleType.FAST_STORY, scope="all")
SIGNALS = StorySignals(
    story_id="s1",
    at=NOW,
    first_report_at=NOW,
    document_count=8,
    press_count=8,
    post_count=0,
    outlet_count=4,
    author_count=0,
    weight_sum=6.0,
    grown_6h=8,
    grown_24h=8,
    age_hours=2.0,
    negative_share=0.75,
    negative_stance_count=0,
    negative_stance_share=0.0,
    close_share=1.0,
    watch_max=0.0,
    attention_max=0.0,
    attention_top=0.0,
    watch_mean=0.0,
    attention_mean=0.0,
    reach=0,
    outlet_kinds=frozenset({"national"}),
    social_first=False,
    topic="y_te",
    places=(),
    claim_ids=(),
    signs=(),
    reasons=(),
)


def case(level: int = 1, **changes: object) -> StoryCase:
    signals = replace(SIGNALS, **changes)  # type: ignore[arg-type]
    return StoryCase(signals, Assessment(level, 0.0, ("lý do",)), frozenset(), is_national=True)


def test_bad_news_that_spreads_fast_is_told() -> None:
    found = fast_story(FAST, case())
    assert found is not None
    assert found.reasons[0] == "lan nhanh: 8 tin trong 6 giờ trước khi báo"


def test_good_news_may_spread_as_it_likes() -> None:
    assert fast_story(FAST, case(negative_share=0.1)) is None


def test_a_few_items_of_one_outlet_are_not_spread() -> None:
    assert fast_story(FAST, case(outlet_count=1)) is None
    assert fast_story(FAST, case(grown_6h=4)) is None


def test_the_first_report_of_the_press_may_suffice() -> None:
    assert severity(SEVERITY, case(document_count=1, press_count=1, outlet_count=1)) is not None


def test_one_person_s_post_is_feedback_and_no_alert_but_several_people_are() -> None:
    social = {"press_count": 0, "outlet_count": 0, "document_count": 3, "post_count": 3}
    assert severity(SEVERITY, case(**social, author_count=1)) is None
    assert severity(SEVERITY, case(**social, author_count=3)) is not None
