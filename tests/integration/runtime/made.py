"""The service's parts on a real ledger, fed with the recorded day of a fictional province."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from indexer.memory import MemoryStore
from langnghe.analysis import AnalysedDocument
from langnghe.clock import Clock
from langnghe.document import Document
from langnghe.errors import StoreUnavailable
from langnghe.settings import Settings
from runtime.demo import day
from runtime.wiring import Runtime

DAY = date(2026, 11, 19)


@dataclass
class StepClock(Clock):
    """A clock that a test moves."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


class FailingStore(MemoryStore):
    """A search engine that a test stops and starts."""

    is_down = False

    def put(self, items: Sequence[AnalysedDocument]) -> None:
        if self.is_down:
            raise StoreUnavailable("connection refused")
        super().put(items)


def recorded(prefix: str = "") -> list[Document]:
    """Return items of the recorded day in order, each in its first state, as crawlers give them."""
    items = [d for d in day.load_documents(DAY) if d.id.startswith(prefix) and d.revision == 1]
    items.sort(key=lambda d: d.fetched_at)
    return [
        replace(d, url=f"https://bao.example/{d.id}", extraction="page:trafilatura", byline="")
        for d in items
    ]


def make_runtime(settings: Settings, moment: datetime, store: MemoryStore | None = None) -> Runtime:
    """Return the parts of a service of the fictional province whose clock stands at ``moment``."""
    settings = replace(settings, mail_to="phong@bao.example", nlp_backend="linear")
    runtime = Runtime(settings, StepClock(moment))
    shutil.copyfile(day.PROFILE, runtime.profile_file)
    if store is not None:
        # The cached property of a frozen dataclass: what stands here is never opened.
        runtime.__dict__["store"] = store
    return runtime
