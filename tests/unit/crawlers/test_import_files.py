"""Odd files: each row is taken or told by its own number, in the file's own encoding."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from crawlers.imports.load import ImportOutcome, Taken, load_file
from crawlers.imports.mapping import ColumnMapping, guess_mapping
from crawlers.imports.reasons import SENTENCES, Reason, RowError
from crawlers.imports.table import Cells, EmptyTable, UnreadableTable, columns_of, read_table
from langnghe.document import Document

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
KEY = b"k" * 32


def rows(path: Path) -> list[tuple[int, Cells | RowError]]:
    return list(read_table(path))


def load(path: Path, refused: Sequence[str] = ()) -> tuple[ImportOutcome, dict[str, Document]]:
    stored: dict[str, Document] = {}

    def put(documents: Sequence[Document]) -> Taken:
        bad = frozenset(doc.id for doc in documents if doc.title in refused)
        before = len(stored)
        stored.update({doc.id: doc for doc in documents if doc.id not in bad})
        return Taken(len(stored) - before, bad)

    mapping = ColumnMapping(guess_mapping(columns_of(path)), outlet="Báo Thử")
    return load_file(path, mapping, put, now=NOW, author_key=KEY), stored


def test_a_bad_line_of_json_does_not_end_the_import(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"title": "Một"}\n{"title": "Hai"\n[3]\n\n{"title": "Năm"}\n', "utf-8")

    outcome, stored = load(path)

    assert [doc.title for doc in stored.values()] == ["Một", "Năm"]
    assert [(e.row, e.reason) for e in outcome.errors] == [
        (2, Reason.NOT_JSON),
        (3, Reason.NOT_OBJECT),
    ]
    assert (outcome.rows, outcome.bad) == (4, 2)


@pytest.mark.parametrize("indent", [None, 2])
def test_one_array_is_read_like_lines(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "a.json"
    many = [{"title": f"Bài {n}", "text": "nước " * 30} for n in range(2000)]
    path.write_text(json.dumps([*many, 7], ensure_ascii=False, indent=indent), "utf-8")

    outcome, stored = load(path)

    assert len(stored) == 2000
    assert [(e.row, e.reason) for e in outcome.errors] == [(2001, Reason.NOT_OBJECT)]


def test_an_array_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"title": "Một"}, {"title": "Hai"}, {"title": "B', "utf-8")
    outcome, stored = load(path)

    assert len(stored) == 2
    assert [e.row for e in outcome.errors] == [3]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1258", "utf-8"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_told_by_the_file(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path = tmp_path / "a.csv"
    # Far below the first bytes that a guess would look at, and decomposed as cp1258 writes it.
    lines = [delimiter.join(("title", "text", "link"))]
    lines += [delimiter.join((f"Bai {n}", "x" * 60, "")) for n in range(1500)]
    lines += [delimiter.join(("N\u01b0\u01a1\u0301c ma\u0301y", "mu\u0300i", ""))] * 3
    path.write_text("\r\n".join(lines), encoding)

    *_, last = load(path)[1].values()

    assert (last.title, last.text) == ("Nước máy", "mùi")


def test_titles_above_the_header_are_left_out_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in (
        ["BÁO CÁO TỔNG HỢP THÁNG 11"], [], ["STT", "Tiêu đề", "Đường dẫn", "Ngày đăng"],
        [1, "Một", "https://bao.vn/a-1.html", datetime(2026, 11, 19, 8, 15)],
        [], [2, "Hai", "khong phai", None],
    ):  # fmt: skip
        book.active.append(row)
    book.save(path)

    outcome, stored = load(path)

    (doc,) = stored.values()
    assert doc.published_at == datetime(2026, 11, 19, 1, 15, tzinfo=UTC)
    assert [(e.row, e.reason, e.detail) for e in outcome.errors] == [
        (6, Reason.BAD_URL, "khong phai")
    ]


def test_a_cell_that_never_ends_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"title,text\nMột,x\nHai,{'y' * 600_000}\nBa,z\n", "utf-8")

    outcome, stored = load(path)

    assert sorted(doc.title for doc in stored.values()) == ["Ba", "Một"]
    assert [(e.row, e.reason) for e in outcome.errors] == [(3, Reason.BAD_CELLS)]


def test_reasons_are_vietnamese_and_their_values_masked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("title,link\nMột,gọi 0900 000 123\n,\nHai,\n", "utf-8")

    outcome, _ = load(path, refused=["Hai"])

    assert set(SENTENCES) == set(Reason)
    assert [e.sentence for e in outcome.errors] == [
        "Địa chỉ không phải địa chỉ trang web: “gọi [số điện thoại]”",
        SENTENCES[Reason.REFUSED],
    ]
    assert (outcome.new, outcome.known, outcome.bad) == (0, 0, 2)


@pytest.mark.parametrize("name", ["a.xlsx", "a.xlsm", "a.csv.gz", "a.pdf"])
def test_what_is_no_table_is_refused_as_a_whole(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\xff%PDF")
    with pytest.raises(UnreadableTable):
        rows(tmp_path / name)


@pytest.mark.parametrize("payload", [b"", b"\n\n\n", b"title", b"\x00" * 5000, b"[", b"[]"])
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json"])
def test_a_file_without_rows_holds_nothing(tmp_path: Path, name: str, payload: bytes) -> None:
    (tmp_path / name).write_bytes(payload)
    assert not [row for _, row in rows(tmp_path / name) if not isinstance(row, RowError)]
    with pytest.raises(EmptyTable):
        columns_of(tmp_path / name)


def test_a_file_of_bad_rows_alone_says_what_is_wrong_with_the_first(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\nđây không phải JSON\n", "utf-8")
    with pytest.raises(EmptyTable, match="dòng 2: Dòng không phải JSON"):
        columns_of(tmp_path / "a.jsonl")


def test_a_long_file_is_read_in_the_same_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("title,text,url,outlet\n")
        for n in range(50_000):
            file.write(f'Bài {n},"Nội dung {"nước sạch " * 10}",https://bao.vn/a-{n}.html,Báo\n')

    tracemalloc.start()
    count = sum(1 for _ in read_table(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 50_000
    assert peak < 3_000_000, "about ten megabytes of text must not lie in memory at once"
