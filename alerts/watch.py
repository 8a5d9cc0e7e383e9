"""Alerts about what is missing: a source that fell silent, an announcement nobody carried.

Pure: the caller brings what it knows of sources and coverage; the identity of each alert is
(rule, subject, window), so that asking again every minute opens it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alerts.clocks import Clock, passed_mark, warning
from alerts.model import Action, Alert, AlertIntent, Rule, RuleType, alert_id

CLOCK_RULE = "thoi-han"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SilentSource:
    """A source that is not heard, with the sentence of its health."""

    source_id: str
    name: str
    sentence: str
    since: datetime


@dataclass(frozen=True)
class Announcement:
    """One of our own announcements and which outlets carried it so far."""

    id: str
    title: str
    url: str
    published_at: datetime
    outlets: tuple[str, ...] = ()


def silence_alerts(
    rules: Iterable[Rule], silent: Sequence[SilentSource], total: int, now: datetime
) -> list[AlertIntent]:
    """Return one alert a silent source; more than three at once make a single one."""
    intents: list[AlertIntent] = []
    for rule in _of(rules, RuleType.SOURCE_SILENCE):
        if len(silent) > 3:
            names = ", ".join(source.name for source in silent[:6])
            reason = f"{len(silent)} trong {total} nguồn im lặng: {names}"
            since = min(source.since for source in silent)
            intents.append(_intent(rule, "nhieu-nguon", reason, reason, since, now))
            continue
        for source in silent:
            title = f"Nguồn im lặng: {source.name}"
            intents.append(
                _intent(rule, source.source_id, title, source.sentence, source.since, now)
            )
    return intents


def absence_alerts(
    rules: Iterable[Rule], announcements: Iterable[Announcement], now: datetime
) -> list[AlertIntent]:
    """Return an alert for each announcement that no outlet carried in the rule's hours."""
    intents: list[AlertIntent] = []
    for rule in _of(rules, RuleType.ABSENCE):
        hours = rule.number("hours", 24)
        for announcement in announcements:
            age = now - announcement.published_at
            if announcement.outlets or age < timedelta(hours=hours):
                continue
            if age > timedelta(hours=hours + rule.window_hours):
                continue
            reason = f"sau {age / timedelta(hours=1):.0f} giờ chưa báo nào đưa thông báo này"
            intents.append(
                _intent(
                    rule,
                    announcement.id,
                    announcement.title,
                    reason,
                    announcement.published_at,
                    now,
                )
            )
    return intents


@dataclass(frozen=True)
class WatchedClock:
    """A running clock with what it is about and who must answer."""

    number: int
    title: str
    clock: Clock
    department: str = ""


def clock_alerts(clocks: Iterable[WatchedClock], now: datetime) -> list[AlertIntent]:
    """Return an alert for each running clock that passed a mark; the alert of (clock, mark) opens
    once, which is what makes a warning come once."""
    intents: list[AlertIntent] = []
    for watched in clocks:
        clock = watched.clock
        mark, sentence = passed_mark(clock, now), warning(clock, now)
        if not mark:
            continue
        alert = Alert(
            id=alert_id(CLOCK_RULE, str(watched.number), mark),
            rule_id=CLOCK_RULE,
            story_id="",
            level=mark,
            title=watched.title,
            reasons=(sentence,),
            opened_at=now,
            first_report_at=clock.started_at,
            document_ids=(),
            subject=f"{watched.number}-{mark}",
            rule_name="Thời hạn trả lời",
            department=watched.department,
        )
        intents.append(AlertIntent(Action.OPEN, alert, sentence))
    return intents


def _of(rules: Iterable[Rule], kind: RuleType) -> list[Rule]:
    return [rule for rule in rules if rule.type is kind and rule.is_enabled]


def _intent(
    rule: Rule, subject: str, title: str, reason: str, since: datetime, now: datetime
) -> AlertIntent:
    window = int((now - _EPOCH) / timedelta(hours=rule.window_hours))
    alert = Alert(
        id=alert_id(rule.id, subject, window),
        rule_id=rule.id,
        story_id="",
        level=rule.level,
        title=title,
        reasons=(reason,),
        opened_at=now,
        first_report_at=min(since, now),
        document_ids=(),
        subject=subject,
        rule_name=rule.name,
    )
    return AlertIntent(Action.OPEN, alert, reason)
