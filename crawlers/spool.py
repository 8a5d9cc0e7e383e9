"""What was read while the ledger was down: an append-only folder, handed in once it is back.

How a record is kept and handed in:

1. A batch writes one segment, which it holds locked; a record is one line, a checksum before it,
   and ``append`` returns once the lines are on the disk.
2. A writer that is killed leaves at most a torn last line, which its checksum shows.
3. ``drain`` takes the segments in the order in which they were begun, leaves out those that a
   living batch holds, and deletes one only when the inbox has taken all of it. Killed before that,
   it begins the segment again: every call of the inbox may be repeated.

Documents come here as they would go to the ledger: authors replaced and social text masked.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import time
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from crawlers.plain import from_plain, to_plain
from crawlers.ports import Inbox
from langnghe.document import Document
from langnghe.errors import LangNgheError, LedgerUnavailable
from langnghe.source import FetchReport

logger = logging.getLogger(__name__)

_SEGMENT_BYTES = 8_000_000
_BATCH = 200
_ROOM_BYTES = 4_000_000  # for what a batch reads at once
_DOCUMENT, _REPORT, _UNREADABLE = "document", "report", "unreadable"
_TAKEN_DOWN = "taken-down"


@dataclass(frozen=True)
class Unreadable:
    """Input that could not be understood, on its way to quarantine."""

    source_id: str
    url: str
    reason: str
    payload: str = ""


@dataclass(frozen=True)
class TakenDown:
    """A document that its publisher took down."""

    document_id: str


Record = Document | FetchReport | Unreadable | TakenDown
_KINDS: dict[str, Callable[..., Record]] = {
    _DOCUMENT: Document,
    _REPORT: FetchReport,
    _UNREADABLE: Unreadable,
    _TAKEN_DOWN: TakenDown,
}
_NAMES: dict[object, str] = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True)
class Waiting:
    """What waits for the ledger; ``since`` is when the oldest segment was begun (UTC)."""

    documents: int = 0
    size_bytes: int = 0
    since: datetime | None = None
    is_full: bool = False


def unreadable(source_id: str, url: str, reason: str, payload: bytes) -> Unreadable:
    """Return the record of input for quarantine."""
    return Unreadable(source_id, url, reason, b64encode(payload).decode())


class Spool:
    """A folder of segments, at most ``max_bytes`` in all."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._segment: IO[bytes] | None = None

    def append(self, records: Sequence[Record]) -> None:
        """Keep ``records``, all or none; they are on the disk when this returns.

        Raises LedgerUnavailable where the cap is reached or the disk takes no more.
        """
        lines = b"".join(map(_line, records))
        if self._size_bytes() + len(lines) > self._max_bytes:
            raise LedgerUnavailable(f"the spool is full ({self._max_bytes} bytes)")
        try:
            segment = self._open_segment()
            start = segment.tell()
            try:
                segment.write(lines)
                segment.flush()
                os.fsync(segment.fileno())
            except OSError:
                os.ftruncate(segment.fileno(), start)
                segment.seek(start)
                raise
        except OSError as error:
            raise LedgerUnavailable(f"the spool cannot be written: {error}") from error

    def drain(self, inbox: Inbox) -> int:
        """Hand all that waits to ``inbox``, in order, and return how many documents there were.

        Raises LedgerUnavailable where the inbox stops taking; the rest keeps waiting.
        """
        count = 0
        for path in self._segments():
            with path.open("rb") as segment:
                if not _lock(segment):
                    continue
                count += _hand_in(_records(segment), inbox)
                path.unlink()
        return count

    def records(self) -> Iterator[Record]:
        """Yield what waits, in order."""
        for path in self._segments():
            with path.open("rb") as segment:
                yield from _records(segment)

    def has_waiting(self) -> bool:
        """Return whether something waits for the ledger."""
        return bool(self._segments())

    def is_full(self) -> bool:
        """Return whether so much waits that no more may be read."""
        return self._size_bytes() >= self._max_bytes - min(self._max_bytes // 10, _ROOM_BYTES)

    def waiting(self) -> Waiting:
        """Return how much waits; it counts the lines."""
        paths = self._segments()
        if not paths:
            return Waiting()
        documents = sum(path.read_bytes().count(f' {{"{_DOCUMENT}": '.encode()) for path in paths)
        since = datetime.fromtimestamp(int(paths[0].name.partition("-")[0]) / 1e9, UTC)
        return Waiting(documents, self._size_bytes(), since, self.is_full())

    def close(self) -> None:
        """Let go of the segment, so that it may be drained."""
        if self._segment is not None:
            self._segment.close()
            self._segment = None

    def _open_segment(self) -> IO[bytes]:
        if self._segment is not None and self._segment.tell() > _SEGMENT_BYTES:
            self.close()
        if self._segment is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{time.time_ns():020d}-{os.getpid()}.spool"
            self._segment = path.open("xb")
            _lock(self._segment)
        return self._segment

    def _segments(self) -> list[Path]:
        return sorted(self._folder.glob("*.spool"))

    def _size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._segments())


def _lock(segment: IO[bytes]) -> bool:
    """Return whether the segment is ours until it is closed."""
    try:
        fcntl.flock(segment, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _line(record: Record) -> bytes:
    data = {_NAMES[type(record)]: to_plain(record)}
    line = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
    return b"%08x %b\n" % (zlib.crc32(line), line)


def _records(segment: IO[bytes]) -> Iterator[Record]:
    for number, line in enumerate(segment, 1):
        sum_, _, data = line.rstrip(b"\n").partition(b" ")
        try:
            if int(sum_, 16) != zlib.crc32(data):
                raise ValueError("the checksum is another one")
            [(name, fields)] = json.loads(data).items()
            record: Record = from_plain(_KINDS[name], fields)
        except (ValueError, KeyError, TypeError) as error:
            logger.warning("%s, line %d is left out: %s", segment.name, number, error)
            continue
        yield record


def _hand_in(records: Iterator[Record], inbox: Inbox) -> int:
    count = 0
    documents: list[Document] = []
    for record in records:
        if isinstance(record, Document):
            documents.append(record)
        if documents and (len(documents) >= _BATCH or not isinstance(record, Document)):
            count += _put(documents, inbox)
            documents = []
        if not isinstance(record, Document):
            _tell(record, inbox)
    return count + _put(documents, inbox)


def _put(documents: Sequence[Document], inbox: Inbox) -> int:
    """Put documents; one that the inbox cannot take must not hold up the others."""
    if not documents:
        return 0
    try:
        inbox.put(documents)
    except LangNgheError:
        raise
    except Exception as error:
        if len(documents) > 1:
            return sum(_put([doc], inbox) for doc in documents)
        doc = documents[0]
        logger.exception("document %s of the spool", doc.id)
        inbox.quarantine(doc.source_id, doc.url, f"{type(error).__name__}: {error}", b"")
    return len(documents)


def _tell(record: FetchReport | Unreadable | TakenDown, inbox: Inbox) -> None:
    try:
        if isinstance(record, FetchReport):
            inbox.report(record)
        elif isinstance(record, TakenDown):
            inbox.gone(record.document_id)
        else:
            payload = b64decode(record.payload)
            inbox.quarantine(record.source_id, record.url, record.reason, payload)
    except LedgerUnavailable:
        raise
    except LangNgheError as error:  # a source that was deleted meanwhile
        logger.warning("of the spool: %s", error)
