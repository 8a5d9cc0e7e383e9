"""A whole file into the ledger in small transactions; can be stopped and taken up again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from crawlers.imports.mapping import ColumnMapping, document_of
from crawlers.imports.reasons import BadRow, Reason, RowError, row_error
from crawlers.imports.table import read_table
from langnghe.document import Document

_BATCH = 200
_ERRORS_KEPT = 1000


@dataclass(frozen=True)
class Taken:
    """What became of a batch: how many documents were new, and the ids of those refused."""

    new: int
    refused: frozenset[str] = frozenset()


Put = Callable[[Sequence[Document]], Taken]


@dataclass
class ImportOutcome:
    """What became of the rows. ``last_row`` is where a stopped import is taken up.

    ``errors`` holds the first ones, ``bad`` counts all of them.
    """

    rows: int = 0
    new: int = 0
    known: int = 0
    bad: int = 0
    last_row: int = 0
    errors: list[RowError] = field(default_factory=list)


@dataclass
class _Batch:
    documents: list[tuple[int, Document]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.documents) + len(self.errors)


def load_file(
    path: Path,
    mapping: ColumnMapping,
    put: Put,
    *,
    now: datetime,
    author_key: bytes,
    state_dir: Path | None = None,
    progress: Callable[[ImportOutcome], None] = lambda outcome: None,
    reject: Callable[[Sequence[RowError]], None] = lambda errors: None,
) -> ImportOutcome:
    """Hand the file's documents to ``put`` batch by batch, and its bad rows to ``reject``.

    After each batch the place is kept in ``state_dir``, so that the same import, stopped, goes on
    after the last batch that was stored; a batch that was stored when it was stopped may be handed
    over once more. Without ``state_dir`` it is a dry run's plain reading. A row that cannot be
    taken is reported, never dropped silently, and the next one is read. An import that was done
    says again what it did, until :func:`forget_place`.
    """
    state = _place(path, mapping, state_dir)
    outcome = _resumed(state)
    batch = _Batch()
    number = outcome.last_row

    def store() -> None:
        _store(batch, put, reject, outcome)
        outcome.last_row = number
        _keep(outcome, state)
        progress(outcome)

    for number, row in read_table(path):
        if number <= outcome.last_row:
            continue
        outcome.rows += 1
        if isinstance(row, RowError):
            batch.errors.append(row)
        else:
            _understand(number, row, mapping, batch, now, author_key)
        if len(batch) >= _BATCH:
            store()
    store()
    return outcome


def forget_place(path: Path, mapping: ColumnMapping, state_dir: Path) -> None:
    """Let a finished import be done once more from its beginning."""
    place = _place(path, mapping, state_dir)
    if place is not None:
        place.unlink(missing_ok=True)


def _place(path: Path, mapping: ColumnMapping, state_dir: Path | None) -> Path | None:
    return state_dir / f"{_fingerprint(path, mapping)}.json" if state_dir else None


def _understand(
    number: int,
    row: Mapping[str, str],
    mapping: ColumnMapping,
    batch: _Batch,
    now: datetime,
    author_key: bytes,
) -> None:
    try:
        batch.documents.append((number, document_of(row, mapping, now, author_key)))
    except BadRow as error:
        batch.errors.append(row_error(number, error.reason, error.detail))
    except ValueError as error:
        batch.errors.append(row_error(number, Reason.BAD_CELLS, str(error)))


def _store(
    batch: _Batch,
    put: Put,
    reject: Callable[[Sequence[RowError]], None],
    outcome: ImportOutcome,
) -> None:
    if batch.documents:
        taken = put([doc for _, doc in batch.documents])
        refused = [number for number, doc in batch.documents if doc.id in taken.refused]
        outcome.new += taken.new
        outcome.known += len(batch.documents) - taken.new - len(refused)
        batch.errors.extend(row_error(number, Reason.REFUSED) for number in refused)
    if batch.errors:
        batch.errors.sort(key=lambda error: error.row)
        reject(batch.errors)
        outcome.bad += len(batch.errors)
        outcome.errors.extend(batch.errors[: _ERRORS_KEPT - len(outcome.errors)])
    batch.documents.clear()
    batch.errors.clear()


def _keep(outcome: ImportOutcome, state: Path | None) -> None:
    if state is not None:
        state.parent.mkdir(parents=True, exist_ok=True)
        draft = state.with_suffix(".new")
        draft.write_text(json.dumps(asdict(outcome)), "utf-8")
        draft.replace(state)


def _resumed(state: Path | None) -> ImportOutcome:
    if state is None or not state.exists():
        return ImportOutcome()
    try:
        return outcome_from(json.loads(state.read_text("utf-8")))
    except (ValueError, KeyError, TypeError):
        return ImportOutcome()


def outcome_from(kept: Mapping[str, object]) -> ImportOutcome:
    """Return the outcome that ``asdict`` made; raises ValueError, KeyError or TypeError."""
    errors = kept["errors"]
    if not isinstance(errors, list):
        raise TypeError("errors is no list")
    made = [RowError(e["row"], Reason(e["reason"]), e["detail"]) for e in errors]
    return ImportOutcome(**{**kept, "errors": made})  # type: ignore[arg-type]


def _fingerprint(path: Path, mapping: ColumnMapping) -> str:
    stat = path.stat()
    chosen = [dict(mapping.columns), mapping.kind, mapping.outlet]
    seen = json.dumps([str(path.resolve()), stat.st_size, stat.st_mtime_ns, *chosen])
    return hashlib.sha256(seen.encode()).hexdigest()[:24]
