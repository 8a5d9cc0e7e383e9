"""How a query is understood, in Vietnamese: for ``search --explain`` and the room's help."""

from __future__ import annotations

from collections.abc import Iterator

from langnghe.clock import to_local
from langnghe.query.ast import (
    And,
    Everything,
    Filter,
    Moment,
    Near,
    Node,
    Not,
    Or,
    Published,
    Query,
    Words,
)
from langnghe.query.variants import variants

_FIELD_LABELS = {"": "", "title": " trong tiêu đề", "lead": " trong sa-pô", "text": " trong bài"}


def explain_query(query: Query) -> str:
    """Return the meaning of ``query``, one condition a line, indented by its depth."""
    return "\n".join(_lines(query.root, 0))


def _lines(node: Node, depth: int) -> Iterator[str]:
    lead = "  " * depth
    match node:
        case And() | Or():
            yield lead + ("Tất cả:" if isinstance(node, And) else "Ít nhất một:")
            for child in node.children:
                yield from _lines(child, depth + 1)
        case Not():
            yield lead + "Không có:"
            yield from _lines(node.child, depth + 1)
        case Words():
            yield lead + _words(node)
        case Near():
            order = "theo đúng thứ tự" if node.is_ordered else "thứ tự nào cũng được"
            yield lead + f"Cách nhau không quá {node.distance} từ, {order}:"
            for side in (node.left, node.right):
                yield lead + "  " + " hoặc ".join(map(_words, side))
        case Filter():
            value = "có giá trị bất kỳ" if node.value == "*" else f"là “{node.value}”"
            yield lead + f"{node.field} {value}"
        case Published():
            yield lead + f"Đăng từ {_moment(node.low)} đến {_moment(node.high)}"
        case Everything():
            yield lead + "Mọi tin bài"


def _words(node: Words) -> str:
    kind = "cụm" if len(node.words) > 1 else "từ bắt đầu bằng" if node.is_prefix else "từ"
    how = "đúng dấu" if node.is_marked else "không phân biệt dấu"
    said = f"{kind} “{' '.join(node.words)}”{_FIELD_LABELS[node.field]} ({how})"
    others = () if node.is_prefix else variants(node.words)
    if others:
        said += "; cũng tìm: " + ", ".join(" ".join(other.words) for other in others)
    return said if node.boost == 1.0 else f"{said}; hệ số {node.boost:g}"


def _moment(moment: Moment | None) -> str:
    if moment is None:
        return "không giới hạn"
    if moment.back is not None:
        return f"{moment.back.days} ngày {moment.back.seconds // 3600} giờ trước"
    return f"{to_local(moment.at()):%H:%M:%S %d/%m/%Y}"
