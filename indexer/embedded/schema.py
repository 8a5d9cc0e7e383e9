"""Tables of the embedded index. Each generation has its own set; one generation is active.

``docs``   what a hit shows; the rowid carries the time: whole second << 10 | order within it
``fts``    contentless FTS5 over our own words, never over raw text. Columns: the words as written
           (t, l, b), without marks (tf, lf, bf, each word led by ~), of documents typed without
           marks (tb, lb, bb, led by !), and x: the exact fields as words led by =.
           Words differ between spaces, so a search in all fields needs no column filter.
           Behind the words as written stand their pairs (+học+phí) in the same column: a phrase
           of two words is then one entry of the index, a longer one a phrase of rarer words.
``gone``   ids deleted while this generation is being built, so that no old batch brings them back
``vals``   document → values of exact fields, for counting; ``names`` gives the values' numbers

A newest-first page is a walk down the rowids and a range of time a range of rowids: both are what
FTS5 does best.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from indexer.value_words import value_words
from langnghe.analysis import EXACT_FIELDS
from langnghe.query.forms import Space
from langnghe.query.words import TextWords

SEQUENCE_BITS = 10
_YEAR_ONE = 62_135_596_800  # seconds from the first moment that datetime knows to the epoch

PREFIX: Mapping[Space, str] = {Space.EXACT: "", Space.FOLDED: "~", Space.BARE: "!"}
COLUMNS: Mapping[tuple[Space, str], str] = {
    (Space.EXACT, "title"): "t",
    (Space.EXACT, "lead"): "l",
    (Space.EXACT, "text"): "b",
    (Space.FOLDED, "title"): "tf",
    (Space.FOLDED, "lead"): "lf",
    (Space.FOLDED, "text"): "bf",
    (Space.BARE, "title"): "tb",
    (Space.BARE, "lead"): "lb",
    (Space.BARE, "text"): "bb",
}
PAIRED_SPACES = frozenset({Space.EXACT})
FTS_COLUMNS = (*COLUMNS.values(), "x")
FIELD_NUMBERS = {name: number for number, name in enumerate(sorted(EXACT_FIELDS), 1)}

_GENERATIONS = """
CREATE TABLE IF NOT EXISTS generations (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL CHECK (state IN ('active', 'building')),
  version TEXT NOT NULL,
  cursor TEXT NOT NULL DEFAULT '',
  written INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS one_generation_a_state ON generations (state);
"""
_TABLES = """
CREATE TABLE docs_{g} (
  rowid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  published TEXT NOT NULL,
  outlet TEXT NOT NULL,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  story TEXT NOT NULL,
  title TEXT NOT NULL,
  lead TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE TABLE names_{g} (
  number INTEGER PRIMARY KEY, field INTEGER NOT NULL, value TEXT NOT NULL, UNIQUE (field, value)
);
CREATE TABLE vals_{g} (
  doc INTEGER NOT NULL, name INTEGER NOT NULL, PRIMARY KEY (doc, name)
) WITHOUT ROWID;
CREATE TABLE gone_{g} (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE fts_{g} USING fts5(
  {columns}, content='', columnsize=0, tokenize="ascii tokenchars '~!=._%+'"
);
"""


def create_generations(db: sqlite3.Connection) -> None:
    """Make the list of generations when it is missing."""
    for statement in _GENERATIONS.split(";\n"):
        if statement.strip():
            db.execute(statement)


def create_tables(db: sqlite3.Connection, generation: int) -> None:
    """Make the empty tables of ``generation``."""
    for statement in _TABLES.format(g=generation, columns=", ".join(FTS_COLUMNS)).split(";\n"):
        if statement.strip():
            db.execute(statement)


def drop_tables(db: sqlite3.Connection, generation: int) -> None:
    """Remove the tables of ``generation``."""
    for name in ("docs", "names", "vals", "gone", "fts"):
        db.execute(f"DROP TABLE IF EXISTS {name}_{generation:d}")


def first_rowid(second: int) -> int:
    """Return the smallest rowid of a document published in ``second`` since the epoch."""
    return max(second + _YEAR_ONE, 0) << SEQUENCE_BITS


def second_of(rowid: int) -> int:
    """Return the second since the epoch that ``rowid`` stands for."""
    return (rowid >> SEQUENCE_BITS) - _YEAR_ONE


def fts_row(words: TextWords, values: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the FTS columns of a document in the order of FTS_COLUMNS."""
    columns = [_column(words.words(space, name), space) for space, name in COLUMNS]
    return (*columns, " ".join(value_words(values)))


def paired(words: Sequence[str]) -> list[str]:
    """Return each word of ``words`` with its neighbour as one word of the index."""
    return [f"+{first}+{second}" for first, second in pairwise(words)]


def _column(words: Sequence[str], space: Space) -> str:
    if space in PAIRED_SPACES:
        return " ".join([*words, *paired(words)])
    mark = PREFIX[space]
    return mark + f" {mark}".join(words) if words else ""
