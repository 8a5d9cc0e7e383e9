"""Items: documents in a file."""

import gzip
import json
from pathlib import Path

import pytest

from langnghe.document import DocumentKind
from langnghe.errors import InvalidDocument
from langnghe.items import read_items, replay_moment


def write(path: Path, *rows: object) -> str:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return str(path)


def test_an_item_is_read_with_all_its_fields(tmp_path: Path) -> None:
    row = {
        "id": "b1",
        "kind": "comment",
        "title": "",
        "lead": "",
        "text": "Nước máy hôi quá",
        "url": "https://dien-dan.example.vn/1",
        "outlet": "Diễn đàn",
        "published": "2026-11-20T01:15:00+00:00",
        "fetched": "2026-11-20T01:20:00+00:00",
        "parent_title": "Nước máy có mùi lạ",
    }
    (doc,) = read_items(write(tmp_path / "items.jsonl", row))
    assert doc.kind is DocumentKind.COMMENT
    found = (doc.id, doc.text, doc.url, doc.outlet, doc.parent_title)
    assert found == (row["id"], row["text"], row["url"], row["outlet"], row["parent_title"])
    times = (doc.published_at.isoformat(), doc.fetched_at.isoformat())
    assert times == (row["published"], row["fetched"])


def test_the_columns_of_a_recorded_feed_stream_are_read(tmp_path: Path) -> None:
    row = {
        "id": "x",
        "title": "Tiêu đề",
        "link": "https://a.example.vn/1",
        "summary": "Dẫn",
        "source": "Báo A",
        "category": "Thời sự",
        "published": "2025-08-09T08:35:18+07:00",
        "fetched": "2025-08-09T09:06:00+07:00",
    }
    path = tmp_path / "stream.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(row).encode()))
    (doc,) = read_items(str(path))
    assert (doc.lead, doc.outlet, doc.url) == ("Dẫn", "Báo A", "https://a.example.vn/1")
    assert replay_moment(doc).hour == 2


def test_missing_fields_are_fine_and_give_a_stable_id(tmp_path: Path) -> None:
    path = write(tmp_path / "few.jsonl", {"title": "Chỉ có tiêu đề"})
    (first,), (second,) = read_items(path), read_items(path)
    assert first.id == second.id
    assert first.id


@pytest.mark.parametrize(
    "line", ["not json", "[1]", '{"kind": "tweet"}', '{"published": "hôm qua"}']
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"title": "tốt"}\n' + line + "\n", "utf-8")
    with pytest.raises(InvalidDocument, match="line 2"):
        list(read_items(str(path)))


def test_a_bad_line_does_not_cost_the_others_where_it_can_be_told(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    lines = ['{"id": "1"}', "not json", "[1]", '{"kind": "tweet"}', '{"id": "5"}']
    path.write_text("\n".join(lines), "utf-8")
    told: list[InvalidDocument] = []
    assert [doc.id for doc in read_items(str(path), told.append)] == ["1", "5"]
    assert [str(bad).partition(":")[0] for bad in told] == ["line 2", "line 3", "line 4"]


def test_a_byte_order_mark_is_no_bad_line(tmp_path: Path) -> None:
    path = tmp_path / "bom.jsonl"
    path.write_text(json.dumps({"id": "1"}), "utf-8-sig")
    assert [doc.id for doc in read_items(str(path))] == ["1"]
