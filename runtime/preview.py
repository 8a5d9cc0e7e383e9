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
from indexer.store import Store
from langnghe.analysis import AnalysedDocument
from langnghe.errors import LangNgheError
from langnghe.profile import Profile
from langnghe.query import parse
from langnghe.query.ast import Moment, Published, all_of
from langnghe.story import StoryChange
from ledger import alerts, announcements, replaying

PREVIEW_DAYS = 30
MOST_DOCUMENTS = 20_000
_STEP = timedelta(minutes=15)
_LATE = timedelta(days=7)
_PAGE = 500
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
    store: Store,
    *,
    days: int = PREVIEW_DAYS,
    most: int = MOST_DOCUMENTS,
) -> Preview:
    """Replay at most ``most`` newest documents of the last ``days`` through ``rules`` alone.

    One rule is spared the stories that it cannot have looked at: of others than the office's own,
    or without a document that the index finds for its query. What is missing needs no documents:
    an absence is looked up in the register of announcements, and a silent source as it was told
    of, for its rule has no number to try.
    """
    since = now - timedelta(days=days)
    tried = [replace(rule, is_enabled=True) for rule in rules]
    found = [*_uncarried(tried, since, now), *_silences_told(tried, since)]
    on_documents = [rule for rule in tried if rule.type not in _MISSING]
    if not on_documents:
        return Preview(since, days, 0, tuple(sorted(found, key=_opened_at)))
    start = since - _history(on_documents)
    wanted = _stories(on_documents[0], profile, start, now, store) if len(tried) == 1 else None
    ids = replaying.document_ids(start, most, wanted)
    items = replaying.replayed(ids)
    is_cut = len(ids) == most
    first = next(items, None) if is_cut else None
    counted_from = max(since, first.document.first_seen_at) if first else since
    engine = AlertEngine(
        on_documents,
        profile,
        judge=_judge,
        baseline=Baseline(holidays(range(start.year, now.year + 1))),
    )
    for at, batch in _steps(items):
        found += [
            intent.alert
            for intent in engine.observe(batch, StoryChange(), at)
            if intent.action is Action.OPEN and intent.alert.opened_at >= counted_from
        ]
    return Preview(
        counted_from,
        max(1, round((now - counted_from) / timedelta(days=1))),
        replaying.seen_count(counted_from),
        tuple(sorted(found, key=_opened_at)),
        is_cut=counted_from > since,
    )


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


def _stories(
    rule: Rule, profile: Profile, since: datetime, now: datetime, store: Store
) -> frozenset[str] | None:
    """Return the stories that the rule can have looked at, None where that is not narrow."""
    if rule.query.strip():
        return _stories_found(rule.query, since, now, store)
    if rule.scope == "office" and not profile.is_national:
        return replaying.stories_close_to(profile, since)
    return None


def _stories_found(
    query: str, since: datetime, now: datetime, store: Store
) -> frozenset[str] | None:
    """Return the stories with a document that the index finds; what is relative to a day, or an
    index that does not answer, narrows nothing."""
    typed = parse(query)
    if "published" in query:
        return None
    low = Published(Moment(int((since - _LATE).timestamp())))
    wanted = replace(typed, root=all_of([typed.root, low]))
    ids: list[str] = []
    after: str | None = None
    try:
        while len(ids) < MOST_DOCUMENTS:
            page = store.search(wanted, now=now, limit=_PAGE, after=after)
            ids += [hit.document_id for hit in page.hits]
            after = page.next
            if not after:
                return replaying.stories_of(ids)
    except LangNgheError:
        return None
    return None


def _steps(items: Iterator[AnalysedDocument]) -> Iterator[tuple[datetime, list[AnalysedDocument]]]:
    batch: list[AnalysedDocument] = []
    until: datetime | None = None
    for item in items:
        seen_at = item.document.first_seen_at
        if until is not None and seen_at > until:
            yield until, batch
            batch = []
            until = None
        until = until or seen_at + _STEP
        batch.append(item)
    if until is not None:
        yield until, batch
