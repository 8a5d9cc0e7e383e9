"""Writing documents into one generation of the embedded index."""

# ruff: noqa: S608 - table names hold a generation number of our own, values are parameters

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from indexer.embedded.schema import (
    FIELD_NUMBERS,
    FTS_COLUMNS,
    SEQUENCE_BITS,
    first_rowid,
    fts_row,
    second_of,
)
from langnghe.analysis import AnalysedDocument
from langnghe.query.words import TextWords, item_values, item_words, whole_second

_FIELD_NAMES = {number: name for name, number in FIELD_NUMBERS.items()}
_NAME_SPACE = 1 << 32
_CHUNK = 500


class Writer:
    """Adds and removes documents within the caller's transaction.

    FTS5 is fed in the order of rowids, because it starts a new segment whenever they step back.
    """

    def __init__(self, db: sqlite3.Connection, generation: int) -> None:
        self.db = db
        self.g = int(generation)
        self._names: dict[tuple[str, str], int] = {}
        self._fts: list[tuple[int, int, tuple[str, ...]]] = []  # rowid, 0 remove 1 add, columns

    def put(self, items: Iterable[AnalysedDocument]) -> None:
        """Add or replace ``items``; of several with one id the last counts."""
        latest = {item.document.id: item for item in items}
        kept = self._remove(list(latest), latest)
        # Those that keep their rowid come first, so that no new document of that second takes it.
        for rowid, item in sorted(
            ((_kept_rowid(item, kept), item) for item in latest.values()),
            key=lambda row: (row[0] is None, row[1].document.published_at),
        ):
            self._add(item, rowid)
        self._feed()

    def put_missing(self, items: Iterable[AnalysedDocument]) -> None:
        """Add those of ``items`` that are neither there nor deleted meanwhile."""
        latest = {item.document.id: item for item in items}
        present = {row[1] for row in self._rows("rowid, id", list(latest))}
        present.update(row[0] for row in self.db.execute(f"SELECT id FROM gone_{self.g}"))
        self.put(item for key, item in latest.items() if key not in present)

    def delete(self, document_ids: Sequence[str]) -> None:
        """Remove documents; unknown ids are fine."""
        self._remove(list(document_ids))
        self._feed()

    def remember_deleted(self, document_ids: Sequence[str]) -> None:
        """Keep ``put_missing`` from adding ``document_ids``."""
        self.db.executemany(
            f"INSERT OR IGNORE INTO gone_{self.g} VALUES (?)", [(i,) for i in document_ids]
        )

    def _rows(self, columns: str, ids: Sequence[str]) -> Iterable[tuple[int, str, str, str, str]]:
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            yield from self.db.execute(
                f"SELECT {columns} FROM docs_{self.g} WHERE id IN ({marks})", chunk
            ).fetchall()

    def _remove(
        self, ids: Sequence[str], following: Mapping[str, AnalysedDocument] = MappingProxyType({})
    ) -> dict[str, int]:
        """Remove ``ids`` and return the rowids that they had; ``following`` come in their place."""
        rows = list(self._rows("rowid, id, title, lead, text", ids))
        for rowid, key, *text in rows:
            words = _same_words(following.get(key), text) or TextWords(*text)
            self._fts.append((rowid, 0, fts_row(words, self._values(rowid))))
        gone = [(row[0],) for row in rows]
        self.db.executemany(f"DELETE FROM docs_{self.g} WHERE rowid = ?", gone)
        self.db.executemany(f"DELETE FROM vals_{self.g} WHERE doc = ?", gone)
        return {row[1]: row[0] for row in rows}

    def _values(self, rowid: int) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for field, value in self.db.execute(
            f"SELECT n.field, n.value FROM vals_{self.g} v JOIN names_{self.g} n"
            " ON n.number = v.name WHERE v.doc = ?",
            (rowid,),
        ):
            found[_FIELD_NAMES[field]].append(value)
        return found

    def _add(self, item: AnalysedDocument, kept_rowid: int | None) -> None:
        doc, words = item.document, item_words(item)
        rowid = self._free_rowid(words.published_second) if kept_rowid is None else kept_rowid
        values = item_values(item)
        self.db.execute(
            f"INSERT INTO docs_{self.g} VALUES (?,?,?,?,?,?,?,?,?,?)",
            (
                rowid,
                doc.id,
                doc.published_at.isoformat(),
                doc.outlet,
                doc.kind.value,
                doc.url,
                item.story_id,
                doc.title,
                doc.lead,
                doc.text,
            ),
        )
        names = {self._name(field, value) for field in values for value in values[field]}
        self.db.executemany(
            f"INSERT INTO vals_{self.g} VALUES (?, ?)", [(rowid, name) for name in sorted(names)]
        )
        self._fts.append((rowid, 1, fts_row(words, values)))

    def _free_rowid(self, second: int) -> int:
        """Return the next rowid of ``second``; more than 1,024 documents flow into the next."""
        first = first_rowid(second)
        while True:
            after = first + (1 << SEQUENCE_BITS)
            (last,) = self.db.execute(
                f"SELECT max(rowid) FROM docs_{self.g} WHERE rowid >= ? AND rowid < ?",
                (first, after),
            ).fetchone()
            rowid = first if last is None else int(last) + 1
            if rowid < after:
                return rowid
            first = after

    def _name(self, field: str, value: str) -> int:
        known = self._names.get((field, value))
        if known is not None:
            return known
        field_number = FIELD_NUMBERS[field]
        row = self.db.execute(
            f"SELECT number FROM names_{self.g} WHERE field = ? AND value = ?",
            (field_number, value),
        ).fetchone()
        if row is None:
            low, high = name_range(field)
            (last,) = self.db.execute(
                f"SELECT max(number) FROM names_{self.g} WHERE number BETWEEN ? AND ?", (low, high)
            ).fetchone()
            row = (low if last is None else last + 1,)
            self.db.execute(
                f"INSERT INTO names_{self.g} VALUES (?, ?, ?)", (row[0], field_number, value)
            )
        number = int(row[0])
        self._names[field, value] = number
        return number

    def _feed(self) -> None:
        columns = ", ".join(FTS_COLUMNS)
        marks = ", ".join("?" * len(FTS_COLUMNS))
        fts = f"fts_{self.g}"
        add = f"INSERT INTO {fts} (rowid, {columns}) VALUES (?, {marks})"
        remove = f"INSERT INTO {fts} ({fts}, rowid, {columns}) VALUES ('delete', ?, {marks})"
        for rowid, is_added, row in sorted(self._fts, key=lambda entry: entry[:2]):
            self.db.execute(add if is_added else remove, (rowid, *row))
        self._fts.clear()


def _same_words(item: AnalysedDocument | None, text: Sequence[str]) -> TextWords | None:
    """Return the words of ``item`` where its title, lead and text are still ``text``: documents
    move to another story more often than they change."""
    if item is None or [item.document.title, item.document.lead, item.document.text] != text:
        return None
    return item_words(item)


def _kept_rowid(item: AnalysedDocument, kept: Mapping[str, int]) -> int | None:
    """Return the rowid that a replaced document keeps: its own, while its second is the same."""
    rowid = kept.get(item.document.id)
    if rowid is None or second_of(rowid) != whole_second(item.document.published_at):
        return None
    return rowid


def name_range(field: str) -> tuple[int, int]:
    """Return the first and last number that values of ``field`` can have."""
    number = FIELD_NUMBERS[field]
    return number * _NAME_SPACE, (number + 1) * _NAME_SPACE - 1
