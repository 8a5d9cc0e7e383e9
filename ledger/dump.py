"""The database in one file and back: SQLite's online backup, PostgreSQL's own tools."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from langnghe.settings import Settings
from ledger.database import postgres_database
from ledger.models import AuditHeadRow

FILE_NAMES = {"sqlite": "ledger.sqlite3", "postgresql": "ledger.sql"}
_BUSY_S = 60


class DumpError(Exception):
    """The database could not be written to a file, or a file did not hold what it should."""


def save_sqlite(settings: Settings, target: Path, tables: Sequence[str]) -> dict[str, int]:
    """Copy the embedded ledger to ``target`` while it is in use; return the rows per table."""
    try:
        with (
            closing(sqlite3.connect(settings.sqlite_path, timeout=_BUSY_S)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            # In one step: between two, any commit of another process would start it all over
            # again, and a busy service never stops committing. In WAL nobody waits for it.
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            return _checked_counts(copy, tables)
    except sqlite3.Error as error:
        raise DumpError(f"SQLite: {error}") from error


def save_postgres(settings: Settings, target: Path, snapshot: str) -> None:
    """Write the state that ``snapshot`` sees to ``target`` as SQL."""
    _run(
        settings,
        "pg_dump",
        "--no-owner",
        "--no-privileges",
        "--schema=public",
        f"--snapshot={snapshot}",
        f"--file={target}",
    )


def load(settings: Settings, data: Path, counts: Mapping[str, int]) -> None:
    """Replace the ledger by ``data`` if it holds exactly ``counts``; else leave all as it is."""
    if settings.database_url:
        _load_postgres(settings, data, counts)
    else:
        _load_sqlite(settings, data, counts)


def audit_head_of(path: Path) -> str:
    """Return "number:hash" of the audit log inside a copied SQLite file."""
    with closing(sqlite3.connect(path)) as copy:
        head = copy.execute(
            f"SELECT number, hash FROM {AuditHeadRow._meta.db_table}"  # noqa: S608
        ).fetchone()
    return f"{head[0]}:{head[1]}" if head else "0:" + "0" * 64


def integrity_problems(settings: Settings) -> list[str]:
    """Return what SQLite finds wrong in the ledger's file; PostgreSQL keeps checksums itself."""
    if settings.database_url:
        return []
    try:
        with closing(sqlite3.connect(settings.sqlite_path, timeout=_BUSY_S)) as ledger:
            found = [row[0] for row in ledger.execute("PRAGMA quick_check(20)")]
            broken = ledger.execute("PRAGMA foreign_key_check").fetchmany(20)
    except sqlite3.Error as error:
        return [str(error)]
    return [line for line in found if line != "ok"] + [
        f"{table}: row {row} points to nothing in {parent}" for table, row, parent, _ in broken
    ]


def _checked_counts(copy: sqlite3.Connection, tables: Sequence[str]) -> dict[str, int]:
    found = [row[0] for row in copy.execute("PRAGMA integrity_check(20)")]
    if found != ["ok"]:
        raise DumpError("integrity check: " + "; ".join(found))
    there = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {
        table: copy.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608
        for table in tables
        if table in there
    }


def _load_sqlite(settings: Settings, data: Path, counts: Mapping[str, int]) -> None:
    try:
        with closing(sqlite3.connect(data)) as copy:
            _compare(_checked_counts(copy, sorted(counts)), counts)
    except sqlite3.Error as error:
        raise DumpError(f"SQLite: {error}") from error
    # The write-ahead log belongs to the old file; it must not be replayed onto the new one.
    path = settings.sqlite_path
    set_aside = path.with_name(path.name + ".before-restore")
    if path.exists():
        with closing(sqlite3.connect(path, timeout=_BUSY_S)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        path.replace(set_aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.move(data, path)
    set_aside.unlink(missing_ok=True)


def _load_postgres(settings: Settings, data: Path, counts: Mapping[str, int]) -> None:
    """Drop, load and compare in one transaction: a mismatch divides by zero and undoes it all."""
    if not all(table.isidentifier() for table in counts):
        raise DumpError("the manifest names a table that cannot be")
    checks = data.with_name("compare.sql")
    checks.write_text(
        "".join(
            f'SELECT 1 / (COUNT(*) = {int(rows)})::int AS "{table}" '  # noqa: S608
            f'FROM public."{table}";\n'
            for table, rows in sorted(counts.items())
        ),
        "utf-8",
    )
    _run(
        settings,
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--output=/dev/null",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--command=DROP SCHEMA public CASCADE",
        f"--file={data}",
        f"--file={checks}",
    )


def _compare(found: Mapping[str, int], counts: Mapping[str, int]) -> None:
    differing = sorted(table for table in counts if found.get(table) != counts[table])
    if differing:
        raise DumpError("counts differ from the manifest: " + ", ".join(differing))


def _run(settings: Settings, *command: str) -> None:
    """Run a tool of PostgreSQL; the password goes by the environment, where nobody lists it."""
    target = postgres_database(settings.database_url)
    environ = {
        **os.environ,
        "PGDATABASE": target["NAME"],
        "PGUSER": target["USER"],
        "PGPASSWORD": target["PASSWORD"],
        "PGHOST": target["HOST"],
        "PGPORT": target["PORT"],
        **{f"PG{k.upper()}": str(v) for k, v in target["OPTIONS"].items() if k == "sslmode"},
    }
    environ = {name: value for name, value in environ.items() if value}
    try:
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    except OSError as error:
        raise DumpError(f"{command[0]} is not installed: {error}") from error
    if done.returncode:
        raise DumpError(f"{command[0]}: {done.stderr.strip()[-500:]}")
