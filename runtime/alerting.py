"""Alerting in the running service: the engine's memory, its messages, the outbox, escalation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from alerts.baseline import Baseline
from alerts.channels import open_channels
from alerts.clocks import holidays
from alerts.declared import Grouped
from alerts.deliver import DeliveryCounts, deliver_due
from alerts.drills import exercise
from alerts.engine import AlertEngine
from alerts.escalate import DEPARTMENT, Due
from alerts.model import Action, AlertIntent, Delivery, Rule, RuleType
from alerts.watch import (
    CLOCK_RULE,
    SilentSource,
    WatchedClock,
    absence_alerts,
    clock_alerts,
    silence_alerts,
)
from langnghe.analysis import AnalysedDocument
from langnghe.source import Health, beside_names
from langnghe.story import StoryChange
from ledger import (
    alerts,
    announcements,
    clocks,
    crises,
    documents,
    drills,
    feedback,
    releasing,
    rules,
)
from ledger.deliveries import LedgerOutbox
from ledger.queries.sources import source_health
from ledger.work import WorkItem
from nlp.feedback import group_feedback
from runtime.telling import StepDelivery, Teller
from runtime.wiring import Runtime

_CAUGHT_UP = timedelta(hours=6)
_COVERAGE_SPAN = timedelta(minutes=5)


class AlertDesk:
    """Matches analysed documents against the rules and sends what must be said.

    Its memory is rebuilt from the ledger when it is made, so that a restart repeats nothing.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._teller = Teller(runtime)
        self._outbox = LedgerOutbox()
        self._channels = open_channels(runtime.settings)
        self._rules_version = ""
        self._coverage_due_at: datetime | None = None
        self._engine = self._new_engine()

    def match(
        self,
        items: Sequence[WorkItem],
        change: StoryChange,
        indexed: Mapping[str, AnalysedDocument] = MappingProxyType({}),
    ) -> list[str]:
        """Decide about the documents of ``items``, open what must be opened, complete the items.

        ``change`` is what clustering merged and related since the last call; ``indexed`` are those
        that the index was given a moment ago, which are not loaded again. Returns the ids of
        the alerts that opened or rose.
        """
        now = self._runtime.clock.now()
        if self._rules_version != rules.version():
            self._engine = self._new_engine()
        ids = [item.document_id for item in items]
        loaded = documents.load_analysed([i for i in ids if i not in indexed])
        known = {**indexed, **{item.document.id: item for item in loaded}}
        batch = [known[i] for i in ids if i in known]
        feedback.record_feedback(self._feedback(batch), now)
        intents = self._engine.observe(batch, change, now)
        return alerts.open_alerts(
            intents, self._deliveries, now, completed=items, watermark=self._engine.watermark
        )

    def catch_up(self) -> list[str]:
        """Decide about the stories of the last hours once more, as a worker does that takes over.

        Returns the ids of the alerts that a dead worker did not come to open.
        """
        now = self._runtime.clock.now()
        intents = self._engine.reconsider(now - _CAUGHT_UP, now)
        return alerts.open_alerts(intents, self._deliveries, now)

    def deliver(self) -> DeliveryCounts:
        """Send what is due."""
        return deliver_due(self._outbox, self._channels, self._runtime.clock.now)

    def escalate(self) -> list[str]:
        """Take the steps of escalation that are due and return their alerts."""
        return alerts.escalate_due(self._of_steps, self._runtime.clock.now())

    def watch(self) -> list[str]:
        """Look for what is missing (silent sources, uncarried announcements), clocks, drills,
        declared crises and what a silence or a crisis held that has ended."""
        now = self._runtime.clock.now()
        table = [row for row in source_health(now) if row.source.is_enabled]
        beside = beside_names([row.source for row in table])
        silent = [
            SilentSource(
                row.source.id,
                f"{row.source.name} ({said})"
                if (said := beside.get(row.source.id))
                else row.source.name,
                row.sentence,
                row.state.last_item_at or row.state.last_success_at or now,
            )
            for row in table
            if row.health in (Health.SILENT, Health.FAILING)
        ]
        known = list(self._rules.values())
        unheard = silence_alerts(known, silent, len(table), now)
        uncarried = self._uncarried(known, now)
        running = clocks.running_clocks()
        passed = clock_alerts(
            (WatchedClock(run.number, run.title, run.clock, run.department) for run in running), now
        )
        intents = [
            *unheard,
            *(uncarried or ()),
            *_begun_drill(now),
            *passed,
        ]
        opened = alerts.open_alerts(intents, self._deliveries, now)
        _close(CLOCK_RULE, passed, "đã trả lời hoặc có mốc mới", now)
        for rule in known:
            if rule.is_enabled and rule.type is RuleType.SOURCE_SILENCE:
                _close(rule.id, unheard, "nguồn đã có tin, hoặc có cảnh báo mới hơn", now)
            if rule.is_enabled and rule.type is RuleType.ABSENCE and uncarried is not None:
                _close(rule.id, uncarried, "đã có báo đưa, hoặc hết thời gian theo dõi", now)
        told = crises.tend(self._of_crisis, self._deliveries, now)
        return [*opened, *told, *releasing.release_silenced(self._deliveries, now)]

    def _uncarried(self, known: Sequence[Rule], now: datetime) -> list[AlertIntent] | None:
        """Look through the coverage of announcements, which is hours' matter, every few minutes;
        None in between."""
        if self._coverage_due_at is not None and now < self._coverage_due_at:
            return None
        self._coverage_due_at = now + _COVERAGE_SPAN
        return absence_alerts(known, announcements.followed_announcements(now), now)

    def drill(self, title: str, level: int, actor: str) -> str:
        """Open an alert marked as an exercise and return its id; raises ConfigError."""
        now = self._runtime.clock.now()
        intent = exercise(f"{actor}{now.isoformat()}", title, level, actor, now)
        alerts.open_alerts([intent], self._deliveries, now)
        return intent.alert.id

    def _new_engine(self) -> AlertEngine:
        now = self._runtime.clock.now()
        self._rules_version = rules.version()
        self._rules: dict[str, Rule] = {rule.id: rule for rule in rules.current_rules()}
        baseline = Baseline(holidays(range(now.year - 1, now.year + 2)))
        engine = AlertEngine(list(self._rules.values()), self._runtime.profile, baseline=baseline)
        since = now - timedelta(days=engine.history_days)
        engine.restore(
            ((item, item.document.first_seen_at) for item in documents.arrivals(since)),
            alerts.standing_alerts(since),
        )
        return engine

    def _feedback(self, batch: Sequence[AnalysedDocument]) -> list[feedback.Feedback]:
        return [
            feedback.Feedback(
                matter=group.matter,
                place=group.place,
                intent=group.intents[0][0] if group.intents else "",
                topic=group.topic,
                department=group.departments[0] if group.departments else "",
                document_ids=group.document_ids,
                first_at=group.first_at,
                last_at=group.last_at,
            )
            for group in group_feedback(batch, self._runtime.profile)
        ]

    def _deliveries(self, intent: AlertIntent) -> list[Delivery]:
        rule = self._rules.get(intent.alert.rule_id)
        roles = rule.roles if rule else ("analyst", "spokesperson")
        if intent.alert.level == 3:
            roles = (*roles, "spokesperson", "leader")
        elif intent.action is Action.RAISE:
            roles = (*roles, "spokesperson")
        version = f"{intent.action.value}-{intent.alert.level}"
        if intent.action is Action.UPDATE:
            version += f"-{len(intent.alert.document_ids)}"
        rule_type = rule.type if rule else None
        return self._teller.to_roles(intent, (*roles, DEPARTMENT), version, rule_type)

    def _of_crisis(self, intent: AlertIntent, version: str, grouped: Grouped) -> list[Delivery]:
        roles = ("analyst", "spokesperson", "approver", "leader", DEPARTMENT)
        return self._teller.to_roles(intent, roles, version, grouped=grouped)

    def _of_steps(self, steps: Sequence[Due]) -> list[StepDelivery]:
        return self._teller.of_steps(steps, self._rules)


def _close(rule_id: str, standing: Sequence[AlertIntent], reason: str, now: datetime) -> None:
    """Close what a rule opened and no longer finds."""
    alerts.resolve_passed(rule_id, {intent.alert.id for intent in standing}, reason, now)


def _begun_drill(now: datetime) -> list[AlertIntent]:
    """Return the alert with which the running drill begins; its identity opens it once."""
    drill = drills.running_drill(now)
    if drill is None:
        return []
    return [exercise(str(drill.number), drill.title, drill.level, drill.started_by, now)]
