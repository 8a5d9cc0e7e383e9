"""The items file of a command: a bad line is told and left out, it never costs the others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import typer

from langnghe.document import Document
from langnghe.errors import InvalidDocument
from langnghe.items import UNDATED, read_items

_MOST_TOLD = 20


class ItemsFile:
    """The documents of a file in its order, read once; bad lines are told on stderr."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._left_out = 0

    def __iter__(self) -> Iterator[Document]:
        return read_items(self._path, self._leave_out)

    def end(self) -> None:
        """Leave with exit code 1, once all else is printed, where a line was left out."""
        if self._left_out:
            sys.stderr.write(f"Đã bỏ qua {self._left_out} dòng không đọc được.\n")
            raise typer.Exit(1)

    def _leave_out(self, bad: InvalidDocument) -> None:
        self._left_out += 1
        if self._left_out <= _MOST_TOLD:
            sys.stderr.write(f"Bỏ qua một dòng: {bad}\n")


def with_times(docs: Iterator[Document]) -> Iterator[Document]:
    """Yield ``docs`` with a time for each: an undated one came with what stands before it.

    No time is later than the machine's clock, so that one wrong year does not make all that
    follows it old.
    """
    latest = UNDATED
    now = datetime.now(UTC)
    for doc in docs:
        if doc.fetched_at == UNDATED:
            doc = replace(doc, published_at=latest, first_seen_at=latest, fetched_at=latest)
        elif max(doc.published_at, doc.fetched_at) > now:
            published, fetched = min(doc.published_at, now), min(doc.fetched_at, now)
            doc = replace(doc, published_at=published, first_seen_at=fetched, fetched_at=fetched)
        latest = max(latest, doc.fetched_at)
        yield doc
