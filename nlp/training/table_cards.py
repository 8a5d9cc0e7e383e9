"""The cards of what was learned besides the classifiers: clustering, claims, levels of alerts.

Their figures are what the gates measure on the shipped files; ``python -m tests.gates.cards``
measures and writes them through here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from nlp.backends.card import PACKAGES, SHIPPED_CARDS, Card, digest

_READ_WEEKS = {
    "what": "các tuần tin 10/2025–3/2026 được đọc từng bài, ghi vụ việc và mức độ theo hướng dẫn; "
    "hai tuần giữ lại để đo không dùng khi huấn luyện",
    "licence": "nhãn của dự án, do mô hình ngôn ngữ gán; văn bản gốc thuộc các báo và không phát "
    "hành kèm",
}
_STREAM = {
    "what": "số lần gặp của từ và cặp từ trong 114.569 tin 8/2025–4/2026, không nhãn",
    "licence": "văn bản gốc thuộc các báo và không phát hành kèm",
}


@dataclass(frozen=True)
class Facts:
    """What does not change from one learning to the next."""

    task: str
    files: tuple[str, ...]
    data: tuple[Mapping[str, str], ...]
    limits: tuple[str, ...]


TABLES: Mapping[str, Facts] = {
    "stories": Facts(
        "Gom tin thành vụ việc: hai tin có cùng một việc không, có thuộc đợt thiên tai lớn không",
        ("nlp/resources/stories.json", "nlp/resources/background-df.txt.gz"),
        (_READ_WEEKS, _STREAM),
        (
            "Chỉ học từ ba báo lớn; tin ngắn của cổng thông tin, bài đăng ít chữ dễ bị tách riêng.",
            "Đợt thiên tai kéo dài là chỗ khó nhất: hay lẫn giữa thiệt hại và cứu trợ.",
            "Vụ do người gộp, tách hay đặt tên thì máy không đổi.",
        ),
    ),
    "claims": Facts(
        "Đối chiếu tin bài với thông tin đã được đính chính: khẳng định lại, bác bỏ, phê bình hay "
        "chỉ cùng đề tài",
        ("nlp/resources/claims.json.gz",),
        (
            {
                "what": "150 thông tin đã đính chính, mỗi thông tin năm bài thử, và phần dự án tự "
                "viết; 50 thông tin mới nhất giữ lại để đo",
                "licence": "bài thử và nhãn của dự án, do mô hình ngôn ngữ viết",
            },
        ),
        (
            "Chỉ gợi ý: một người xác nhận, người khác duyệt; không nói tin bài là đúng hay sai.",
            "Mỉa mai và nói lửng dễ bị bỏ sót.",
            "Bài thử do mô hình viết, gọn hơn bài thật trên mạng.",
        ),
    ),
    "marks": Facts(
        "Thêm dấu cho bình luận, bài đăng gõ không dấu trước khi các mô hình khác đọc",
        ("nlp/resources/marks.npz",),
        (
            {
                "what": "số lần gặp của tiếng, hai tiếng và ba tiếng liền nhau trong 114.569 tin "
                "8/2025–4/2026 và trong bình luận thật không thuộc phần giữ lại",
                "licence": "văn bản gốc thuộc các báo và người viết, không phát hành kèm; chỉ giữ "
                "số đếm, bỏ những gì hiếm gặp",
            },
            {"what": "cũng vậy trong tin của bộ VNTC", "licence": "MIT (duyvuleo/VNTC, 2019)"},
            {
                "what": "cũng vậy trong bài đăng, bình luận, bài thử do dự án tự viết",
                "licence": "MIT, phát hành kèm mã nguồn",
            },
        ),
        (
            "Chỉ thêm dấu cho văn bản hoàn toàn không dấu; không sửa chính tả, không đổi chữ.",
            "Tên riêng hiếm và tiếng lóng mới hay bị thêm dấu sai; văn bản lưu và hiển thị giữ "
            "nguyên như người viết gõ.",
        ),
    ),
    "alerts": Facts(
        "Ước một tin, một vụ đáng theo dõi hay cần chú ý đến đâu, để báo sớm và ít báo thừa",
        (
            "alerts/resources/seriousness.tsv",
            "alerts/resources/report.toml",
            "alerts/resources/story.toml",
        ),
        (_READ_WEEKS, _STREAM),
        (
            "Tên riêng của người và địa phương không được tính vào điểm.",
            "Mức của biên tập viên là ước lệ chung cả nước; mỗi cơ quan chỉnh độ nhạy ở quy tắc.",
            "Hai tuần để đo đều của mùa khô; mùa bão có thể khác.",
        ),
    ),
}


def make_card(name: str, figures: Mapping[str, Mapping[str, str]], made_on: date) -> Card:
    """Return the card of one table as it lies there now; ``figures`` are lines by heading."""
    facts = TABLES[name]
    files = {file: digest(PACKAGES / file) for file in facts.files}
    version = hashlib.sha256("".join(files.values()).encode()).hexdigest()[:10]
    return Card(
        name=name,
        version=version,
        made_on=made_on.isoformat(),
        task=facts.task,
        files=files,
        data=facts.data,
        figures=figures,
        baseline={},
        speed={},
        limits=facts.limits,
    )


def write(card: Card, cards_dir: Path = SHIPPED_CARDS) -> None:
    """Write a card and its page."""
    facts = json.dumps(asdict(card), ensure_ascii=False, indent=1) + "\n"
    (cards_dir / f"{card.name}.json").write_text(facts, "utf-8")
    (cards_dir / f"{card.name}.md").write_text(table_page(card), "utf-8")


def table_page(card: Card) -> str:
    """The card as a Markdown page."""
    return "\n".join(_lines(card)) + "\n"


def _lines(card: Card) -> Iterator[str]:
    yield f"# {card.name}"
    yield ""
    yield f"- Phiên bản: `{card.version}`, ngày {card.made_on}"
    yield f"- Nhiệm vụ: {card.task}"
    for file, sha in card.files.items():
        yield f"- Tệp `{file}`: SHA-256 `{sha}`"
    yield ""
    yield "## Dữ liệu và giấy phép"
    yield ""
    for item in card.data:
        yield f"- {item['what']} — {item['licence']}."
    for heading, found in card.figures.items():
        yield ""
        yield f"## {heading}"
        yield ""
        yield from _table(found)
    yield ""
    yield "## Giới hạn"
    yield ""
    for limit in card.limits:
        yield f"- {limit}"


def _table(found: Mapping[str, Any]) -> Iterator[str]:
    yield "| đo gì | kết quả |"
    yield "|---|---|"
    for what, value in found.items():
        yield f"| {what} | {value} |"
