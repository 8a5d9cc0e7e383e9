"""Connections to the embedded index: one a thread, errors in our own words."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.embedded.schema import create_generations, create_tables
from indexer.store import INDEX_VERSION
from langnghe.errors import IndexOutdated, StoreError, StoreUnavailable

_BUSY_MS = 30_000


class Connections:
    """Opens the file when first used. Never shares a connection between threads or processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    @contextmanager
    def reading(self) -> Iterator[tuple[sqlite3.Connection, int]]:
        """Give a connection in one snapshot and the active generation."""
        with self.opened() as db:
            yield db, active_generation(db)

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """Give a connection in one snapshot, whatever built the index."""
        with self._transaction("BEGIN") as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection in one durable transaction; all of it holds or nothing."""
        with self._transaction("BEGIN IMMEDIATE") as db:
            yield db

    def close(self) -> None:
        """Close this thread's connection."""
        db = getattr(self._local, "db", None)
        if db is not None:
            db.close()
            self._local.db = None

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        try:
            db = self._connection()
            db.execute(begin)
            try:
                yield db
            except BaseException:
                db.rollback()
                raise
            db.commit()
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"{self.path}: {error}") from error
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {error}") from error

    def _connection(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is not None and self._local.pid == os.getpid():
            return db
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, isolation_level=None)
        db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA cache_size = -65536")
        db.execute("PRAGMA temp_store = MEMORY")
        _prepare(db)
        self._local.db, self._local.pid = db, os.getpid()
        return db


def active_generation(db: sqlite3.Connection) -> int:
    """Return the generation that is searched; raises IndexOutdated."""
    version = index_version(db)
    if version != INDEX_VERSION:
        raise IndexOutdated(f"the index has version {version}, this program {INDEX_VERSION}")
    row = db.execute("SELECT number FROM generations WHERE state = 'active'").fetchone()
    return int(row[0])


def index_version(db: sqlite3.Connection) -> str:
    """Return what built the generation that is searched."""
    row = db.execute("SELECT version FROM generations WHERE state = 'active'").fetchone()
    return str(row[0])


def _prepare(db: sqlite3.Connection) -> None:
    found = db.execute(
        "SELECT count(*) FROM sqlite_master WHERE name = 'one_generation_a_state'"
    ).fetchone()
    if found[0]:
        return
    db.execute("BEGIN IMMEDIATE")
    create_generations(db)
    if not db.execute("SELECT 1 FROM generations").fetchone():
        number = add_generation(db, "active")
        create_tables(db, number)
    db.commit()


def add_generation(db: sqlite3.Connection, state: str) -> int:
    """Enter a new generation of this program's version and return its number."""
    done = db.execute(
        "INSERT INTO generations (state, version) VALUES (?, ?)", (state, INDEX_VERSION)
    )
    assert done.lastrowid is not None
    return done.lastrowid
