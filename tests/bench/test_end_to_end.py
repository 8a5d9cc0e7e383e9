"""Documents per second end to end: fetched, stored, analysed, indexed and matched.

Printed beside twice one core's rate of bare trafilatura ``fast`` on the same pages, since on two
cores nothing that extracts with it can be quicker. The processor time of crawler and worker is
printed too: it says what two free cores would do where this machine is busy. Nothing is asserted
about time. The pages are the recorded day's, a few kilobytes each; those of papers are larger.
"""

from __future__ import annotations

import itertools
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import trafilatura

from langnghe.document import Document
from langnghe.settings import Settings
from runtime.replay.site import article_html
from runtime.replay.stream import Outlet
from tests.faults.forked import Service, died, fork, service
from tests.integration.runtime.made import recorded

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

FEED_ITEMS = 2_000


@contextmanager
def working(made: Service) -> Iterator[None]:
    """Keep a worker at work meanwhile."""
    worker = fork(made.worker)
    try:
        yield
    finally:
        made.kill(worker)


def seconds_end_to_end(made: Service) -> float:
    """Crawl until everything is in, and return when the last document had gone through."""
    from ledger import queries, work

    made.clock.moment = made.stream.end
    began = time.monotonic()
    while queries.counters().collected < len(made.items) or _pages_due(made):
        made.clock.moment += timedelta(hours=1)
        assert not died(fork(made.crawl))
    while any(work.backlog().values()):
        time.sleep(0.05)
    return time.monotonic() - began


def _pages_due(made: Service) -> bool:
    from ledger.models import DocumentRow

    if not made.runtime.settings.fetch_pages:
        return False
    return DocumentRow.objects.exclude(extraction__startswith="page").exists()


def report(name: str, count: int, seconds: float, processor_s: float = 0.0) -> None:
    """Print a rate as measured, and as two cores that do nothing else would reach it."""
    said = f"{name}: {count} documents in {seconds:.1f} s = {count / seconds:.1f} a second"
    if processor_s:
        free = count / processor_s * 2
        said += f"; {processor_s:.1f} s of processor time = {free:.1f} a second on two free cores"
    print(f"\n{said} ({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f})")  # noqa: T201


def processor_seconds() -> float:
    """Return what the children that ended so far have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_feed_items_only(
    ledger_sqlite: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_dir: Path
) -> None:
    from langnghe.items import read_items
    from ledger import queries

    file = next((shared_dir / "data" / "news").glob("stream*.gz"))
    found = itertools.islice(read_items(str(file)), 30_000, 30_000 + FEED_ITEMS)
    items = list({item.id: item for item in found}.values())
    settings = replace(ledger_sqlite, fetch_pages=False)
    with service(settings, tmp_path, items, monkeypatch, is_hasty=False) as made:
        before = processor_seconds()
        with working(made):
            seconds = seconds_end_to_end(made)
        used = processor_seconds() - before
    assert queries.counters().indexed == len(items)
    report("feed items only", len(items), seconds, used)


def test_full_pages(
    ledger_sqlite: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger import queries

    items = [
        replace(item, url="", extraction="")
        for item in recorded()
        if not item.kind.is_social and item.text
    ]
    with service(ledger_sqlite, tmp_path, items, monkeypatch, is_hasty=False) as made:
        before = processor_seconds()
        with working(made):
            seconds = seconds_end_to_end(made)
        used = processor_seconds() - before
    assert queries.counters().indexed == len(items)
    report("full pages", len(items), seconds, used)
    report("bare trafilatura fast, twice one core", 2 * len(items), seconds_bare(items))


def seconds_bare(items: list[Document]) -> float:
    """Return how long one core takes to extract the same pages with trafilatura alone."""
    outlet = Outlet("bao", "Báo", items[0].kind)
    pages = [article_html(item, outlet, f"https://bao.example/{item.id}") for item in items]
    trafilatura.extract(pages[0], fast=True)
    began = time.process_time()
    texts = [trafilatura.extract(page, fast=True) for page in pages]
    seconds = time.process_time() - began
    assert all(texts)
    return seconds
