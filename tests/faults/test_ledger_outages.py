"""faults.md A3, A5 and A11: a full disk, a lost server, a kill in the middle of an upgrade."""

from __future__ import annotations

import itertools
import os
import signal
from pathlib import Path

import psycopg
import pytest
from pytest_django.plugin import DjangoDbBlocker

from langnghe.errors import LedgerUnavailable
from langnghe.settings import Settings, load_settings
from langnghe.source import FetchReport, Source, SourceKind
from tests.contract.ledger.samples import NOW, article

SOURCE = Source("bao-a", "Báo A", "Báo A", SourceKind.FEED, "https://bao-a.example/rss")


def test_a_full_disk_keeps_what_was_acknowledged_and_goes_on_when_there_is_room(
    ledger_sqlite: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger import boot, database, dump, ingest, queries, sources

    sources.seed_sources([SOURCE], NOW)
    with monkeypatch.context() as full:
        # The pragma makes SQLite say what a full disk says, on every connection.
        full.setattr(database, "SQLITE_PRAGMAS", database.SQLITE_PRAGMAS + _pages(ledger_sqlite))
        boot.setup(ledger_sqlite)
        stored: list[str] = []
        with pytest.raises(LedgerUnavailable, match="full"):
            for number in itertools.count(1):
                batch = [article(number * 10 + n, text="nước " * 500) for n in range(10)]
                stored += ingest.record_ingest(batch, NOW).new
        with pytest.raises(LedgerUnavailable, match="full"):
            for _ in range(10_000):
                sources.record_report(FetchReport("bao-a", NOW, NOW, "ok", etag='"new"'), NOW)
        [(_, state)] = sources.load_sources()
        fetches = len(sources.fetch_log("bao-a", 10_000))
        assert queries.counters().collected == len(stored) > 0
    boot.setup(ledger_sqlite)
    assert queries.counters().collected == len(stored)
    assert state.fetch_count >= fetches
    again = [article(number) for number in range(10, 10 + len(stored) + 10)]
    assert len(ingest.record_ingest(again, NOW).new) == 10
    assert dump.integrity_problems(ledger_sqlite) == []


def _pages(settings: Settings) -> str:
    """Return the pragma that allows the ledger a few more pages than it has."""
    import sqlite3

    ledger = sqlite3.connect(settings.sqlite_path)
    used = ledger.execute("PRAGMA page_count").fetchone()[0]
    ledger.close()
    return f"PRAGMA max_page_count={used + 60};"


def test_a_lost_connection_is_said_and_the_next_call_works(ledger_postgres: Settings) -> None:
    from django.db import connection

    from ledger import ingest, queries

    ingest.record_ingest([article(1)], NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    with psycopg.connect(ledger_postgres.database_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [backend])
    with pytest.raises(LedgerUnavailable):
        ingest.record_ingest([article(2)], NOW)
    assert ingest.record_ingest([article(2)], NOW).new == ("doc-0002",)
    assert queries.counters().collected == 2


def test_a_server_that_is_not_there_is_said(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    from ledger import boot, queries

    url = "postgresql://nobody@127.0.0.1:9/langnghe"
    with django_db_blocker.unblock():
        boot.setup(load_settings({"LANGNGHE_DATABASE_URL": url}, data_dir=tmp_path))
        with pytest.raises(LedgerUnavailable):
            queries.counters()


def test_an_upgrade_killed_at_any_commit_can_be_run_again(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    from ledger import audit, boot, dump, ingest

    settings = load_settings({}, data_dir=tmp_path / "data")
    with django_db_blocker.unblock():
        boot.setup(settings)
        kills = 0
        while _migration_dies(settings, commits=3):
            kills += 1
            assert dump.integrity_problems(settings) == []
        boot.migrate()
        assert kills >= 3
        assert not boot.needs_migration()
        assert ingest.record_ingest([article(1)], NOW).new == ("doc-0001",)
        audit.record("an@example.vn", "search", "nước máy", NOW)
        assert audit.verify().is_intact
        boot.close()


def _migration_dies(settings: Settings, commits: int) -> bool:
    """Migrate in a process that kills itself just before its last allowed commit."""
    from django.db import connection

    from ledger import boot

    boot.close()
    child = os.fork()
    if not child:
        commit = connection._commit
        made = itertools.count(1)

        def commit_or_die() -> None:
            if next(made) == commits:
                os.kill(os.getpid(), signal.SIGKILL)
            commit()

        connection._commit = commit_or_die
        try:
            boot.migrate()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
