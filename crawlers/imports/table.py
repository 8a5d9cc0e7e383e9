"""Rows of a CSV, XLSX or JSON Lines file, one at a time, with the row number a person sees."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from crawlers.decoding import decode
from langnghe.errors import ConfigError, InvalidDocument

MAX_CELL = 500_000
_MAX_UNPACKED = 500_000_000
_SNIFFED = 8192

Row = tuple[int, Mapping[str, str]]


def read_table(path: Path) -> Iterator[Row]:
    """Yield (row number, column → text) of the file ``path``; the first row of data has number 2
    in a table, as spreadsheets count, and 1 in JSON Lines.

    Raises ConfigError when the file as a whole cannot be read, InvalidDocument naming the row.
    """
    name = path.name.lower()
    try:
        if name.endswith((".xlsx", ".xlsm")):
            yield from _xlsx(path)
        elif name.endswith((".jsonl", ".ndjson", ".jsonl.gz", ".json")):
            yield from _json_lines(path)
        elif name.endswith((".csv", ".tsv", ".txt", ".csv.gz")):
            yield from _csv(path)
        else:
            raise ConfigError(f"{path.name}: expected .csv, .xlsx or .jsonl")
    except (OSError, EOFError) as error:
        raise ConfigError(f"{path}: {error}") from error


def columns_of(path: Path) -> list[str]:
    """Return the column names of a file (the keys of the first object of JSON Lines)."""
    for _, row in read_table(path):
        return list(row)
    return []


def _csv(path: Path) -> Iterator[Row]:
    payload = _unpacked(path)
    text, _ = decode(payload)
    csv.field_size_limit(MAX_CELL)
    try:
        dialect: Any = csv.Sniffer().sniff(text[:_SNIFFED], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(io.StringIO(text, newline=""), dialect)
    names = _names(next(reader, []))
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InvalidDocument("", f"row {number}: {error}") from error
        if any(cell.strip() for cell in cells):
            yield number, dict(zip(names, (cell.strip() for cell in cells), strict=False))


def _xlsx(path: Path) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MAX_UNPACKED:
                raise ConfigError(f"{path.name}: unpacks to more than {_MAX_UNPACKED} bytes")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise ConfigError(f"{path.name}: not an XLSX file: {error}") from error
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        names = _names([_cell(value) for value in next(rows, ())])
        for number, cells in enumerate(rows, 2):
            texts = [_cell(value) for value in cells]
            if any(texts):
                yield number, dict(zip(names, texts, strict=False))
    finally:
        book.close()


def _json_lines(path: Path) -> Iterator[Row]:
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (json.JSONDecodeError, RecursionError) as error:
                raise InvalidDocument("", f"row {number}: not JSON: {error}") from error
            if not isinstance(row, dict):
                raise InvalidDocument("", f"row {number}: not a JSON object")
            yield number, {str(k): _cell(v) for k, v in row.items()}


def _unpacked(path: Path) -> bytes:
    if not path.name.lower().endswith(".gz"):
        return path.read_bytes()
    with gzip.open(path) as packed:
        payload = packed.read(_MAX_UNPACKED + 1)
    if len(payload) > _MAX_UNPACKED:
        raise ConfigError(f"{path.name}: unpacks to more than {_MAX_UNPACKED} bytes")
    return payload


def _names(cells: list[str]) -> list[str]:
    """Return unique column names; a nameless column is called after its position."""
    names: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = cell.strip() or f"cột {position}"
        names.append(name if name not in names else f"{name} ({position})")
    return names


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()[:MAX_CELL]
