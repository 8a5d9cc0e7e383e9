"""Steps that the ledger's tests share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from langnghe.analysis import Analysis
from langnghe.document import Document
from langnghe.errors import StoreUnavailable
from langnghe.settings import Settings
from langnghe.story import StoryChange
from tests.contract.ledger.samples import NOW, analysis

Analyse = Callable[..., list[str]]


@pytest.fixture
def analyse(ledger: Settings) -> Analyse:
    """Do what a worker does: claim, analyse, record."""
    from ledger import analyses, work

    def run(
        docs: Sequence[Document],
        change: StoryChange | None = None,
        now: datetime = NOW,
        make: Callable[[Document], Analysis] = analysis,
    ) -> list[str]:
        items = work.claim(work.Stage.ANALYSE, 500, now, 60, "test")
        mine = {doc.id: doc for doc in docs}
        found = [make(mine[item.document_id]) for item in items if item.document_id in mine]
        rest = [item for item in items if item.document_id not in mine]
        work.fail(rest, StoreUnavailable("not asked for"), now - timedelta(days=1))
        return analyses.record_analyses(items, found, change or StoryChange(), now)

    return run
