"""Files on their way into the ledger: a folder each, a stage each, a person's word in between.

1. The room receives a file: ``READING``. A child process reads its columns and first rows.
2. ``MAPPING``: a person says which column is which field.
3. ``TRYING``: the child reads the whole file and counts what would happen; nothing is stored.
4. ``TRIED``: a person sees the counts and says yes.
5. ``RUNNING``: the child stores batch by batch. Killed anywhere, another child goes on after the
   last batch.
6. ``DONE``, ``STOPPED`` or ``FAILED``: the file is deleted, since it holds what was never masked;
   the counts and the masked list of bad rows stay for a while.

The folders lie in ``<data_dir>/imports``, which no backup takes along.
"""

from __future__ import annotations

import fcntl
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from crawlers.imports.load import ImportOutcome, outcome_from
from crawlers.imports.mapping import ColumnMapping
from crawlers.imports.reasons import Reason, RowError
from langnghe.document import DocumentKind
from langnghe.errors import ConfigError

MAX_BYTES = 50_000_000
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".jsonl", ".ndjson", ".json")
_ID = re.compile(r"[0-9a-f]{16}")
_JOB, _BAD, _LOCK, _BUSY = "job.json", "bad-rows.jsonl", "lock", "busy"
_UNDECIDED_S = 24 * 3600.0
_KEPT_S = 30 * 24 * 3600.0


class Stage(StrEnum):
    """How far a file has come."""

    READING = "reading"
    MAPPING = "mapping"
    TRYING = "trying"
    TRIED = "tried"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


# Whose turn it is: the child's, a person's, nobody's.
OF_CHILD = frozenset({Stage.READING, Stage.TRYING, Stage.RUNNING})
OVER = frozenset({Stage.DONE, Stage.STOPPED, Stage.FAILED})


@dataclass(frozen=True)
class ImportJob:
    """One file. Times are seconds of the machine's clock; ``samples`` are masked first rows.

    ``attempts`` counts the children that began on this stage without getting anything done;
    ``total`` is the number of rows, 0 until they were counted; ``failure`` is Vietnamese.
    """

    id: str
    name: str
    actor: str
    began_s: float
    stage: Stage = Stage.READING
    changed_s: float = 0.0
    columns: tuple[str, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    kind: DocumentKind = DocumentKind.ARTICLE
    outlet: str = ""
    total: int = 0
    attempts: int = 0
    outcome: ImportOutcome = field(default_factory=ImportOutcome)
    failure: str = ""

    @property
    def is_of_child(self) -> bool:
        """Whether a process has work to do on it."""
        return self.stage in OF_CHILD

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens."""
        return self.stage in OVER

    @property
    def column_mapping(self) -> ColumnMapping:
        """The mapping as the loader takes it."""
        return ColumnMapping(self.mapping, self.kind, self.outlet)


class Imports:
    """The files of one data directory. Every change is one step under the file's lock."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "imports"

    def receive(self, name: str, chunks: Iterable[bytes], actor: str) -> ImportJob:
        """Keep an uploaded file and return its job; raises ConfigError for a wrong name or size."""
        suffix = next((e for e in ENDINGS if name.lower().endswith(e)), "")
        if not suffix:
            raise ConfigError(f"{name}: expected one of {', '.join(ENDINGS)}")
        job = ImportJob(secrets.token_hex(8), name[-120:], actor, time.time())
        folder = self.folder / job.id
        folder.mkdir(parents=True, mode=0o700)
        try:
            with (folder / f"file{suffix}").open("xb") as file:
                Path(file.name).chmod(0o600)
                for chunk in chunks:
                    if file.write(chunk) and file.tell() > MAX_BYTES:
                        raise ConfigError(f"{name}: larger than {MAX_BYTES} bytes")
            self._write(job)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return job

    def find(self, job_id: str) -> ImportJob | None:
        """Return a job, None for an unknown one."""
        if not _ID.fullmatch(job_id):
            return None
        try:
            return _job_from(json.loads((self.folder / job_id / _JOB).read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def jobs(self) -> list[ImportJob]:
        """Return every job, newest first."""
        found = (self.find(path.parent.name) for path in self.folder.glob(f"*/{_JOB}"))
        return sorted((job for job in found if job), key=lambda job: -job.began_s)

    def change(self, job_id: str, stages: Iterable[Stage], **changes: Any) -> ImportJob | None:
        """Change a job if it still is in one of ``stages``; None where another was first."""
        try:
            with _locked(self.folder / job_id / _LOCK):
                job = self.find(job_id)
                if job is None or job.stage not in stages:
                    return None
                job = replace(job, changed_s=time.time(), **changes)
                self._write(job)
        except FileNotFoundError:
            return None
        if job.is_over:
            self._forget_file(job)
        return job

    @contextmanager
    def busy(self, job_id: str) -> Iterator[bool]:
        """Hold a job as the one child that works on it; False while another one does."""
        with (self.folder / job_id / _BUSY).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True

    def file_of(self, job: ImportJob) -> Path:
        """Return the file that was sent; raises ConfigError where it is gone."""
        for path in (self.folder / job.id).glob("file.*"):
            return path
        raise ConfigError(f"import {job.id}: the file is gone")

    def state_dir(self, job: ImportJob) -> Path:
        """Return where the loader keeps its place."""
        return self.folder / job.id / "state"

    def reject(self, job: ImportJob, errors: Sequence[RowError]) -> None:
        """Add to the list of bad rows; one that was added before a kill may be added again."""
        with (self.folder / job.id / _BAD).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(e), ensure_ascii=False) + "\n" for e in errors)

    def clear_rejected(self, job: ImportJob) -> None:
        """Begin the list of bad rows anew."""
        (self.folder / job.id / _BAD).unlink(missing_ok=True)

    def rejected(self, job: ImportJob) -> Iterator[RowError]:
        """Yield the bad rows in the order of the file, each once."""
        last = 0
        try:
            with (self.folder / job.id / _BAD).open(encoding="utf-8") as lines:
                for line in lines:
                    # A kill or a full disk may cut the last line.
                    if not line.endswith("}\n"):
                        continue
                    row = json.loads(line)
                    if row["row"] > last:
                        last = row["row"]
                        yield RowError(last, Reason(row["reason"]), row["detail"])
        except FileNotFoundError:
            return

    def drop_old(self) -> None:
        """Remove what nobody decided on for a day, and counts that were kept long enough."""
        for job in self.jobs():
            age_s = time.time() - max(job.changed_s, job.began_s)
            if age_s > (_KEPT_S if job.is_over else _UNDECIDED_S):
                shutil.rmtree(self.folder / job.id, ignore_errors=True)

    def _forget_file(self, job: ImportJob) -> None:
        folder = self.folder / job.id
        for path in folder.glob("file.*"):
            path.unlink(missing_ok=True)
        shutil.rmtree(folder / "state", ignore_errors=True)

    def _write(self, job: ImportJob) -> None:
        path = self.folder / job.id / _JOB
        draft = path.with_suffix(".part")
        # First rows and columns are of no use once all is over.
        shown = replace(job, samples=()) if job.is_over else job
        draft.write_text(json.dumps(asdict(shown), ensure_ascii=False), "utf-8")
        draft.chmod(0o600)
        draft.replace(path)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _job_from(kept: dict[str, Any]) -> ImportJob:
    return ImportJob(
        **{
            **kept,
            "stage": Stage(kept["stage"]),
            "kind": DocumentKind(kept["kind"]),
            "columns": tuple(kept["columns"]),
            "samples": tuple(tuple(row) for row in kept["samples"]),
            "outcome": outcome_from(kept["outcome"]),
        }
    )
