"""What a rule would have done: the past replayed through the engine, without a trace in the ledger.

Stories are taken as they stand in the ledger today, which is kinder than they stood at the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.baseline import KEEP_WEEKS, Baseline
from alerts.clocks import holidays
from alerts.engine import MEMORY_DAYS, AlertEngine
from alerts.model import Action, Alert, Rule, RuleType
from alerts.severity import Seriousness, SeverityJudge, default_judge
from alerts.stream import STREAM_TYPES
from alerts.watch import Announcement, absence_alerts
from langnghe.analysis import AnalysedDocument
from langnghe.profile import Profile
from langnghe.story import StoryChange
from ledger import alerts, announcements, documents

PREVIEW_DAYS = 30
MOST_DOCUMENTS = 20_000
_STEP = timedelta(minutes=15)
_REMEMBERED = 60_000


@dataclass(frozen=True)
class Preview:
    """How often rules would have opened an alert between ``since`` and now, oldest first.

    ``document_count`` documents were looked at; ``is_cut``: the days before ``since`` hold more
    than may be replayed while somebody waits.
    """

    since: datetime
    days: int
    document_count: int
    alerts: tuple[Alert, ...]
    is_cut: bool = False

    @property
    def sentence(self) -> str:
        """The outcome in Vietnamese."""
        return f"Trong {self.days} ngày qua quy tắc này sẽ báo {len(self.alerts)} lần."


def preview(
    rules: Sequence[Rule],
    profile: Profile,
    now: datetime,
    days: int = PREVIEW_DAYS,
    most: int = MOST_DOCUMENTS,
) -> Preview:
    """Replay at most ``most`` newest documents of the last ``days`` through ``rules`` alone.

    What is missing needs no documents: an absence is looked up in the register of announcements,
    and a silent source as it was told of, for its rule has no number to try.
    """
    since = now - timedelta(days=days)
    tried = [replace(rule, is_enabled=True) for rule in rules]
    found = [*_uncarried(tried, since, now), *_silences_told(tried, since)]
    on_documents = [rule for rule in tried if rule.type not in _MISSING]
    if not on_documents:
        return Preview(since, days, 0, tuple(sorted(found, key=_opened_at)))
    history = _history(on_documents)
    reach = documents.arrival_of(most)
    start = max(since - history, reach) if reach else since - history
    counted_from = max(since, start)
    engine = AlertEngine(
        on_documents,
        profile,
        judge=_judge,
        baseline=Baseline(holidays(range(start.year, now.year + 1))),
    )
    count = 0
    for at, batch in _steps(start):
        intents = engine.observe(batch, StoryChange(), at)
        count += sum(item.document.first_seen_at >= counted_from for item in batch)
        found += [
            intent.alert
            for intent in intents
            if intent.action is Action.OPEN and intent.alert.opened_at >= counted_from
        ]
    shown_days = max(1, round((now - counted_from) / timedelta(days=1)))
    alerts_found = tuple(sorted(found, key=_opened_at))
    return Preview(counted_from, shown_days, count, alerts_found, counted_from > since)


class _RememberingJudge(SeverityJudge):
    """Judges a report once, so that to try a rule again is quick."""

    def __init__(self, judge: SeverityJudge) -> None:
        self._judge = judge
        self._known: dict[tuple[object, ...], Seriousness] = {}

    def judge(self, item: AnalysedDocument) -> Seriousness:
        labels = item.analysis and [item.analysis.value_of(n) for n in ("topic", "tone", "stance")]
        key = (item.document.id, item.document.revision, *(labels or ()))
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = self._judge.judge(item)
        return self._known[key]


_judge = _RememberingJudge(default_judge())
_MISSING = frozenset({RuleType.SOURCE_SILENCE, RuleType.ABSENCE})


def _history(rules: Sequence[Rule]) -> timedelta:
    """How far before the preview its memory begins: what is usual takes weeks to know."""
    if any(rule.type in STREAM_TYPES for rule in rules):
        return timedelta(weeks=KEEP_WEEKS)
    return timedelta(days=MEMORY_DAYS)


def _uncarried(rules: Sequence[Rule], since: datetime, now: datetime) -> list[Alert]:
    """Return an alert for each announcement that was not carried in the rule's hours."""
    found: list[Alert] = []
    for rule in rules:
        if rule.type is not RuleType.ABSENCE:
            continue
        hours = timedelta(hours=rule.number("hours", 24))
        for known, carried_at in announcements.first_coverage(since):
            due_at = known.published_at + hours
            if due_at > now or (carried_at is not None and carried_at <= due_at):
                continue
            subject = Announcement(str(known.number), known.title, known.url, known.published_at)
            found += [intent.alert for intent in absence_alerts([rule], [subject], due_at)]
    return found


def _silences_told(rules: Sequence[Rule], since: datetime) -> list[Alert]:
    ids = {rule.id for rule in rules if rule.type is RuleType.SOURCE_SILENCE}
    return [alert for alert in alerts.standing_alerts(since) if alert.rule_id in ids]


def _opened_at(alert: Alert) -> datetime:
    return alert.opened_at


def _steps(since: datetime) -> Iterator[tuple[datetime, list[AnalysedDocument]]]:
    batch: list[AnalysedDocument] = []
    until: datetime | None = None
    for item in documents.arrivals(since):
        seen_at = item.document.first_seen_at
        if until is not None and seen_at > until:
            yield until, batch
            batch = []
            until = None
        until = until or seen_at + _STEP
        batch.append(item)
    if until is not None:
        yield until, batch
