"""A process to be killed: it ingests, analyses and completes work in an endless loop.

``python -m tests.faults.ledger_worker DATA_DIR DATABASE_URL ROLE NUMBER`` where ROLE is crawl or
work. It says "ready" on its standard output once it is in the loop. Nothing of it is a fake but
the labels.
"""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from langnghe.settings import load_settings
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


def main() -> None:
    data_dir, database_url, role, number = sys.argv[1:]
    boot.setup(replace(load_settings({}, data_dir=Path(data_dir)), database_url=database_url))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    (crawl if role == "crawl" else work)(int(number))


if __name__ == "__main__":
    main()
