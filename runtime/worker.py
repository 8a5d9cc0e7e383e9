"""The worker: claims documents stage by stage and hands each to its room.

One round is analyse → index → match → deliver. Every step is idempotent and claimed by
compare-and-set in the ledger, so a worker may be killed anywhere and another goes on. Leases run
on the machine's clock; everything that people see runs on the service's clock.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

from langnghe.analysis import Analysis
from langnghe.document import Document
from langnghe.errors import LangNgheError, LedgerUnavailable, StoreError
from langnghe.story import StoryChange
from ledger import analyses, documents, stories, work
from ledger.work import Stage, WorkItem
from nlp.stories import StoryIndex
from runtime.alerting import AlertDesk
from runtime.process import Heartbeat
from runtime.wiring import Runtime

logger = logging.getLogger(__name__)

_LEASE_S = 120.0
_IDLE_S = 0.5
_ESCALATION_S = 10.0
_STORY_WINDOW = timedelta(days=7)
ANALYSE_BATCH = 64
INDEX_BATCH = 256
MATCH_BATCH = 256


@dataclass(frozen=True)
class RoundCounts:
    """How many documents one round took through each stage."""

    analysed: int = 0
    indexed: int = 0
    matched: int = 0
    sent: int = 0

    @property
    def total(self) -> int:
        """All the work of the round; 0 means that nothing waited."""
        return self.analysed + self.indexed + self.matched + self.sent


class Worker:
    """Takes documents from the ledger's queue through nlp, index and alerts."""

    def __init__(self, runtime: Runtime, name: str) -> None:
        self._runtime = runtime
        self._name = name
        self._decisions = -1
        self._follow_people()
        self._desk = AlertDesk(runtime)
        self._unseen = StoryChange()

    def run_once(self) -> RoundCounts:
        """Take one batch through every stage and return how many documents each one did."""
        self._follow_people()
        return RoundCounts(
            analysed=self._stage(Stage.ANALYSE, ANALYSE_BATCH, self._analyse),
            indexed=self._stage(Stage.INDEX, INDEX_BATCH, self._index),
            matched=self._stage(Stage.MATCH, MATCH_BATCH, self._match),
            sent=self._desk.deliver().sent,
        )

    def _follow_people(self) -> None:
        """Learn the stories anew once a person merged, split or moved something."""
        decisions = stories.last_decision()
        if decisions != self._decisions:
            since = self._runtime.clock.now() - _STORY_WINDOW
            self._stories = StoryIndex()
            self._stories.restore(documents.recent_story_items(since))
            self._decisions = decisions

    def escalate(self) -> None:
        """Take the steps of escalation that are due."""
        self._desk.escalate()

    def _stage(self, stage: Stage, limit: int, step: Callable[[Sequence[WorkItem]], None]) -> int:
        """Claim a batch and do it; on a failure the batch waits, and a bad item is found alone."""
        items = work.claim(stage, limit, datetime.now(UTC), _LEASE_S, self._name)
        if not items:
            return 0
        try:
            step(items)
        except (StoreError, LedgerUnavailable) as error:
            logger.warning("%s waits: %s", stage, error)
            work.fail(items, error, datetime.now(UTC))
            return 0
        except Exception:
            if len(items) > 1:
                logger.exception("%s failed on a batch of %d; one by one", stage, len(items))
                self._one_by_one(items, step)
            else:
                self._give_up(items, stage)
        return len(items)

    def _one_by_one(
        self, items: Sequence[WorkItem], step: Callable[[Sequence[WorkItem]], None]
    ) -> None:
        for item in items:
            try:
                step([item])
            except Exception:  # noqa: BLE001 - whatever it is, the item waits and the loop goes on
                self._give_up([item], item.stage)

    def _give_up(self, items: Sequence[WorkItem], stage: Stage) -> None:
        logger.exception("%s failed on %s", stage, items[0].document_id)
        work.fail(items, f"{stage}: see the log", datetime.now(UTC))

    def _analyse(self, items: Sequence[WorkItem]) -> None:
        now = self._runtime.clock.now()
        docs = documents.load_documents([item.document_id for item in items])
        found = self._runtime.pipeline.analyse(docs, now)
        change = self._stories.assign(_paired(docs, found), now)
        analyses.record_analyses(items, found, change, now)
        self._unseen = StoryChange(
            merged=self._unseen.merged + change.merged,
            related=self._unseen.related + change.related,
        )

    def _index(self, items: Sequence[WorkItem]) -> None:
        ids = [item.document_id for item in items]
        self._runtime.store.put(documents.load_analysed(ids))
        work.complete(items)

    def _match(self, items: Sequence[WorkItem]) -> None:
        self._desk.match(items, self._unseen)
        self._unseen = StoryChange()


def _paired(
    docs: Sequence[Document], found: Sequence[Analysis]
) -> list[tuple[Document, Analysis | None]]:
    by_id = {analysis.document_id: analysis for analysis in found}
    return [(doc, by_id.get(doc.id)) for doc in docs]


def main(runtime: Runtime, stop: Event) -> None:
    """Work as a child of the supervisor until it says stop."""
    heartbeat = Heartbeat(runtime.settings.data_dir / "run", "worker")
    worker = Worker(runtime, name=f"worker-{os.getpid()}")
    escalated_at = 0.0
    while not stop.is_set():
        heartbeat.beat()
        try:
            busy = worker.run_once().total
            if time.monotonic() - escalated_at > _ESCALATION_S:
                worker.escalate()
                escalated_at = time.monotonic()
        except LangNgheError:
            logger.exception("a round failed; the next one tries again")
            busy = 0
        if not busy:
            stop.wait(_IDLE_S)
