"""Rules on the stream itself, not on one story: a volume spike, a tone that shifts, a new term.

Everything is counted by hour of ingest and compared with the same hours of past weeks
(:mod:`alerts.baseline`); while that is young, floors alone decide, and a term cannot be new.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alerts.baseline import TAIL, Baseline
from alerts.model import Action, Alert, AlertIntent, Finding, Headline, Rule, RuleType, alert_id
from langnghe.analysis import AnalysedDocument, Tone

STREAM_TYPES = frozenset({RuleType.SPIKE, RuleType.TONE_SHIFT, RuleType.NEW_TERM})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_HOURS = 72


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a recent document in a rule's scope."""

    at: datetime
    document_id: str
    headline: Headline
    is_social: bool
    is_negative: bool
    terms: tuple[str, ...]


class StreamWatch:
    """Counts the documents in each rule's scope and says what is unusual."""

    def __init__(self, rules: Sequence[Rule], baseline: Baseline, *, is_national: bool) -> None:
        # Over the whole country "more news than usual" is no warning to anybody.
        self._rules = [
            rule
            for rule in rules
            if rule.type in STREAM_TYPES and not (is_national and not rule.query)
        ]
        self._baseline = baseline
        self._recent: dict[str, deque[_Seen]] = {rule.id: deque() for rule in self._rules}
        self._told: dict[tuple[str, str], int] = {}

    @property
    def is_needed(self) -> bool:
        """Whether any rule looks at the stream."""
        return bool(self._rules)

    def take(
        self, item: AnalysedDocument, is_close: bool, matched: Iterable[str], at: datetime
    ) -> None:
        """Count ``item`` under every rule in whose scope it is."""
        found = set(matched)
        for rule in self._rules:
            if (rule.scope == "office" and not is_close) or (rule.query and rule.id not in found):
                continue
            seen = _seen(item, at)
            self._recent[rule.id].append(seen)
            keys = [rule.id]
            if seen.is_negative:
                keys.append(f"{rule.id}:neg")
            if rule.type is RuleType.NEW_TERM:
                keys += [f"{rule.id}#{term}" for term in seen.terms]
            self._baseline.add(keys, at)

    def remember(self, alert: Alert) -> None:
        """Know an alert from before a restart, so that it is not repeated in its window."""
        rule = next((rule for rule in self._rules if rule.id == alert.rule_id), None)
        if rule is not None:
            self._told[alert.rule_id, alert.subject] = _window(rule, alert.opened_at)

    def decide(self, now: datetime) -> list[AlertIntent]:
        """Return an intent for each rule and subject that is unusual, once in its window."""
        intents: list[AlertIntent] = []
        for rule in self._rules:
            hours = min(int(rule.number("hours", 6)), LONGEST_HOURS)
            recent = self._recent[rule.id]
            while recent and recent[0].at <= now - timedelta(hours=hours):
                recent.popleft()
            for finding in self._findings(rule, recent, hours, now):
                window = _window(rule, now)
                if self._told.get((rule.id, finding.subject)) == window:
                    continue
                self._told[rule.id, finding.subject] = window
                intents.append(_intent(rule, finding, recent, window, now))
        return intents

    def _findings(
        self, rule: Rule, recent: Sequence[_Seen], hours: int, now: datetime
    ) -> list[Finding]:
        if rule.type is RuleType.SPIKE:
            return self._spike(rule, hours, now)
        if rule.type is RuleType.TONE_SHIFT:
            return self._tone_shift(rule, hours, now)
        return self._new_terms(rule, recent, hours, now)

    def _spike(self, rule: Rule, hours: int, now: datetime) -> list[Finding]:
        count = self._baseline.count(rule.id, now, hours)
        usual = self._baseline.usual(rule.id, now, hours)
        if not usual.is_spike(count, rule.sensitivity, int(rule.number("floor", 12))):
            return []
        sentence = f"trong {hours} giờ: {usual.sentence(count)}"
        return [Finding(rule.id, rule.id, rule.level, (sentence,))]

    def _tone_shift(self, rule: Rule, hours: int, now: datetime) -> list[Finding]:
        count = self._baseline.count(rule.id, now, hours)
        negative = self._baseline.count(f"{rule.id}:neg", now, hours)
        usual = self._baseline.usual(rule.id, now, hours)
        bad = self._baseline.usual(f"{rule.id}:neg", now, hours)
        if usual.is_cold or usual.expected <= 0 or count < rule.number("floor", 15):
            return []
        before, share = bad.expected / usual.expected, negative / count
        if share - before < rule.number("share", 0.2):
            return []
        if binomial_tail(negative, count, before) >= TAIL[rule.sensitivity]:
            return []
        sentence = (
            f"{share:.0%} tin có sắc thái tiêu cực trong {hours} giờ ({negative}/{count}), "
            f"thường ngày khoảng {before:.0%}"
        )
        return [Finding(rule.id, rule.id, rule.level, (sentence,))]

    def _new_terms(
        self, rule: Rule, recent: Sequence[_Seen], hours: int, now: datetime
    ) -> list[Finding]:
        counts: dict[str, set[str]] = {}
        outlets: dict[str, set[str]] = {}
        for seen in recent:
            for term in seen.terms:
                counts.setdefault(term, set()).add(seen.document_id)
                outlets.setdefault(term, set()).add(seen.headline.outlet)
        found: list[Finding] = []
        for term, documents in counts.items():
            few = len(documents) < rule.number("floor", 6)
            if few or len(outlets[term]) < rule.number("outlets", 2):
                continue
            usual = self._baseline.usual(f"{rule.id}#{term}", now, hours)
            if usual.is_cold or usual.expected >= 1:
                continue
            sentence = f"cụm từ “{term}” có trong {len(documents)} tin, trước đây hầu như không có"
            found.append(Finding(rule.id, term, rule.level, (sentence,)))
        return found


def binomial_tail(count: int, total: int, share: float) -> float:
    """Return P(X ≥ count) of ``total`` trials with chance ``share`` (held off 0 and 1)."""
    p = min(max(share, 0.01), 0.99)
    return min(
        1.0,
        sum(math.comb(total, k) * p**k * (1 - p) ** (total - k) for k in range(count, total + 1)),
    )


def _seen(item: AnalysedDocument, at: datetime) -> _Seen:
    doc, analysis = item.document, item.analysis
    return _Seen(
        at,
        doc.id,
        Headline(doc.title or doc.parent_title, doc.outlet, doc.url, min(doc.published_at, at)),
        doc.kind.is_social,
        bool(analysis and analysis.value_of("tone") == Tone.NEGATIVE),
        analysis.keywords if analysis else (),
    )


def _window(rule: Rule, now: datetime) -> int:
    return int((now - _EPOCH) / timedelta(hours=rule.window_hours))


def _intent(
    rule: Rule, finding: Finding, recent: Sequence[_Seen], window: int, now: datetime
) -> AlertIntent:
    about = [
        seen
        for seen in recent
        if rule.type is not RuleType.NEW_TERM or finding.subject in seen.terms
    ]
    title = rule.name if finding.subject == rule.id else f"{rule.name}: {finding.subject}"
    alert = Alert(
        id=alert_id(rule.id, finding.subject, window),
        rule_id=rule.id,
        story_id="",
        level=finding.level,
        title=title,
        reasons=finding.reasons,
        opened_at=now,
        first_report_at=min((seen.headline.published_at for seen in about), default=now),
        document_ids=tuple(seen.document_id for seen in about),
        outlets=tuple(dict.fromkeys(s.headline.outlet for s in about if not s.is_social)),
        subject=finding.subject,
        rule_name=rule.name,
        headlines=tuple(seen.headline for seen in about[-3:]),
        post_count=sum(seen.is_social for seen in about),
    )
    return AlertIntent(Action.OPEN, alert, finding.reasons[0])
