"""Evaluators of the rules that look at one story: pure, each with its reasons and numbers."""

from __future__ import annotations

from alerts.kinds.case import StoryCase
from alerts.model import Finding, Rule


def _in_scope(rule: Rule, case: StoryCase) -> bool:
    if rule.scope == "office" and not case.is_close:
        return False
    return not rule.query or rule.id in case.matched_rules


def _found(rule: Rule, case: StoryCase, level: int, *reasons: str) -> Finding:
    return Finding(
        rule.id,
        case.signals.story_id,
        max(level, rule.level),
        tuple(dict.fromkeys((*reasons, *case.assessment.reasons))),
        case.assessment.score,
    )


def severity(rule: Rule, case: StoryCase) -> Finding | None:
    """Fire on what the reports say and how the story stands: the first report may suffice.

    One person's post is feedback to answer, not yet a story: without any press it takes several
    people to be told of.
    """
    signals = case.signals
    if not _in_scope(rule, case) or case.assessment.level < 1:
        return None
    if not signals.press_count and signals.author_count < rule.number("people", 3):
        return None
    return _found(rule, case, case.assessment.level)


def match(rule: Rule, case: StoryCase) -> Finding | None:
    """Fire on the first document that the rule's query finds."""
    if rule.id not in case.matched_rules:
        return None
    if case.signals.document_count < rule.number("documents", 1):
        return None
    return _found(rule, case, case.assessment.level, f"khớp quy tắc “{rule.name}”")


def fast_story(rule: Rule, case: StoryCase) -> Finding | None:
    """Fire when a story that is at all serious grows fast in several outlets or among many.

    Good news may spread as it likes: a part of the story must be bad news.
    """
    signals = case.signals
    if signals.negative_share < rule.number("negative_share", 0.34):
        return None
    if not _in_scope(rule, case) or case.assessment.score < rule.number("least_score", -1.0):
        return None
    is_spread = signals.outlet_count >= rule.number("outlets", 2) or signals.author_count >= 10
    if signals.grown_6h < rule.number("floor", 5) or not is_spread:
        return None
    return _found(
        rule,
        case,
        case.assessment.level,
        f"lan nhanh: {signals.grown_6h} tin trong 6 giờ trước khi báo",
    )


def stance_growth(rule: Rule, case: StoryCase) -> Finding | None:
    """Fire when criticism of a public service gathers in one story."""
    signals = case.signals
    if not _in_scope(rule, case):
        return None
    enough = signals.negative_stance_count >= rule.number("floor", 5)
    if not enough or signals.negative_stance_share < rule.number("share", 0.5):
        return None
    if signals.grown_24h < rule.number("floor", 5):
        return None
    return _found(
        rule,
        case,
        case.assessment.level,
        f"{signals.negative_stance_count} tin có ý phê bình trong vụ việc này",
    )


def cross_channel(rule: Rule, case: StoryCase) -> Finding | None:
    """Fire when what began among people on social networks reaches the press."""
    signals = case.signals
    if not _in_scope(rule, case) or not signals.social_first:
        return None
    if signals.post_count < rule.number("posts", 3):
        return None
    if case.assessment.score < rule.number("least_score", -2.0):
        return None
    return _found(
        rule,
        case,
        case.assessment.level,
        f"từ {signals.post_count} bài đăng mạng xã hội đã lên {signals.outlet_count} báo",
    )


def reach(rule: Rule, case: StoryCase) -> Finding | None:
    """Fire when a story reaches more people than the rule's floor."""
    signals = case.signals
    if not _in_scope(rule, case) or signals.reach < rule.number("floor", 50_000):
        return None
    if case.assessment.score < rule.number("least_score", -1.0):
        return None
    return _found(rule, case, case.assessment.level, f"tiếp cận khoảng {signals.reach:,} lượt")


def claim_repeated(rule: Rule, case: StoryCase) -> Finding | None:
    """Fire when a recorded, cited claim is repeated in a story."""
    signals = case.signals
    if not _in_scope(rule, case) or not signals.claim_ids:
        return None
    if signals.grown_24h < rule.number("floor", 3):
        return None
    return _found(
        rule,
        case,
        case.assessment.level,
        f"thông tin cần kiểm chứng được nhắc lại {signals.grown_24h} lần trong 24 giờ",
    )
