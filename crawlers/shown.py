"""The times that a page shows its readers, told from those of its header and of other articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from lxml import etree

from crawlers.dates import parse_date
from crawlers.frame import is_stamp
from crawlers.markup import title_text
from crawlers.naming import Known, holds
from langnghe.clock import to_local

_DATE_WORDS = ("date", "time", "publish", "ngay", "posted", "clock")
_IS_DATE_NAME = Known(holds(re.compile("|".join(_DATE_WORDS), re.I), *_DATE_WORDS))
_UPDATE_CLASS = re.compile(r"modified|updated?(?![a-z])|cap-?nhat", re.I)
_UPDATE_WORDS = re.compile(
    r"(?:ngày\s+|thời gian\s+)?(?:cập nhật|chỉnh sửa|sửa đổi|sửa)"
    r"(?:\s+(?:lần cuối|mới nhất|lúc|ngày|vào))*\s*[:,-]?",
    re.I,
)
_HEADINGS = ("h1", "h2", "h3", "h4")
_HOLDERS = ("time", "span", "div", "p", "li", "td", "em", "i", *_HEADINGS)
_AFTER_TITLE, _BEFORE_TITLE = 30, 12
_PROSE = 80
_LONG_TITLE = 15
# A box of another article: few elements, and a link with as many letters as a headline has.
_BOX, _HEADLINE = 15, 25
_SHORTEST, _LONGEST = 6, 120
_TO_COME = timedelta(days=1)
_BARE = "date beside the title"


@dataclass(frozen=True)
class ShownTime:
    """A moment that the page shows; ``is_update`` where it is called the time of an edit.

    ``far``: how far from the article's title it stands, in classes: just after it, just before
    it, or elsewhere (today's date in a header, the times of other articles).
    """

    moment: datetime
    way: str
    is_update: bool
    far: int


def shown_times(tree: etree._Element, title: str, now: datetime | None) -> list[ShownTime]:
    """Return the moments that the page shows, the most likely time of publication first."""
    nodes = list(tree.iter(*_HOLDERS))
    place = _title_place(nodes, title)
    end = place + _head_length(nodes[place : place + _AFTER_TITLE]) if place is not None else 0
    found: list[tuple[tuple[int, bool, bool, bool, int], ShownTime]] = []
    for index, node in enumerate(nodes):
        # Nearly all elements end here.
        if not ((place is not None and place <= index <= end) or _is_named(node)):
            continue
        distance = 0 if place is None else index - place
        far = _far(node, distance, is_known=place is not None, is_past=index > end)
        is_beside = place is not None and far == 1
        for moment, way, is_update in _moments(node, now, is_beside=is_beside):
            if now is not None and moment > now + _TO_COME:
                continue
            has_no_clock = _has_no_clock(moment)
            if (
                not is_beside
                and far
                and (_is_of_another(node) or (has_no_clock and _is_today(moment, now)))
            ):
                continue
            order = (far, is_update, has_no_clock, way == _BARE, abs(distance))
            found.append((order, ShownTime(moment, way, is_update, far)))
    return [shown for _, shown in sorted(found, key=lambda pair: pair[0])]


def _has_no_clock(moment: datetime) -> bool:
    local = to_local(moment)
    return (local.hour, local.minute) == (0, 0)


def _is_today(moment: datetime, now: datetime | None) -> bool:
    """Whether a day far from the title is that of reading, which many pages show on top."""
    return now is not None and to_local(moment).date() == to_local(now).date()


def _is_of_another(node: etree._Element) -> bool:
    """Whether a time stands in a small box with a link to another article."""
    box = node
    for _ in range(2):
        parent = box.getparent()
        if parent is None or sum(1 for _ in islice(parent.iterdescendants(), _BOX + 1)) > _BOX:
            break
        box = parent
    links = box.iterdescendants("a") if box is not node else ()
    return any(len("".join(link.itertext()).strip()) >= _HEADLINE for link in links)


def _title_place(nodes: list[etree._Element], title: str) -> int | None:
    """Return where the article's title stands: the heading with its words, else whatever else has
    just these, else the first h1."""
    first = None
    for index, node in enumerate(nodes):
        if node.tag in _HEADINGS:
            words = title_text("".join(node.itertext()))
            if words and title.startswith(words) and len(words) >= len(title) / 2:
                return index
            if first is None and node.tag == "h1":
                first = index
    if len(title) >= _LONG_TITLE:
        for index, node in enumerate(nodes):
            if len(node) <= 2:
                words = "".join(islice(node.itertext(), 6)) if len(node) else node.text or ""
                # A letter never becomes more than three.
                if 3 * len(words) >= len(title) and title_text(words) == title:
                    return index
    return first


def _is_named(node: etree._Element) -> bool:
    """Whether an element's name says that it holds a time."""
    name, role, part = node.get("class"), node.get("data-role"), node.get("itemprop")
    return bool(
        (name and _IS_DATE_NAME[name])
        or (role and _IS_DATE_NAME[role])
        or (part and _IS_DATE_NAME[part])
        or node.tag == "time"
    )


def _head_length(nodes: list[etree._Element]) -> int:
    """Return how many elements from the title on stand before the text, which follows the lead."""
    prose = [index for index, node in enumerate(nodes) if len((node.text or "").strip()) >= _PROSE]
    return prose[1] if len(prose) > 1 else len(nodes)


def _far(node: etree._Element, distance: int, *, is_known: bool, is_past: bool) -> int:
    if (node.get("itemprop") or "").lower() in ("datepublished", "datemodified"):
        return 0
    if not is_known:
        return 1 if node.tag == "time" else 2
    if distance >= 0 and not is_past:
        return 1
    return 2 if -_BEFORE_TITLE <= distance < 0 else 3


def _moments(
    node: etree._Element, now: datetime | None, *, is_beside: bool
) -> Iterator[tuple[datetime, str, bool]]:
    """Yield what one element shows: (moment, way, whether it is of an edit).

    Beside the title a line that is nothing but a date needs no name that says so.
    """
    if node.tag in _HEADINGS or len(node) > 5:
        return
    is_named = _is_named(node)
    if not (is_named or is_beside):
        return
    way = "time element" if node.tag == "time" else "visible date" if is_named else _BARE
    text = _short_text(node)
    if not is_named and not is_stamp(text):
        return
    name = f"{node.get('class') or ''} {node.get('data-role') or ''} {node.get('itemprop') or ''}"
    label = _UPDATE_WORDS.search(text)
    is_update = bool(label and not label.start()) or bool(_UPDATE_CLASS.search(name))
    for value in (node.get("datetime"), node.get("content")):
        if value and (moment := parse_date(value.strip(), now)):
            yield moment, way, is_update
            return
    if len(text) < _SHORTEST:
        return
    before = text[: label.start()] if label else text
    if moment := parse_date(before, now):
        yield moment, way, is_update
    if label and (moment := parse_date(text[label.end() :], now)):
        yield moment, way, True


def _short_text(node: etree._Element) -> str:
    """Return the words of an element, "" for more than a date has: some hold the whole article."""
    parts, length = [], 0
    for part in node.itertext():
        parts.append(part)
        length += len("".join(part.split()))
        if length > _LONGEST:
            return ""
    text = " ".join("".join(parts).split())
    return text if len(text) <= _LONGEST else ""
