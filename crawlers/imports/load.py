"""A whole file into the ledger in small transactions; can be stopped and taken up again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from crawlers.imports.mapping import ColumnMapping, document_of
from crawlers.imports.table import read_table
from langnghe.document import Document
from langnghe.errors import InvalidDocument

_BATCH = 200
_ERRORS_KEPT = 1000


@dataclass(frozen=True)
class RowError:
    """One row that was not taken, and why; ``row`` counts as the file's own program does."""

    row: int
    message: str


@dataclass
class ImportOutcome:
    """What became of the rows. ``last_row`` is where a stopped import is taken up."""

    rows: int = 0
    new: int = 0
    known: int = 0
    last_row: int = 0
    errors: list[RowError] = field(default_factory=list)


def load_file(
    path: Path,
    mapping: ColumnMapping,
    put: Callable[[Sequence[Document]], int],
    *,
    now: datetime,
    author_key: bytes,
    state_dir: Path | None = None,
    progress: Callable[[ImportOutcome], None] = lambda outcome: None,
) -> ImportOutcome:
    """Hand the file's documents to ``put`` (which returns how many were new), batch by batch.

    After each batch the place is kept in ``state_dir``, so that the same import, stopped, goes on
    after the last batch that was stored. Without ``state_dir`` it is a dry run's plain reading.
    Rows that cannot be taken are listed, never dropped silently.
    """
    state = state_dir / f"{_fingerprint(path, mapping)}.json" if state_dir else None
    outcome = _resumed(state)
    batch: list[Document] = []
    rows = read_table(path)
    number = 0
    while True:
        try:
            number, row = next(rows)
        except StopIteration:
            break
        except InvalidDocument as error:
            outcome.errors.append(RowError(number + 1, str(error)))
            break
        if number <= outcome.last_row:
            continue
        outcome.rows += 1
        try:
            batch.append(document_of(row, mapping, now, author_key))
        except (InvalidDocument, ValueError) as error:
            if len(outcome.errors) < _ERRORS_KEPT:
                outcome.errors.append(RowError(number, str(error)))
        if len(batch) >= _BATCH:
            _store(batch, put, outcome, number, state)
            progress(outcome)
    _store(batch, put, outcome, number, state)
    progress(outcome)
    if state is not None:
        state.unlink(missing_ok=True)
    return outcome


def _store(
    batch: list[Document],
    put: Callable[[Sequence[Document]], int],
    outcome: ImportOutcome,
    row: int,
    state: Path | None,
) -> None:
    if batch:
        new = put(batch)
        outcome.new += new
        outcome.known += len(batch) - new
        batch.clear()
    outcome.last_row = row
    if state is not None:
        state.parent.mkdir(parents=True, exist_ok=True)
        draft = state.with_suffix(".new")
        draft.write_text(json.dumps(asdict(outcome)), "utf-8")
        draft.replace(state)


def _resumed(state: Path | None) -> ImportOutcome:
    if state is None or not state.exists():
        return ImportOutcome()
    try:
        kept = json.loads(state.read_text("utf-8"))
        kept["errors"] = [RowError(**error) for error in kept["errors"]]
        return ImportOutcome(**kept)
    except (ValueError, KeyError, TypeError):
        return ImportOutcome()


def _fingerprint(path: Path, mapping: ColumnMapping) -> str:
    stat = path.stat()
    seen = json.dumps(
        [str(path.resolve()), stat.st_size, stat.st_mtime_ns, dict(mapping.columns), mapping.kind]
    )
    return hashlib.sha256(seen.encode()).hexdigest()[:24]
