"""The rule types: one pure evaluator each, in a table. A new type is one function and one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alerts.kinds.case import StoryCase
from alerts.kinds.story import (
    claim_repeated,
    cross_channel,
    fast_story,
    match,
    reach,
    severity,
    stance_growth,
)
from alerts.model import Finding, Rule, RuleType

StoryEvaluator = Callable[[Rule, StoryCase], Finding | None]

STORY_RULES: Mapping[RuleType, StoryEvaluator] = {
    RuleType.SEVERITY: severity,
    RuleType.MATCH: match,
    RuleType.FAST_STORY: fast_story,
    RuleType.STANCE_GROWTH: stance_growth,
    RuleType.CROSS_CHANNEL: cross_channel,
    RuleType.REACH: reach,
    RuleType.CLAIM_REPEATED: claim_repeated,
}

__all__ = ["STORY_RULES", "StoryCase", "StoryEvaluator"]
