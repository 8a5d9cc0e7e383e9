"""What a rule would have said: the past of the ledger goes through the alerts' own engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.engine import AlertEngine
from alerts.model import Action, Alert, Rule
from langnghe.analysis import AnalysedDocument
from langnghe.profile import Profile
from langnghe.story import StoryChange
from ledger import documents

SPAN_DAYS = 30
MOST_DOCUMENTS = 20_000
_BATCH = 100
_SHOWN = 10


@dataclass(frozen=True)
class Preview:
    """How often a rule would have alerted since ``since``, on how many documents."""

    since: datetime
    document_count: int
    alert_count: int
    examples: tuple[Alert, ...]
    is_cut: bool


def preview(rule: Rule, profile: Profile, now: datetime) -> Preview:
    """Replay the last days, at most MOST_DOCUMENTS documents, with ``rule`` alone."""
    since = now - timedelta(days=SPAN_DAYS)
    engine = AlertEngine([replace(rule, is_enabled=True)], profile)
    alerts: list[Alert] = []
    count = 0
    for batch in _batches(since):
        moment = batch[-1].document.first_seen_at
        intents = engine.observe(batch, StoryChange(), moment)
        alerts += [intent.alert for intent in intents if intent.action is Action.OPEN]
        count += len(batch)
        if count >= MOST_DOCUMENTS:
            return Preview(since, count, len(alerts), tuple(alerts[-_SHOWN:][::-1]), is_cut=True)
    return Preview(since, count, len(alerts), tuple(alerts[-_SHOWN:][::-1]), is_cut=False)


def _batches(since: datetime) -> Iterator[list[AnalysedDocument]]:
    batch: list[AnalysedDocument] = []
    for doc, analysis, story_id in documents.recent_story_items(since):
        batch.append(AnalysedDocument(doc, analysis, story_id))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
