"""A new generation beside the active one, swapped in by one transaction."""

# ruff: noqa: S608 - table names hold a generation number of our own, values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from indexer.embedded.connection import Connections, add_generation
from indexer.embedded.schema import create_tables, drop_tables
from indexer.embedded.writer import Writer
from indexer.store import INDEX_VERSION
from langnghe.analysis import AnalysedDocument
from langnghe.errors import StoreError


class EmbeddedRebuild:
    """The Rebuild port. Progress lies in the index file, so a killed reindex goes on."""

    def __init__(self, connections: Connections, *, fresh: bool) -> None:
        self._connections = connections
        with connections.writing() as db:
            number = building_generation(db)
            stale = db.execute(
                "SELECT number FROM generations WHERE state = 'building' AND (? OR version <> ?)",
                (fresh, INDEX_VERSION),
            ).fetchone()
            if stale is not None:
                drop_tables(db, stale[0])
                db.execute("DELETE FROM generations WHERE number = ?", stale)
                number = None
            if number is None:
                number = add_generation(db, "building")
                create_tables(db, number)
            self.number = number
            self.cursor, self.written = db.execute(
                "SELECT cursor, written FROM generations WHERE number = ?", (number,)
            ).fetchone()

    def add(self, items: Sequence[AnalysedDocument], cursor: str) -> None:
        with self._connections.writing() as db:
            self._check(db)
            Writer(db, self.number).put_missing(items)
            written = self.written + len(items)
            db.execute(
                "UPDATE generations SET cursor = ?, written = ? WHERE number = ?",
                (cursor, written, self.number),
            )
        self.cursor, self.written = cursor, written

    def finish(self) -> None:
        with self._connections.writing() as db:
            self._check(db)
            db.execute(f"INSERT INTO fts_{self.number} (fts_{self.number}) VALUES ('optimize')")
        with self._connections.writing() as db:
            self._check(db)
            (old,) = db.execute("SELECT number FROM generations WHERE state = 'active'").fetchone()
            db.execute("DELETE FROM generations WHERE number = ?", (old,))
            db.execute("UPDATE generations SET state = 'active' WHERE number = ?", (self.number,))
            drop_tables(db, old)

    def _check(self, db: sqlite3.Connection) -> None:
        if building_generation(db) != self.number:
            raise StoreError("another reindex took over")


def building_generation(db: sqlite3.Connection) -> int | None:
    """Return the generation of this program's version that is being built, None when there is
    none."""
    row = db.execute(
        "SELECT number FROM generations WHERE state = 'building' AND version = ?", (INDEX_VERSION,)
    ).fetchone()
    return None if row is None else int(row[0])
