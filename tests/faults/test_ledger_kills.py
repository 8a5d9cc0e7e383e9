"""faults.md A1, A2 and A10: killed anywhere, cut anywhere, written by many at once.

The short counts run with ``make test``, the long ones with ``make faults``.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import signal
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from langnghe.settings import Settings
from tests.contract.ledger.samples import NOW, analysis, article, feed_item, links
from tests.faults.ledger_worker import DOCUMENTS, crawl, forked, kill_at_random, work

_COPIES_A_LOG = 10
LONG_AFTER = timedelta(days=1)


def fill() -> None:
    from ledger import ingest

    ingest.record_ingest([article(n) for n in range(1, DOCUMENTS + 1)], NOW)


def finish() -> None:
    """Do all the work that is left, as a worker does that nobody kills."""
    from langnghe.story import StoryChange
    from ledger import analyses, documents, work

    now = datetime.now(UTC) + LONG_AFTER
    while any(work.backlog().values()):
        for stage in work.Stage:
            items = work.claim(stage, 50, now, 60, "last")
            if stage is work.Stage.ANALYSE:
                docs = documents.load_documents([item.document_id for item in items])
                analyses.record_analyses(items, [analysis(d) for d in docs], StoryChange(), NOW)
            else:
                work.complete(items)
        now += LONG_AFTER


def check_whole(settings: Settings, documents: int = DOCUMENTS) -> None:
    """Nothing lost, nothing doubled, and every figure agrees with the rows behind it."""
    from django.db.models import Count, F

    from ledger import dump, quarantine, queries
    from ledger.models import (
        AnalysisRow,
        DocumentRow,
        RevisionRow,
        SightingRow,
        StoryLinkRow,
        StoryRow,
        WorkRow,
    )

    assert quarantine.entries() == []
    figures = queries.counters()
    assert figures.collected == figures.analysed == figures.indexed == documents
    assert WorkRow.objects.count() == 0
    assert AnalysisRow.objects.count() == SightingRow.objects.count() == documents
    stale = AnalysisRow.objects.exclude(revision=F("document__revision"))
    assert not stale.exists()
    newest = RevisionRow.objects.filter(number=F("document__revision"))
    assert newest.filter(content_hash=F("document__content_hash")).count() == documents
    unlinked = DocumentRow.objects.filter(story__isnull=False, story_link__isnull=True)
    assert not unlinked.exists()
    assert not StoryLinkRow.objects.exclude(story=F("document__story")).exists()
    counted = StoryRow.objects.annotate(found=Count("documents"))
    assert not counted.exclude(document_count=F("found")).exists()
    assert dump.integrity_problems(settings) == []


def day(now: datetime) -> None:
    """Take a dozen articles through every commit that the ledger knows."""
    from ledger import analyses, audit, documents, ingest, stories, work

    docs = [article(n) for n in range(1, 13)]
    items = [feed_item(n) for n in range(1, 13)]
    ingest.record_ingest(items, NOW)
    ingest.record_ingest(docs, NOW)
    edited = article(1, title="Tiêu đề sửa")
    ingest.record_ingest([edited], NOW)
    for _ in range(3):
        claimed = work.claim(work.Stage.ANALYSE, 5, now, 60, "day")
        found = documents.load_documents([item.document_id for item in claimed])
        change = links("s1", [d for d in found if d.id < "doc-0007"])
        analyses.record_analyses(claimed, [analysis(d) for d in found], change, NOW)
    work.fail(work.claim(work.Stage.INDEX, 2, now, 60, "day"), "a bad moment", now)
    for stage in (work.Stage.INDEX, work.Stage.MATCH):
        work.complete(work.claim(stage, 50, now, 60, "day"))
    if documents.load_analysed(["doc-0002"])[0].analysis:
        analyses.correct_label("doc-0002", "tone", "pos", "an@example.vn", NOW)
    with contextlib.suppress(stories.UnknownStory):
        stories.rename("s1", "Nước máy", "an@example.vn", NOW)
    audit.record("an@example.vn", "search", "nước máy", NOW)


def dies_at_commit(number: int, moment: str, now: datetime) -> bool:
    """Run a day in a process that kills itself at its commit ``number``, before or after it.

    False once a day has fewer commits than that.
    """
    from django.db import connection

    from ledger import boot

    boot.close()
    child_pid = os.fork()
    if not child_pid:
        commit = connection._commit
        commits = itertools.count(1)

        def commit_or_die() -> None:
            is_last = next(commits) == number
            if is_last and moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            commit()
            if is_last:
                os.kill(os.getpid(), signal.SIGKILL)

        connection._commit = commit_or_die
        try:
            day(now)
        finally:
            os._exit(0)
    _, status = os.waitpid(child_pid, 0)
    return os.WIFSIGNALED(status)


def test_killed_before_and_after_each_commit_nothing_is_lost_or_doubled(ledger: Settings) -> None:
    from ledger import audit, stories

    now = datetime.now(UTC)
    kills = 0
    for number in itertools.count(1):
        died = [dies_at_commit(number, moment, now) for moment in ("before", "after")]
        kills += sum(died)
        now += timedelta(minutes=10)
        if not all(died):
            break
    assert kills >= 20
    finish()
    check_whole(ledger, 12)
    assert stories.story("s1").document_count == 6
    assert audit.verify().is_intact


def test_random_kills_of_busy_processes_lose_and_double_nothing(ledger: Settings) -> None:
    fill()
    kill_at_random(12)
    finish()
    check_whole(ledger)


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_three_hundred_kills_lose_and_double_nothing(ledger: Settings) -> None:
    fill()
    kill_at_random(300)
    finish()
    check_whole(ledger)


def cut_the_log(settings: Settings, scratch: Path, times: int) -> None:
    """Copy database and log at random moments, cut the log's tail, and open what is left.

    A reader that is older than the log keeps every frame out of the database file: a power cut
    can only take frames that were not synced, and none of those is ever moved there.
    """
    fill()
    dice = random.Random(times)
    held = 0
    for start in range(0, times, _COPIES_A_LOG):
        with closing(sqlite3.connect(settings.sqlite_path)) as reader:
            reader.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            reader.execute("BEGIN")
            reader.execute("SELECT COUNT(*) FROM ledger_documentrow").fetchone()
            with forked(crawl, start), forked(work, start + 1):
                for number in range(start, min(start + _COPIES_A_LOG, times)):
                    time.sleep(dice.uniform(0, 0.05))
                    held += _opens_whole(_cut_copy(settings.sqlite_path, scratch, number, dice))
    # What was stored before the log began is in every copy.
    assert held == times * DOCUMENTS


def _cut_copy(source: Path, scratch: Path, number: int, dice: random.Random) -> Path:
    copy = scratch / f"{number}.sqlite3"
    log = copy.with_name(copy.name + "-wal")
    shutil.copy(source, copy)
    shutil.copy(source.with_name(source.name + "-wal"), log)
    os.truncate(log, dice.randrange(log.stat().st_size + 1))
    return copy


def _opens_whole(path: Path) -> int:
    """Return how many documents a cut copy holds; it must be a state that was once committed."""
    with closing(sqlite3.connect(path)) as cut:
        assert cut.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert cut.execute("PRAGMA foreign_key_check").fetchall() == []
        # Every commit keeps these equal, so a prefix of the commits does too.
        torn = cut.execute(
            "SELECT COUNT(*) FROM ledger_documentrow d LEFT JOIN ledger_revisionrow r "
            "ON r.document_id = d.id AND r.number = d.revision "
            "AND r.content_hash = d.content_hash WHERE r.id IS NULL"
        ).fetchone()[0]
        waiting = cut.execute(
            "SELECT COUNT(*) FROM ledger_documentrow d LEFT JOIN ledger_workrow w "
            "ON w.document_id = d.id AND w.stage = 'analyse' "
            "WHERE (d.state = 'waiting') <> (w.id IS NOT NULL)"
        ).fetchone()[0]
        assert (torn, waiting) == (0, 0)
        count: int = cut.execute("SELECT COUNT(*) FROM ledger_documentrow").fetchone()[0]
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()
    return count


def test_a_log_cut_anywhere_is_a_prefix_of_the_commits(
    ledger_sqlite: Settings, tmp_path: Path
) -> None:
    cut_the_log(ledger_sqlite, tmp_path, 20)


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_two_hundred_cut_logs_are_prefixes_of_the_commits(
    ledger_sqlite: Settings, tmp_path: Path
) -> None:
    cut_the_log(ledger_sqlite, tmp_path, 200)


def write_at_once(writers: int, transactions: int) -> None:
    """Let threads, each with a connection of its own, write as fast as they can."""
    from ledger import boot, ingest

    errors: list[Exception] = []

    def write(writer: int) -> None:
        try:
            for number in range(transactions):
                ingest.record_ingest([article(writer * 1000 + number)], NOW)
        except Exception as error:  # noqa: BLE001 - all of them are counted below
            errors.append(error)
        finally:
            boot.close()

    threads = [threading.Thread(target=write, args=(w,)) for w in range(1, writers + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_four_writers_never_find_the_database_locked(ledger: Settings) -> None:
    from ledger import queries

    write_at_once(4, 25)
    assert queries.counters().collected == 100


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_four_writers_of_300_transactions(ledger: Settings) -> None:
    from ledger import queries

    write_at_once(4, 300)
    assert queries.counters().collected == 1200


def test_two_crawlers_with_the_same_articles_store_each_once(ledger: Settings) -> None:
    from ledger import boot, ingest, queries

    docs = [article(n) for n in range(1, 41)]
    results: list[int] = []

    def crawl(start: int) -> None:
        for first in range(0, 40, 8):
            batch = docs[(first + start) % 40 :][:8]
            results.append(len(ingest.record_ingest(batch, NOW).new))
        boot.close()

    threads = [threading.Thread(target=crawl, args=(start,)) for start in (0, 0, 8, 24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(results) == queries.counters().collected == 40
