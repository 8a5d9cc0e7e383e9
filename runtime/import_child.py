"""The imports' own process: reads, tries and stores the files that the room received.

``python -m runtime.child import`` does what waits and ends. A file that ends the process several
times on one stage, without a batch done in between, is given up and says so.
"""

from __future__ import annotations

import logging
import resource
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from threading import Event

from crawlers.imports.load import ImportOutcome, Put, Taken, load_file
from crawlers.imports.mapping import guess_mapping
from crawlers.imports.reasons import RowError
from crawlers.imports.table import EmptyTable, UnreadableTable, read_table
from crawlers.masking import HANDLE, mask
from langnghe.document import Document
from langnghe.errors import LangNgheError
from langnghe.wording import ERROR_SENTENCES
from ledger import audit, ingest
from runtime.imports import ImportJob, Imports, Stage
from runtime.wiring import Runtime, author_key

logger = logging.getLogger(__name__)

_SAMPLES = 5
_SHOWN_CELL = 160
_MAX_ATTEMPTS = 4
_MAX_MEMORY = 2_000_000_000
_GIVEN_UP = (
    "Tệp này làm chương trình đọc dừng nhiều lần. Hãy lưu lại thành CSV (UTF-8) rồi thử lại."
)


class _Stopped(Exception):
    """A person stopped the import, or somebody else took it over."""


def storing(now: datetime, actor: str) -> Put:
    """Return what puts documents into the ledger, behind what arrives live."""

    def put(documents: Sequence[Document]) -> Taken:
        result = ingest.record_ingest(documents, now, added_by=actor, is_behind=True)
        return Taken(len(result.new), frozenset(result.refused))

    return put


def trying() -> Put:
    """Return what counts what would be new, also within the file, and stores nothing."""
    seen: set[int] = set()

    def put(documents: Sequence[Document]) -> Taken:
        ids = dict.fromkeys(doc.id for doc in documents)
        known = ingest.known_ids(list(ids))
        new = {hash(i) for i in ids if i not in known} - seen
        seen.update(new)
        return Taken(len(new))

    return put


def main(runtime: Runtime, stop: Event) -> None:
    """Do every step that waits for a process, and end."""
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))
    imports = Imports(runtime.settings.data_dir)
    for job in reversed(imports.jobs()):
        if job.is_of_child and not stop.is_set():
            with imports.busy(job.id) as is_ours:
                if is_ours:
                    step(runtime, imports, job.id, stop)


def step(runtime: Runtime, imports: Imports, job_id: str, stop: Event) -> None:
    """Do the step that a job waits for; whatever goes wrong becomes its failure."""
    job = imports.find(job_id)
    if job is None or not job.is_of_child:
        return
    job = imports.change(job.id, [job.stage], attempts=job.attempts + 1)
    if job is None:
        return
    if job.attempts > _MAX_ATTEMPTS:
        _fail(runtime, imports, job, _GIVEN_UP)
        return
    try:
        if job.stage is Stage.READING:
            _read(imports, job)
        else:
            _load(runtime, imports, job, stop)
    except _Stopped:
        logger.info("import %s was stopped", job.id)
    except LangNgheError as error:
        logger.warning("import %s: %s", job.id, error)
        if error.retryable:
            imports.change(job.id, [job.stage], attempts=0)
            return
        _fail(runtime, imports, job, ERROR_SENTENCES.get(error.code, ERROR_SENTENCES["error"]))
    except MemoryError:
        _fail(runtime, imports, job, _GIVEN_UP)
    except Exception:
        logger.exception("import %s", job.id)
        _fail(runtime, imports, job, ERROR_SENTENCES[UnreadableTable.code])


def _read(imports: Imports, job: ImportJob) -> None:
    """Take the columns and the first rows, as little of them as a person needs to see."""
    rows = (row for _, row in read_table(imports.file_of(job)) if not isinstance(row, RowError))
    found = list(islice(rows, _SAMPLES))
    if not found:
        raise EmptyTable(job.name)
    columns = tuple(dict.fromkeys(name for row in found for name in row))
    guessed = guess_mapping(columns)
    samples = tuple(
        tuple(_sample(row.get(c, ""), is_author=c == guessed.get("author")) for c in columns)
        for row in found
    )
    imports.change(
        job.id, [Stage.READING], stage=Stage.MAPPING, attempts=0,
        columns=columns, samples=samples, mapping=guessed,
    )  # fmt: skip


def _sample(cell: str, *, is_author: bool) -> str:
    if is_author:
        return HANDLE if cell else ""
    flat = " ".join(mask(cell[: 4 * _SHOWN_CELL]).split())
    return flat if len(flat) <= _SHOWN_CELL else flat[:_SHOWN_CELL] + "…"


def _load(runtime: Runtime, imports: Imports, job: ImportJob, stop: Event) -> None:
    now, is_real = runtime.clock.now(), job.stage is Stage.RUNNING
    state_dir = imports.state_dir(job) if is_real else None
    if not (state_dir and state_dir.exists()):
        imports.clear_rejected(job)

    def progress(outcome: ImportOutcome) -> None:
        if imports.change(job.id, [job.stage], outcome=outcome, attempts=0) is None:
            raise _Stopped
        if stop.is_set():
            raise _Stopped

    outcome = load_file(
        imports.file_of(job),
        job.column_mapping,
        storing(now, job.actor) if is_real else trying(),
        now=now,
        author_key=author_key(runtime.settings),
        state_dir=state_dir,
        progress=progress,
        reject=lambda errors: imports.reject(job, errors),
    )
    stage = Stage.DONE if is_real else Stage.TRIED
    imports.change(job.id, [job.stage], stage=stage, outcome=outcome, total=outcome.rows)
    if is_real:
        record(job.actor, job.id, job.name, outcome, "import.done", runtime.clock.now())


def _fail(runtime: Runtime, imports: Imports, job: ImportJob, sentence: str) -> None:
    failed = imports.change(job.id, [job.stage], stage=Stage.FAILED, failure=sentence)
    if failed is not None and job.stage is Stage.RUNNING:
        now = runtime.clock.now()
        record(job.actor, job.id, job.name, failed.outcome, "import.failed", now)


def record(
    actor: str, target: str, name: str, outcome: ImportOutcome, action: str, now: datetime
) -> None:
    """Write into the audit log what became of a file."""
    counts = {"rows": outcome.rows, "new": outcome.new, "known": outcome.known, "bad": outcome.bad}
    audit.record(actor, action, target, now, {"file": name, **counts})
