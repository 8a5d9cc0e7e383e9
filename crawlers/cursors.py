"""Where each source stands, kept beside the ledger: what to read next while the ledger is down.

One file holds every source and its fetch state, one the documents whose page is known to be stored.
Both are copies: where one is missing or broken, only what an outage would have read is lost.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers.plain import from_plain, to_plain
from crawlers.polling import next_fetch
from crawlers.ports import CrawlJob
from langnghe.source import FetchReport

_RENEWED_S = 60.0
_PAGES_KEPT = 50_000
_AT_ONCE = datetime.min.replace(tzinfo=UTC)


class Cursors:
    """All sources with their states, as the ledger last gave them and as fetches moved them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "cursors.json"
        self._pages_path = folder / "pages.json"
        self._jobs: dict[str, CrawlJob] | None = None

    def is_fresh(self) -> bool:
        """Return whether the copy was made in the last minute."""
        try:
            return time.time() - self._path.stat().st_mtime < _RENEWED_S
        except OSError:
            return False

    def renew(self, jobs: Iterable[CrawlJob]) -> None:
        """Take over what the ledger says."""
        self._jobs = {job.source.id: job for job in jobs}
        self._save()

    def due(self, now: datetime, limit: int) -> list[CrawlJob]:
        """Return enabled sources whose next fetch has come, longest waiting first."""
        found = [
            job for job in self._load().values() if job.source.is_enabled and _is_due(job, now)
        ]
        found.sort(key=lambda job: job.state.next_fetch_at or _AT_ONCE)
        return found[:limit]

    def advance(self, report: FetchReport) -> None:
        """Move a source's cursor on as the ledger will when it hears of the fetch."""
        jobs = self._load()
        if job := jobs.get(report.source_id):
            state = next_fetch(job.source, job.state, report)
            jobs[report.source_id] = replace(job, state=state)
            self._save()

    def known_pages(self) -> set[str]:
        """Return the newest documents whose page is stored, by id."""
        return set(_read(self._pages_path))

    def keep_pages(self, ids: Iterable[str]) -> None:
        """Add documents whose page is stored; the newest are kept."""
        newest = dict.fromkeys([*_read(self._pages_path), *ids])
        _write(self._pages_path, list(newest)[-_PAGES_KEPT:])

    def _load(self) -> dict[str, CrawlJob]:
        if self._jobs is None:
            try:
                jobs = [from_plain(CrawlJob, row) for row in _read(self._path)]
            except (ValueError, TypeError, KeyError):
                jobs = []
            self._jobs = {job.source.id: job for job in jobs}
        return self._jobs

    def _save(self) -> None:
        _write(self._path, [to_plain(job) for job in self._load().values()])


def _is_due(job: CrawlJob, now: datetime) -> bool:
    return job.state.next_fetch_at is None or job.state.next_fetch_at <= now


def _read(path: Path) -> list[Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []


def _write(path: Path, data: Sequence[object]) -> None:
    """Replace the file at once, so that a kill leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    draft.replace(path)
