"""Rows of a CSV, XLSX or JSON file, one at a time, with the row number a person sees.

Nothing but the row at hand is held, so that a file of any length is read in the same memory
(a spreadsheet's shared words aside).
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from crawlers.decoding import decode
from crawlers.imports.mapping import guess_mapping
from crawlers.imports.reasons import Reason, RowError, row_error
from langnghe.errors import ConfigError

MAX_CELL = 500_000
_MAX_UNPACKED = 500_000_000
_MAX_MEMBER = 20_000_000
_SAMPLED = 65_536
_SHOWN = 1000
_MARK = "\ufeff"
_HEADER_WITHIN = 10
_DELIMITERS = ",;\t|"

Cells = Mapping[str, str]
Row = tuple[int, Cells | RowError]
_RawRow = tuple[int, list[str] | RowError]


class UnreadableTable(ConfigError):
    """The file as a whole is no table that we read."""

    code = "import-file"


class EmptyTable(UnreadableTable):
    """The file holds no row that can be read."""

    code = "import-empty"


def read_table(path: Path) -> Iterator[Row]:
    """Yield (row number, column → text, or what is wrong with the row) of the file ``path``.

    In a table the header's row has number 1 where it is the first, as spreadsheets count; in JSON
    the first object has number 1. A title above the header is left out. Raises UnreadableTable
    when the file as a whole cannot be read.
    """
    name = path.name.lower()
    try:
        if not path.stat().st_size:
            return
        if name.endswith((".xlsx", ".xlsm")):
            yield from _with_header(_xlsx(path))
        elif name.endswith((".jsonl", ".ndjson", ".jsonl.gz", ".json", ".json.gz")):
            yield from _json(path)
        elif name.endswith((".csv", ".tsv", ".txt", ".csv.gz")):
            yield from _with_header(_csv(path))
        else:
            raise UnreadableTable(f"{path.name}: expected .csv, .xlsx or .jsonl")
    except (OSError, EOFError) as error:
        raise UnreadableTable(f"{path}: {error}") from error


def columns_of(path: Path) -> list[str]:
    """Return the column names of a file (the keys of the first object of JSON Lines).

    Raises EmptyTable, with what is wrong with the first row, where none can be read.
    """
    wrong = ""
    for number, row in read_table(path):
        if not isinstance(row, RowError):
            return list(row)
        wrong = wrong or f", dòng {number}: {row.sentence}"
    raise EmptyTable(f"{path.name}{wrong}")


def _with_header(rows: Iterator[_RawRow]) -> Iterator[Row]:
    """Yield the rows below the header: the first row that names two fields, else the first one."""
    ahead: list[_RawRow] = []
    for item in rows:
        ahead.append(item)
        if len(ahead) == _HEADER_WITHIN:
            break
    position = _header_position(ahead)
    if position is None:
        return
    header = ahead[position][1]
    assert isinstance(header, list)
    names = _names(header)
    for number, cells in chain(ahead[position + 1 :], rows):
        if isinstance(cells, RowError):
            yield number, cells
        elif any(cells):
            yield number, dict(zip(names, cells, strict=False))


def _header_position(ahead: list[_RawRow]) -> int | None:
    filled = [n for n, (_, c) in enumerate(ahead) if not isinstance(c, RowError) and any(c)]
    for position in filled:
        cells = ahead[position][1]
        if isinstance(cells, list) and len(guess_mapping(_names(cells))) >= 2:
            return position
    return filled[0] if filled else None


def _csv(path: Path) -> Iterator[_RawRow]:
    sample, encoding = _sample(path)
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(_lines(path, encoding), delimiter=_delimiter(sample))
    number = 0
    while True:
        number += 1
        try:
            yield number, [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield number, row_error(number, Reason.BAD_CELLS, str(error))


def _delimiter(sample: str) -> str:
    """Return the sign that most often splits the first rows into equally many cells."""
    lines = sample.splitlines(keepends=True)[:_HEADER_WITHIN]
    found: list[tuple[int, int, str]] = []
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            continue
        usual = max(widths, key=lambda width: (widths.count(width), width), default=1)
        if usual > 1:
            found.append((widths.count(usual), usual, delimiter))
    return max(found)[2] if found else _DELIMITERS[0]


def _xlsx(path: Path) -> Iterator[_RawRow]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MAX_UNPACKED:
                raise UnreadableTable(f"{path.name}: unpacks to more than {_MAX_UNPACKED} bytes")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError) as error:
        raise UnreadableTable(f"{path.name}: not an XLSX file: {error}") from error
    try:
        if not book.worksheets:
            raise UnreadableTable(f"{path.name}: no sheet in it")
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield number, [_cell(value) for value in cells]
    finally:
        book.close()


def _json(path: Path) -> Iterator[Row]:
    sample, encoding = _sample(path)
    if sample.lstrip().startswith("["):
        yield from _json_array(path, encoding)
        return
    for number, line in enumerate(_lines(path, encoding), 1):
        if not line.strip():
            continue
        try:
            yield number, _object(number, json.loads(line))
        except (json.JSONDecodeError, RecursionError):
            yield number, row_error(number, Reason.NOT_JSON, line[:_SHOWN])


def _json_array(path: Path, encoding: str) -> Iterator[Row]:
    """Yield the members of one array; after a syntax error nothing more can be told apart."""
    decode_next = json.JSONDecoder().raw_decode
    chunks = _chunks(path, encoding)
    text, at, number = next(chunks, "").lstrip()[1:], 0, 1
    while True:
        at = _skipped(text, at)
        try:
            found, end = decode_next(text, at) if text[at : at + 1] != "]" else (None, -1)
        except (json.JSONDecodeError, RecursionError):
            found, end = None, len(text)
        if end < 0:
            return
        # What ends where the text ends may go on: a number does not tell.
        if end == len(text):
            more = next(chunks, "")
            text, at = text[at:] + more, 0
            if not more or len(text) > _MAX_MEMBER:
                if text:
                    yield number, row_error(number, Reason.NOT_JSON, text[:_SHOWN])
                return
            continue
        at = end
        yield number, _object(number, found)
        number += 1


def _skipped(text: str, at: int) -> int:
    """Return the position after blanks and commas."""
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _object(number: int, found: object) -> Cells | RowError:
    if not isinstance(found, dict):
        return row_error(number, Reason.NOT_OBJECT, json.dumps(found, ensure_ascii=False))
    return {str(key): _cell(value) for key, value in found.items()}


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb")  # type: ignore[return-value]


def _sample(path: Path) -> tuple[str, str]:
    """Return the file's beginning as text and its encoding, told by its first foreign bytes."""
    with _open(path) as file:
        head = sample = file.read(_SAMPLED)
        while sample.isascii() and (more := file.read(_SAMPLED)):
            sample = more
    try:
        # Not final: the sample may end within a character.
        codecs.getincrementaldecoder("utf-8")().decode(sample)
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = decode(sample)[1]
    return head.decode(encoding, "replace").removeprefix(_MARK), encoding


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines with their ends; raises UnreadableTable where a packed file never ends."""
    with _open(path) as file:
        text = io.TextIOWrapper(file, encoding, "replace", newline="")
        yield from _limited(path, text)


def _chunks(path: Path, encoding: str) -> Iterator[str]:
    """Yield the text in pieces of equal length."""
    with _open(path) as file:
        text = io.TextIOWrapper(file, encoding, "replace")
        yield from _limited(path, iter(partial(text.read, _SAMPLED), ""))


def _limited(path: Path, parts: Iterable[str]) -> Iterator[str]:
    size = 0
    for part in parts:
        size += len(part)
        if size > _MAX_UNPACKED:
            raise UnreadableTable(f"{path.name}: unpacks to more than {_MAX_UNPACKED} bytes")
        yield part.removeprefix(_MARK) if size == len(part) else part


def _names(cells: list[str]) -> list[str]:
    """Return unique column names; a nameless column is called after its position."""
    names: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"cột {position}"
        names.append(name if name not in names else f"{name} ({position})")
    return names


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()[:MAX_CELL]
