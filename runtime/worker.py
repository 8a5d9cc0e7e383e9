"""The worker: claims documents stage by stage and hands each to its room.

One round is analyse → index → match → deliver. Every step is idempotent and claimed by
compare-and-set in the ledger, so a worker may be killed anywhere and another goes on. Leases run
on the machine's clock; everything that people see runs on the service's clock.

Stories and alerts are decided from a memory of the last days:

1. One worker at a time holds the duty "stories"; any other one only indexes.
2. Who takes the duty builds the memory from the ledger, and anew once a person decided about
   stories.
3. The memory runs ahead of the ledger until the commit. Where the commit fails the memory is
   dropped and built again, so that what was not kept is decided once more.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event

from langnghe.analysis import AnalysedDocument, Analysis
from langnghe.document import Document
from langnghe.errors import LangNgheError, LedgerUnavailable, StoreError, StoreUnavailable
from langnghe.story import StoryChange
from ledger import analyses, documents, leases, stories, work
from ledger.work import Stage, WorkItem
from nlp.stories import StoryIndex
from runtime.alerting import AlertDesk
from runtime.checking import CheckDesk
from runtime.process import Heartbeat
from runtime.understanding import open_pair_reader
from runtime.wiring import Runtime

logger = logging.getLogger(__name__)

_LEASE_S = 120.0
_IDLE_S = 0.5
_TROUBLE_S = 2.0
_DUTY = "stories"
_DUTY_LEASE_S = 30.0
_DUTY_RENEWED_S = 10.0
_ESCALATION_S = 10.0
_STORY_WINDOW = timedelta(days=7)
ANALYSE_BATCH = 64
INDEX_BATCH = 256
MATCH_BATCH = 256
HURRIED_FROM, HURRIED_BATCH = 500, 256
"""With more documents than these waiting, larger batches are taken and words alone decide on
stories: an early warning is worth more than the last pair of reports that is joined."""


@dataclass(frozen=True)
class RoundCounts:
    """How many documents one round took through each stage; ``has_more``: others were left."""

    analysed: int = 0
    indexed: int = 0
    matched: int = 0
    sent: int = 0
    has_more: bool = False

    @property
    def total(self) -> int:
        """All the work of the round; 0 means that nothing waited."""
        return self.analysed + self.indexed + self.matched + self.sent


@dataclass
class _Memory:
    """What stories and alerts are decided from; ``unseen`` is what the alerts were not told yet."""

    stories: StoryIndex
    desk: AlertDesk
    decisions: int
    unseen: StoryChange = field(default_factory=StoryChange)


class Worker:
    """Takes documents from the ledger's queue through nlp, index and alerts."""

    def __init__(
        self, runtime: Runtime, name: str, beat: Callable[[], None] = lambda: None
    ) -> None:
        self._runtime = runtime
        self._name = name
        self._beat = beat
        self._pipeline = runtime.pipeline
        self._checks = CheckDesk(open_pair_reader(runtime.settings))
        self._held: _Memory | None = None
        self._indexed: dict[str, AnalysedDocument] = {}
        self._is_on_duty = False
        self._has_more = False
        self._renewed_at = 0.0

    def run_once(self) -> RoundCounts:
        """Take one batch through every stage and return how many documents each one did."""
        self._has_more = False
        self._indexed = {}
        if not self.take_duty():
            indexed = self._stage(Stage.INDEX, INDEX_BATCH, self._index)
            return RoundCounts(indexed=indexed, has_more=self._has_more)
        self._follow_people()
        # Before anything is claimed: to build it may take longer than a lease.
        self._memory()
        return RoundCounts(
            analysed=self._stage(Stage.ANALYSE, self._analyse_batch(), self._analyse),
            indexed=self._stage(Stage.INDEX, INDEX_BATCH, self._index),
            matched=self._stage(Stage.MATCH, MATCH_BATCH, self._match),
            sent=self._deliver(),
            has_more=self._has_more,
        )

    def finish(self) -> None:
        """Do all the work that is due, waiting for the duty where a dead worker still holds it."""
        while self.run_once().total or (any(work.backlog().values()) and not self._is_on_duty):
            if not self._is_on_duty:
                time.sleep(_IDLE_S)

    def escalate(self) -> None:
        """Take the steps of escalation that are due, and look for what is missing."""
        if self._is_on_duty:
            self._memory().desk.escalate()
            self._memory().desk.watch()
            self._checks.look_back(self._runtime.clock.now(), self._beat)

    def take_duty(self) -> bool:
        """Take or keep the duty of deciding; False while another worker holds it."""
        if self._is_on_duty and time.monotonic() - self._renewed_at < _DUTY_RENEWED_S:
            return True
        is_ours = leases.acquire(_DUTY, self._name, datetime.now(UTC), _DUTY_LEASE_S)
        if is_ours and not self._is_on_duty:
            # Another one may have decided meanwhile.
            self._held = None
        self._is_on_duty, self._renewed_at = is_ours, time.monotonic()
        return is_ours

    def leave_duty(self) -> None:
        """Let another worker decide."""
        self._is_on_duty = False
        leases.release(_DUTY, self._name)

    def _memory(self) -> _Memory:
        if self._held is None:
            index = StoryIndex(
                profile=self._runtime.profile,
                reader=open_pair_reader(self._runtime.settings),
            )
            decisions = stories.last_decision()
            since = self._runtime.clock.now() - _STORY_WINDOW
            index.restore(documents.recent_story_items(since))
            self._held = _Memory(index, self._desk(), decisions)
        return self._held

    def _desk(self) -> AlertDesk:
        """Return a desk that has caught up with what a dead worker did not come to decide."""
        desk = AlertDesk(self._runtime)
        try:
            desk.catch_up()
        except LangNgheError:
            raise
        except Exception:
            logger.exception("what a dead worker left undecided stays so until its stories go on")
            return AlertDesk(self._runtime)
        return desk

    def _follow_people(self) -> None:
        """Drop the memory once a person merged, split or moved something."""
        if self._held is not None and self._held.decisions != stories.last_decision():
            self._held = None

    def _stage(self, stage: Stage, limit: int, step: Callable[[Sequence[WorkItem]], None]) -> int:
        """Claim a batch and do it; on a failure the batch waits, and a bad item is found alone."""
        self._beat()
        items = work.claim(stage, limit, datetime.now(UTC), _LEASE_S, self._name)
        if not items:
            return 0
        # One that was tried before may have been taken alone, however many others wait.
        self._has_more |= len(items) >= limit or items[0].attempts > 0
        try:
            step(items)
        except (StoreError, LedgerUnavailable) as error:
            # No document's fault: all of them wait, none is counted against.
            logger.warning("%s waits: %s", stage, error)
            self._give_back(items, error)
            return 0
        except Exception:
            self._held = None
            if len(items) > 1:
                logger.exception("%s failed on a batch of %d; one by one", stage, len(items))
                self._one_by_one(items, step)
            else:
                self._give_up(items)
        return len(items)

    def _one_by_one(
        self, items: Sequence[WorkItem], step: Callable[[Sequence[WorkItem]], None]
    ) -> None:
        for number, item in enumerate(items):
            self._beat()
            try:
                step([item])
            except (StoreError, LedgerUnavailable) as error:
                self._give_back(items[number:], error)
                return
            except Exception:  # noqa: BLE001 - whatever it is, the item waits and the loop goes on
                self._held = None
                self._give_up([item])

    def _give_back(self, items: Sequence[WorkItem], error: LangNgheError) -> None:
        """Let the steps wait until the engine is back; where the ledger is gone the lease ends."""
        self._held = None
        with contextlib.suppress(LedgerUnavailable):
            work.fail(items, StoreUnavailable(str(error)), datetime.now(UTC))

    def _give_up(self, items: Sequence[WorkItem]) -> None:
        logger.exception("%s failed on %s", items[0].stage, items[0].document_id)
        work.fail(items, f"{items[0].stage}: see the log", datetime.now(UTC))

    def _analyse_batch(self) -> int:
        is_hurried = work.backlog()[Stage.ANALYSE] > HURRIED_FROM
        return HURRIED_BATCH if is_hurried else ANALYSE_BATCH

    def _analyse(self, items: Sequence[WorkItem]) -> None:
        now, memory = self._runtime.clock.now(), self._memory()
        docs = documents.load_documents([item.document_id for item in items])
        found = self._pipeline.analyse(docs, now)
        change = memory.stories.assign(
            _paired(docs, found), now, is_hurried=len(docs) > ANALYSE_BATCH
        )
        suggestions = self._checks.suggest(docs)
        analyses.record_analyses(items, found, change, now, suggestions=suggestions)
        memory.unseen = _both(memory.unseen, change)

    def _index(self, items: Sequence[WorkItem]) -> None:
        found = documents.load_analysed([item.document_id for item in items])
        self._runtime.store.put(found)
        work.complete(items)
        self._indexed = {item.document.id: item for item in found}

    def _match(self, items: Sequence[WorkItem]) -> None:
        memory = self._memory()
        memory.desk.match(items, memory.unseen, self._indexed)
        memory.unseen = StoryChange()

    def _deliver(self) -> int:
        """Send what is due; a message that cannot even be made must not stop the documents."""
        try:
            return self._memory().desk.deliver().sent
        except LangNgheError:
            raise
        except Exception:
            logger.exception("the outbox failed; the next round tries again")
            return 0


def _both(one: StoryChange, other: StoryChange) -> StoryChange:
    return StoryChange(
        one.links + other.links, one.merged + other.merged, one.related + other.related
    )


def _paired(
    docs: Sequence[Document], found: Sequence[Analysis]
) -> list[tuple[Document, Analysis | None]]:
    by_id = {analysis.document_id: analysis for analysis in found}
    return [(doc, by_id.get(doc.id)) for doc in docs]


def main(runtime: Runtime, stop: Event) -> None:
    """Work as a child of the supervisor until it says stop."""
    heartbeat = Heartbeat(runtime.settings.data_dir / "run", "worker")
    worker = Worker(runtime, f"worker-{os.getpid()}", heartbeat.beat)
    escalated_at, trouble = 0.0, ""
    while not stop.is_set():
        heartbeat.beat()
        try:
            has_more = worker.run_once().has_more
            if time.monotonic() - escalated_at > _ESCALATION_S:
                worker.escalate()
                escalated_at = time.monotonic()
            trouble = ""
        except LangNgheError as error:
            if trouble != str(error):
                trouble = str(error)
                logger.warning("rounds fail and are tried again until this is over: %s", error)
            stop.wait(_TROUBLE_S)
            continue
        # A round costs tens of milliseconds however few documents it takes, so that those which
        # came during a small one wait for others, as they would have after an idle one.
        if not has_more:
            stop.wait(_IDLE_S)
    with contextlib.suppress(LangNgheError):
        worker.leave_duty()
