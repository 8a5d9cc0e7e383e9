"""The engine of alerting, the same for the live worker and for a replay.

``observe`` takes a batch in order of ingest and answers with intents; it touches nothing. Its
memory is the stories of the last days; :meth:`restore` rebuilds it from the ledger, after which
the same batch gives the same intents with the same ids, so that a restart never repeats.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.baseline import KEEP_WEEKS, Baseline
from alerts.closeness import is_close
from alerts.crisis import Scale, assess, default_scale
from alerts.decide import Standing, Subject, decide, tell_aside
from alerts.kinds import STORY_RULES, StoryCase
from alerts.likeness import LEAST_ALIKE, RELATED_ALIKE, centre_of, likeness
from alerts.matching import RuleMatcher
from alerts.model import Action, Alert, AlertIntent, Finding, Rule, window_index
from alerts.mute import URGENT
from alerts.parts import parts_of
from alerts.severity import SeverityJudge, default_judge
from alerts.signals import StoryState, headlines_of, report_of, signals_of
from alerts.stream import StreamWatch
from langnghe.analysis import AnalysedDocument
from langnghe.profile import Profile
from langnghe.story import StoryChange

MEMORY_DAYS = 7
ITEMS_IN_ALERT = 1000
TITLES_COMPARED = 50
"""The newest titles say what a story is about: a burst must not read thousands for each part."""


class AlertEngine:
    """Decides which stories alert, and when; deterministic in the order of its batches."""

    def __init__(
        self,
        rules: Sequence[Rule],
        profile: Profile,
        *,
        judge: SeverityJudge | None = None,
        scale: Scale | None = None,
        baseline: Baseline | None = None,
    ) -> None:
        self._rules = {rule.id: rule for rule in rules if rule.is_enabled}
        self._profile = profile
        self._judge = judge or default_judge()
        self._scale = scale or default_scale()
        self._matcher = RuleMatcher(list(self._rules.values()))
        self._stories: dict[str, StoryState] = {}
        self._home: dict[str, str] = {}
        self._told: dict[str, Alert] = {}
        self._levels: dict[str, int] = {}
        self._ties: dict[str, tuple[str, float]] = {}
        self._related: defaultdict[str, set[str]] = defaultdict(set)
        self.baseline = baseline or Baseline()
        self._stream = StreamWatch(
            list(self._rules.values()), self.baseline, is_national=profile.is_national
        )
        self.watermark: datetime | None = None

    def observe(
        self, batch: Sequence[AnalysedDocument], change: StoryChange, now: datetime
    ) -> list[AlertIntent]:
        """Take in ``batch`` with what clustering decided, and return what to do, in story order."""
        touched = self._apply(change)
        for item in batch:
            self._take(item, now)
            if item.story_id:
                touched[item.story_id] = None
        intents = [
            intent
            for story_id in touched
            if story_id in self._stories and (intent := self._decide(story_id, now)) is not None
        ]
        self.watermark = now
        self._forget(now)
        return intents + self._stream.decide(now)

    def restore(
        self, history: Iterable[tuple[AnalysedDocument, datetime]], alerts: Iterable[Alert]
    ) -> None:
        """Rebuild the memory from the ledger: documents with their ingest times, then alerts."""
        for item, seen_at in history:
            self._take(item, seen_at)
            self.watermark = seen_at
        if self.watermark is not None:
            self._forget(self.watermark)
        for alert in alerts:
            self._remember(alert)
            self._stream.remember(alert)
            state = self._stories.get(alert.story_id)
            if state is not None and alert.level > state.level:
                state.take_over(alert)

    def reconsider(self, since: datetime, now: datetime) -> list[AlertIntent]:
        """Decide once more about every story that had a report since; new is only what was missed.

        For a fresh memory: a worker that died may have moved documents without deciding.
        """
        recent = [story_id for story_id, s in self._stories.items() if s.last_seen_at >= since]
        decided = [self._decide(story_id, now) for story_id in recent]
        return [intent for intent in decided if intent is not None]

    @property
    def history_days(self) -> int:
        """How many days of the ledger :meth:`restore` wants: more where a rule has a baseline."""
        return KEEP_WEEKS * 7 + 1 if self._stream.is_needed else MEMORY_DAYS

    def story(self, story_id: str) -> StoryState | None:
        """Return what the engine remembers of a story."""
        return self._stories.get(story_id)

    def _apply(self, change: StoryChange) -> dict[str, None]:
        touched: dict[str, None] = {}
        self._ties.update(
            (link.document_id, (link.near, link.near_score)) for link in change.links if link.near
        )
        for one, other in change.related:
            self._related[one].add(other)
            self._related[other].add(one)
        for old, kept in change.merged:
            self._related[kept] |= self._related.pop(old, set())
            gone = self._stories.pop(old, None)
            if gone is not None:
                self._stories.setdefault(kept, StoryState(kept)).absorb(gone)
                for report in gone.reports:
                    self._home[report.document_id] = kept
                touched[kept] = None
        for link in change.links:
            self._move(link.document_id, link.story_id, touched)
        return touched

    def _move(self, doc_id: str, story_id: str, touched: dict[str, None]) -> None:
        """Follow a document that clustering moved to another story."""
        home = self._home.get(doc_id)
        if home is None or home == story_id:
            return
        old = self._stories[home]
        near, near_score = self._ties.pop(doc_id, ("", 1.0))
        moved = [
            replace(report, near=near, near_score=near_score)
            for report in old.reports
            if report.document_id == doc_id
        ]
        old.reports = [report for report in old.reports if report.document_id != doc_id]
        if not old.reports:
            del self._stories[home]
        state = self._stories.setdefault(story_id, StoryState(story_id))
        state.reports = sorted([*state.reports, *moved], key=lambda report: report.seen_at)
        self._home[doc_id] = story_id
        touched[story_id] = None

    def _take(self, item: AnalysedDocument, seen_at: datetime) -> None:
        doc_id = item.document.id
        close, matched = is_close(item, self._profile), self._matcher.match(item, seen_at)
        if doc_id not in self._home:
            self._stream.take(item, close or self._profile.is_national, matched, seen_at)
        if not item.story_id:
            return
        near, near_score = self._ties.pop(doc_id, ("", 1.0))
        report = replace(
            report_of(item, seen_at, self._judge.judge(item), close),
            near=near,
            near_score=near_score,
        )
        home = self._home.get(doc_id)
        if home is not None and home in self._stories:
            old = self._stories[home]
            report = replace(
                report,
                seen_at=next(r.seen_at for r in old.reports if r.document_id == doc_id),
            )
            old.reports = [r for r in old.reports if r.document_id != doc_id]
            if not old.reports and home != item.story_id:
                del self._stories[home]
        state = self._stories.setdefault(item.story_id, StoryState(item.story_id))
        state.reports.append(report)
        state.matched_rules.update(matched)
        self._home[doc_id] = item.story_id

    def _decide(self, story_id: str, now: datetime) -> AlertIntent | None:
        state = self._stories[story_id]
        subject, findings = self._judged(state, now)
        standing = self._standing(state)
        held_by = self._held_by(state) if findings and not standing.level else ""
        intent = decide(subject, findings, self._rules, standing, held_by, now)
        if intent is None and standing.level:
            intent = self._aside(state, subject, standing, now)
        if intent is None:
            return None
        known = self._levels.get(intent.alert.id, 0)
        state.take_over(intent.alert)
        self._remember(intent.alert)
        if intent.action is Action.OPEN and known:
            # The story's id was given up when it was merged, and is now the id of a part again.
            return replace(intent, action=Action.RAISE) if intent.alert.level > known else None
        return intent

    def _judged(self, state: StoryState, now: datetime) -> tuple[Subject, list[Finding]]:
        """Return what an alert on ``state`` would be about, and what the rules find."""
        signals = signals_of(state, now)
        findings: list[Finding] = []
        for rule in self._rules.values():
            evaluate = STORY_RULES.get(rule.type)
            if evaluate is None:
                continue
            case = StoryCase(
                signals,
                assess(signals, self._scale, rule.sensitivity),
                frozenset(state.matched_rules),
                self._profile.is_national,
            )
            found = evaluate(rule, case)
            if found is not None:
                findings.append(found)
        subject = Subject(
            signals,
            self._title(state),
            tuple(report.document_id for report in state.reports[-ITEMS_IN_ALERT:]),
            tuple(dict.fromkeys(r.outlet for r in state.reports if not r.is_social)),
            headlines_of(state),
        )
        return subject, findings

    def _aside(
        self, state: StoryState, whole: Subject, standing: Standing, now: datetime
    ) -> AlertIntent | None:
        """Tell of a part of an alerted story of which no report was told (:mod:`alerts.parts`)."""
        if all(report.document_id in self._told for report in state.reports):
            return None
        for reports in parts_of(state.reports):
            if any(report.document_id in self._told for report in reports):
                continue
            part = StoryState(state.id, reports, state.matched_rules)
            subject, findings = self._judged(part, now)
            intent = tell_aside(whole, subject, findings, standing, now)
            if intent is not None:
                return intent
        return None

    def _remember(self, alert: Alert) -> None:
        self._levels[alert.id] = max(alert.level, self._levels.get(alert.id, 0))
        for doc_id in alert.document_ids:
            known = self._told.get(doc_id)
            if known is None or known.level <= alert.level:
                self._told[doc_id] = alert

    def _standing(self, state: StoryState) -> Standing:
        """Return the story's alert: its own, or the one that told of half of its documents.

        So a story that clustering cut out of an alerted one does not alert a second time, unless
        no headline of the alert was its own: then nobody has heard of it.
        """
        if not state.level:
            told = [a for r in state.reports if (a := self._told.get(r.document_id)) is not None]
            if told and 2 * len(told) >= len(state.reports):
                titles = {report.title for report in state.reports}
                named = [a for a in told if titles.intersection(h.title for h in a.headlines)]
                if named:
                    state.take_over(max(named, key=lambda alert: (alert.level, alert.id)))
        rule = self._rules.get(state.rule_id)
        if not state.level or state.alerted_at is None:
            return Standing()
        # Two parts of one cluster may stand under one alert: whichever rises first raises it.
        state.level = max(state.level, self._levels.get(state.alert_id, 0))
        hours = rule.window_hours if rule else MEMORY_DAYS * 24
        window = window_index(state.alerted_at, state.first_report_at, hours)
        return Standing(
            state.alert_id, state.rule_id, state.level, window, state.told_at, state.told_count
        )

    def _held_by(self, state: StoryState) -> str:
        """Return which urgent story already speaks for this one, "" where none does."""
        urgent = [s for s in self._stories.values() if s.level == URGENT and s.id != state.id]
        if not urgent:
            return ""
        own, related = _centre(state), self._related.get(state.id, set())
        alike, parent = max(
            ((likeness(own, _centre(s)) / _least_alike(s.id in related), s) for s in urgent),
            key=lambda pair: (pair[0], pair[1].id),
        )
        if alike < 1:
            return ""
        return "thuộc khủng hoảng đang mở: " + self._title(parent)

    def _title(self, state: StoryState) -> str:
        return headlines_of(state, 1)[0].title

    def _forget(self, now: datetime) -> None:
        self.baseline.forget(now)
        limit = now - timedelta(days=MEMORY_DAYS)
        for story_id in [s for s, st in self._stories.items() if st.last_seen_at < limit]:
            gone = self._stories.pop(story_id)
            self._levels.pop(gone.alert_id, None)
            for other in self._related.pop(story_id, ()):
                self._related[other].discard(story_id)
            for report in gone.reports:
                self._home.pop(report.document_id, None)
                self._told.pop(report.document_id, None)


def _least_alike(is_related: bool) -> float:
    return RELATED_ALIKE if is_related else LEAST_ALIKE


def _centre(state: StoryState) -> dict[str, float]:
    return centre_of(report.title for report in state.reports[-TITLES_COMPARED:])
