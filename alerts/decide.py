"""The decision about one story: open, raise, hold or leave alone. Pure; it always says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.model import (
    Action,
    Alert,
    AlertIntent,
    Finding,
    Headline,
    Rule,
    alert_id,
    window_index,
)
from alerts.signals import StorySignals
from langnghe.wording import ALERT_LEVEL_LABELS

ATTENTION = 2


@dataclass(frozen=True)
class Standing:
    """The alert that a story already has (``level`` 0 and empty ids: none)."""

    alert_id: str = ""
    rule_id: str = ""
    level: int = 0
    window: int = -1
    told_at: datetime | None = None
    told_count: int = 0


@dataclass(frozen=True)
class Subject:
    """What an alert would be about: a story's figures, title, headlines and documents."""

    signals: StorySignals
    title: str
    document_ids: tuple[str, ...]
    outlets: tuple[str, ...]
    headlines: tuple[Headline, ...]


def decide(
    subject: Subject,
    findings: Sequence[Finding],
    rules: dict[str, Rule],
    standing: Standing,
    held_by: str,
    now: datetime,
) -> AlertIntent | None:
    """Return what to do about a story, or None when nothing is new.

    One story has one alert at a time: further rules on it add reasons, a higher level raises it.
    ``held_by`` is the Vietnamese reason why messages below "khẩn" wait ("" if none does).
    """
    if not findings:
        return None
    best = max(findings, key=lambda finding: (finding.level, finding.score))
    level = max(finding.level for finding in findings)
    if standing.level:
        rule = rules.get(standing.rule_id, rules[best.rule_id])
    else:
        rule = rules[best.rule_id]
    first = subject.signals.first_report_at
    window = window_index(now, first, rule.window_hours)
    is_anew = standing.level == 0 or window > standing.window
    is_higher = level > standing.level
    if not (is_anew or is_higher or _is_repeat_due(subject, rule, standing, now)):
        return None
    alert = Alert(
        id=alert_id(rule.id, subject.signals.story_id, window) if is_anew else standing.alert_id,
        rule_id=rule.id,
        story_id=subject.signals.story_id,
        level=level if is_anew else max(level, standing.level),
        title=subject.title,
        reasons=_merged(findings, best),
        opened_at=now,
        first_report_at=first,
        document_ids=subject.document_ids,
        outlets=subject.outlets,
        topic=subject.signals.topic,
        places=subject.signals.places,
        rule_name=rule.name,
        headlines=subject.headlines,
        post_count=subject.signals.post_count,
    )
    label = ALERT_LEVEL_LABELS[level].lower()
    if not is_anew and not is_higher:
        grown = len(subject.document_ids) - standing.told_count
        return AlertIntent(Action.UPDATE, alert, f"vụ việc còn tiếp diễn: thêm {grown} tin")
    if not is_anew:
        before = ALERT_LEVEL_LABELS[standing.level].lower()
        return AlertIntent(Action.RAISE, alert, f"nâng mức từ {before} lên {label}")
    if held_by and level < 3:
        return AlertIntent(Action.HOLD, alert, held_by)
    return AlertIntent(Action.OPEN, alert, f"mức {label}: {alert.reasons[0]}")


def tell_aside(
    whole: Subject, part: Subject, findings: Sequence[Finding], standing: Standing, now: datetime
) -> AlertIntent | None:
    """Return the news of a further matter that joined an alerted story, or None.

    The alert stays the story's own, with all its documents; what is told is the matter's title,
    headlines and reasons.
    """
    grave = [finding for finding in findings if finding.level >= ATTENTION]
    if not grave:
        return None
    best = max(grave, key=lambda finding: (finding.level, finding.score))
    alert = Alert(
        id=standing.alert_id,
        rule_id=standing.rule_id,
        story_id=whole.signals.story_id,
        level=standing.level,
        title=part.title,
        reasons=_merged(grave, best),
        opened_at=now,
        first_report_at=part.signals.first_report_at,
        document_ids=whole.document_ids,
        outlets=whole.outlets,
        topic=part.signals.topic,
        places=part.signals.places,
        rule_name=best.rule_id,
        headlines=part.headlines,
        post_count=whole.signals.post_count,
    )
    return AlertIntent(Action.UPDATE, alert, "một việc khác vừa được xếp cùng vụ việc đã báo")


def _is_repeat_due(subject: Subject, rule: Rule, standing: Standing, now: datetime) -> bool:
    """Return whether an alerted story grew enough, for long enough, to be told of once more."""
    if standing.told_at is None:
        return False
    hours = rule.number("repeat_hours", 24)
    grown = len(subject.document_ids) - standing.told_count
    return now - standing.told_at >= timedelta(hours=hours) and grown >= rule.number(
        "repeat_documents", 8
    )


def _merged(findings: Sequence[Finding], best: Finding) -> tuple[str, ...]:
    reasons = list(best.reasons)
    for finding in findings:
        reasons.extend(finding.reasons[:1])
    return tuple(dict.fromkeys(reasons))[:6]
