"""What a rule would have done: the past replayed through the engine, without a trace in the ledger.

Stories are taken as they stand in the ledger today, which is kinder than they stood at the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from alerts.engine import AlertEngine
from alerts.model import Action, AlertIntent, Rule
from langnghe.analysis import AnalysedDocument
from langnghe.profile import Profile
from langnghe.story import StoryChange
from ledger import documents

PREVIEW_DAYS = 30
_STEP = timedelta(minutes=15)


def preview(
    rules: Sequence[Rule], profile: Profile, now: datetime, days: int = PREVIEW_DAYS
) -> list[AlertIntent]:
    """Return the messages that ``rules`` would have sent in the last ``days``, oldest first."""
    engine = AlertEngine(rules, profile)
    sent: list[AlertIntent] = []
    for at, batch in _steps(now - timedelta(days=days)):
        for intent in engine.observe(batch, StoryChange(), at):
            if intent.action is not Action.HOLD:
                sent.append(intent)
    return sent


def sentence(intents: Sequence[AlertIntent], days: int = PREVIEW_DAYS) -> str:
    """Return the preview's outcome in Vietnamese."""
    return f"Trong {days} ngày qua quy tắc này sẽ báo {len(intents)} lần."


def _steps(since: datetime) -> Iterator[tuple[datetime, list[AnalysedDocument]]]:
    batch: list[AnalysedDocument] = []
    until: datetime | None = None
    for doc, analysis, story_id in documents.recent_story_items(since):
        if until is not None and doc.first_seen_at > until:
            yield until, batch
            batch = []
            until = None
        until = until or doc.first_seen_at + _STEP
        batch.append(AnalysedDocument(doc, analysis, story_id))
    if until is not None:
        yield until, batch
