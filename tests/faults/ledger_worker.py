"""Processes to be killed: one hands articles in for ever, one takes whatever step is due.

Nothing of them is a fake but the labels. They are forked from the test, so they start at once.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from langnghe.story import StoryChange
from ledger import boot
from tests.contract.ledger.samples import NOW, analysis, article, links

DOCUMENTS = 120
LEASE_S = 0.2


def crawl(number: int) -> None:
    """Hand the same articles in again and again, as feeds do, each now and then edited."""
    from ledger import ingest

    dice = random.Random(number)
    while True:
        batch = [
            article(dice.randrange(1, DOCUMENTS + 1), title=f"Bản {dice.randrange(4)}")
            for _ in range(8)
        ]
        ingest.record_ingest(batch, NOW)


def work(number: int) -> None:
    """Take whatever step is due, and sometimes fail at it."""
    from ledger import analyses, documents
    from ledger import work as queue

    dice = random.Random(number)
    while True:
        stage = dice.choice(list(queue.Stage))
        items = queue.claim(stage, 8, datetime.now(UTC), LEASE_S, f"worker-{number}")
        if not items:
            continue
        if dice.random() < 0.1:
            queue.fail(items, "a bad moment", datetime.now(UTC))
        elif stage is queue.Stage.ANALYSE:
            docs = documents.load_documents([item.document_id for item in items])
            found = [analysis(doc) for doc in docs]
            by_story = {doc.id: f"s{int(doc.id[4:]) % 7}" for doc in docs}
            change = StoryChange(
                links=tuple(
                    replace(link, story_id=by_story[link.document_id])
                    for link in links("", docs).links
                )
            )
            analyses.record_analyses(items, found, change, NOW)
        else:
            queue.complete(items)


@contextmanager
def forked(run: Callable[[int], None], number: int) -> Iterator[None]:
    """Run ``run`` in a process of its own and kill it at the end, wherever it is then."""
    boot.close()
    child = os.fork()
    if not child:
        try:
            run(number)
        finally:
            os._exit(1)
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    # Had it ended by itself, it would have failed at something.
    assert os.WIFSIGNALED(status)


def kill_at_random(kills: int) -> None:
    """Keep a crawler and a worker busy and kill them again and again."""
    dice = random.Random(kills)
    for number in range(0, kills, 2):
        with forked(crawl, number), forked(work, number + 1):
            time.sleep(dice.uniform(0.02, 0.6))
