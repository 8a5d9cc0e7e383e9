"""Tables, mails and entries by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest

from crawlers.imports.load import Taken, forget_place, load_file
from crawlers.imports.mapping import ColumnMapping, check_mapping, guess_mapping
from crawlers.imports.table import columns_of, read_table
from crawlers.mailbox.mapping import document_of_mail
from crawlers.manual import ManualEntry, manual_document
from langnghe.document import Channel, Document, DocumentKind
from langnghe.errors import ConfigError, InvalidDocument
from langnghe.source import Source, SourceKind

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
KEY = b"k" * 32
HEADER = ["Tiêu đề", "Nội dung", "Link", "Nguồn", "Ngày đăng", "Loại", "Người đăng"]
ROWS = [
    ["Nước máy có mùi", "Gọi 0900 000 123", "", "Diễn đàn", "20/11/2026 08:15", "bài đăng", "an_1"],
    ["Bài báo", "Nội dung", "https://bao.vn/x-100001.html", "Báo", "20/11/2026", "", ""],
    ["Hỏng", "", "khong-phai", "Báo", "20/11/2026", "", ""],
    ["Hỏng", "x", "", "Báo", "ngày nào đó", "", ""],
    ["", "", "", "Báo", "20/11/2026", "", ""],
]


class Store:
    """Keeps documents by id and can fail, like the ledger when its disk is full."""

    def __init__(self, fails_at: int = 10**9) -> None:
        self.documents: dict[str, Document] = {}
        self.calls = 0
        self.fails_at = fails_at

    def put(self, documents: Sequence[Document]) -> Taken:
        self.calls += 1
        if self.calls == self.fails_at:
            raise OSError("disk full")
        before = len(self.documents)
        self.documents.update({doc.id: doc for doc in documents})
        return Taken(len(self.documents) - before)


def write(path: Path) -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in [HEADER, *ROWS]:
            book.active.append(row)
        book.save(path)
    elif path.suffix == ".jsonl":
        lines = [
            json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) for row in ROWS
        ]
        path.write_text("\n".join(lines), "utf-8")
    else:
        lines = [";".join(f'"{cell}"' for cell in row) for row in [HEADER, *ROWS]]
        path.write_text("\n".join(lines), "utf-8-sig")
    return path


@pytest.mark.parametrize(("name", "first_row"), [("a.csv", 2), ("a.xlsx", 2), ("a.jsonl", 1)])
def test_every_kind_of_table_is_read_with_row_exact_errors(
    tmp_path: Path, name: str, first_row: int
) -> None:
    path = write(tmp_path / name)
    mapping = ColumnMapping(guess_mapping(columns_of(path)))
    store = Store()

    outcome = load_file(path, mapping, store.put, now=NOW, author_key=KEY)

    docs = {doc.title: doc for doc in store.documents.values()}
    post, press = docs["Nước máy có mùi"], docs["Bài báo"]
    assert (outcome.new, outcome.rows) == (2, 5)
    assert [error.row - first_row for error in outcome.errors] == [2, 3, 4]
    assert post.kind is DocumentKind.POST
    assert post.channel is Channel.IMPORT
    assert post.published_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
    assert "0900" not in repr(post)
    assert "an_1" not in repr(post)
    assert press.url == "https://bao.vn/x-100001.html"


def test_a_stopped_import_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [json.dumps({"title": f"Bài {n}", "outlet": "Báo"}) for n in range(700)]
    path.write_text("\n".join(lines), "utf-8")
    mapping = ColumnMapping(guess_mapping(columns_of(path)))
    first, second = Store(fails_at=3), Store()

    with pytest.raises(OSError, match="disk full"):
        load_file(path, mapping, first.put, now=NOW, author_key=KEY, state_dir=tmp_path / "s")
    outcome = load_file(
        path, mapping, second.put, now=NOW, author_key=KEY, state_dir=tmp_path / "s"
    )

    assert len(first.documents) == 400
    assert len(second.documents) == 300
    assert outcome.new == 700
    assert (
        load_file(path, mapping, second.put, now=NOW, author_key=KEY, state_dir=tmp_path / "s")
        == outcome
    ), "what was done is not done again"
    forget_place(path, mapping, tmp_path / "s")
    assert not list((tmp_path / "s").iterdir()), "a finished import leaves no state"


@pytest.mark.parametrize("mapping", [{"url": "Link"}, {"title": "Không có"}, {"lạ": "Link"}])
def test_a_wrong_mapping_is_refused(mapping: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        check_mapping(mapping, HEADER)


@pytest.mark.parametrize("name", ["a.pdf", "a.xlsx"])
def test_what_is_no_table_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"%PDF-1.7")

    with pytest.raises(ConfigError):
        list(read_table(path))


def test_an_entry_by_hand_is_masked_and_the_same_entry_is_one_document() -> None:
    entry = ManualEntry(place="Nhóm Zalo khu phố", text="Chị H. báo mất nước, gọi 0900000123")
    doc = manual_document(entry, NOW, KEY)

    assert (doc.channel, doc.kind) == (Channel.MANUAL, DocumentKind.POST)
    assert doc.outlet == "Nhóm Zalo khu phố"
    assert "0900000123" not in repr(doc)
    assert doc.author_key == ""
    assert manual_document(entry, NOW.replace(hour=5), KEY).id == doc.id
    for bad in (ManualEntry(place="x"), ManualEntry(place="x", url="javascript:1")):
        with pytest.raises(InvalidDocument):
            manual_document(bad, NOW, KEY)


def test_a_press_link_by_hand_is_the_crawled_document() -> None:
    entry = ManualEntry(
        place="Báo", title="Bài", url="https://m.bao.vn/x-1.html?utm_source=zalo",
        kind=DocumentKind.ARTICLE,
    )  # fmt: skip
    same = ManualEntry(
        place="Báo", title="Bài", url="https://bao.vn/x-1.html", kind=DocumentKind.ARTICLE
    )

    assert manual_document(entry, NOW, KEY).id == manual_document(same, NOW, KEY).id


def test_a_forwarded_mail_becomes_a_document_without_its_people() -> None:
    mail = EmailMessage()
    mail["Subject"] = "Fwd: FW: Bà con kêu mất nước"
    mail["From"] = "Cán Bộ Thử <can.bo@example.vn>"
    mail["Date"] = "Fri, 20 Nov 2026 09:00:00 +0700"
    mail.set_content(
        "Nơi thấy: Nhóm Phố Lam\n---------- Forwarded message ---------\n"
        "From: Chị Thử <chi.thu@example.vn>\nSubject: x\n\n"
        "> Mất nước từ sáng, gọi 0900000123\nhttps://bao.vn/nuoc-100001.html\n"
    )
    mail.add_attachment(b"x", maintype="image", subtype="png", filename="a.png")
    box = Source(id="hop-thu", name="Hộp thư", outlet="Hộp thư", kind=SourceKind.MAILBOX, url="")

    doc = document_of_mail(mail.as_bytes(), box, NOW, KEY)

    assert (doc.title, doc.outlet) == ("Bà con kêu mất nước", "Nhóm Phố Lam")
    assert doc.channel is Channel.MAILBOX
    assert doc.url == "https://bao.vn/nuoc-100001.html"
    assert doc.text.startswith("Mất nước từ sáng")
    assert doc.published_at == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    assert "1 ảnh" in doc.notes[0]
    for secret in ("can.bo", "chi.thu", "0900000123"):
        assert secret not in repr(doc)
