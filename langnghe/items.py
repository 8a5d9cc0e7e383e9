"""Items: documents in a file, one JSON object a line, as people exchange and replay them.

Fields: id, kind (article, post, comment), title, lead, text, url, outlet, published, fetched,
parent_title; the columns of a recorded feed stream (link, summary, source, category) are read as
well. Missing fields are fine. ``.gz`` is unpacked, ``-`` is standard input.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from langnghe.clock import parse_moment
from langnghe.document import Document, DocumentKind, document_id
from langnghe.errors import InvalidDocument
from langnghe.text import normalize

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of an item that says none."""
_SYNONYMS = {"url": "link", "lead": "summary", "outlet": "source", "section": "category"}


def read_lines(
    path: str, on_bad: Callable[[InvalidDocument], None] | None = None
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield (line number from 1, object) of the JSON Lines file ``path`` without growing memory.

    A line that is no JSON object is told to ``on_bad`` and left out; without ``on_bad`` it is
    raised as InvalidDocument.
    """
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            yield number, _object(line, number)
        except InvalidDocument as bad:
            if on_bad is None:
                raise
            on_bad(bad)


def _object(line: str, number: int) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidDocument("", f"line {number}: not JSON: {error}") from error
    if not isinstance(row, dict):
        raise InvalidDocument("", f"line {number}: not a JSON object")
    return row


def _lines(path: str) -> Iterator[str]:
    try:
        with _open(path) as lines:
            yield from lines
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InvalidDocument("", f"{path}: the compressed file is broken: {error}") from error


def read_items(
    path: str, on_bad: Callable[[InvalidDocument], None] | None = None
) -> Iterator[Document]:
    """Yield the documents of the items file ``path`` in its order.

    A line that is no item is told to ``on_bad`` and left out; without ``on_bad`` it is raised.
    """
    for number, row in read_lines(path, on_bad):
        try:
            doc = document_from(row)
        except (ValueError, TypeError) as error:
            bad = InvalidDocument(str(row.get("id", "")), f"line {number}: {error}")
            if on_bad is None:
                raise bad from error
            on_bad(bad)
        else:
            yield doc


def document_from(row: Mapping[str, Any]) -> Document:
    """Return the document of one item; raises ValueError for an unknown kind or a bad time."""

    def value(name: str) -> str:
        found = row.get(name)
        if found is None and name in _SYNONYMS:
            found = row.get(_SYNONYMS[name])
        return "" if found is None else str(found)

    published = parse_moment(value("published")) if value("published") else None
    fetched = parse_moment(value("fetched")) if value("fetched") else None
    moment = published or fetched or UNDATED
    url = value("url")
    title, lead, text = (normalize(value(name)).strip() for name in ("title", "lead", "text"))
    return Document(
        id=value("id") or document_id(url or f"{value('outlet')}\x1f{title}\x1f{lead}\x1f{text}"),
        kind=DocumentKind(value("kind") or DocumentKind.ARTICLE),
        source_id=value("source_id") or value("outlet"),
        outlet=value("outlet"),
        url=url,
        title=title,
        lead=lead,
        text=text,
        published_at=moment,
        first_seen_at=fetched or moment,
        fetched_at=fetched or moment,
        section=value("section"),
        parent_title=normalize(value("parent_title")).strip(),
        province=value("province"),
        outlet_kind=value("outlet_kind"),
    )


def replay_moment(doc: Document) -> datetime:
    """Return the clock of a replayed item: ``fetched``, else ``published``."""
    return doc.fetched_at


def write_lines(rows: Iterable[Mapping[str, Any]], out: TextIO) -> int:
    """Write each row as one line of JSON to ``out`` and return how many were written."""
    count = 0
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def _open(path: str) -> TextIO:
    if path == "-":
        return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace")
    if path.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="replace")
    return Path(path).open(encoding="utf-8-sig", errors="replace")
