"""Boxes on a page that are not the article: what readers wrote, and links to other articles.

They are taken out of the tree before the text is looked for. Readers' comments must go in any
case: they are private people's words and names, and nothing masks them in a press article.
"""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

from crawlers.frame import is_heading_of_others
from crawlers.markup import title_text
from crawlers.naming import Known, holds

_COMMENTS = re.compile(
    r"(?:^|[\s_-])(?:binh-?luan|ykien|y-?kien-?ban-?doc|list-?comments?|comments?-?(?:list|box|area|section|"
    r"wrap(?:per)?|content|item|form)|box-?comments?|fb-comments|disqus\w*|ykbd)(?=$|[\s_-])",
    re.I,
)
_RELATED = re.compile(
    r"(?:^|[\s_-])(?:relate[ds]?|relate(?:d)?-?(?:news|posts?|articles?|box|content)|"
    r"(?:article|news|post|tbl|box|cms|inner)-relate[ds]?|"
    r"(?:box-?|tin-?|bai-?)*lien-?quan|tin-?(?:khac|cung-?muc|cung-?chuyen-?muc))(?=$|[\s_-])",
    re.I,
)
_LETTERS = ("relate", "comment", "quan", "khac", "muc", "luan", "kien", "ykbd", "disqus")
_IS_BOX_NAME = Known(holds(re.compile(f"{_COMMENTS.pattern}|{_RELATED.pattern}", re.I), *_LETTERS))
_HOLDERS = ("div", "section", "aside", "ul", "ol", "table", "p", "blockquote")
_HEADINGS = ("h2", "h3", "h4", "h5", "p", "div", "strong", "span")
_LONGEST_BOX, _LONGEST_HEADING, _SHORTEST_LINK = 2000, 40, 20
_MUCH_TEXT = 400
_LISTS = ("ul", "ol")
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|jpe?g|png|mp[34])(?:$|[?#])", re.I)


def drop_boxes(tree: etree._Element) -> None:
    """Take the boxes out of ``tree``; what holds a heading of first order is none."""
    for node in [holder for holder in tree.iter(*_HOLDERS) if _is_named_box(holder)]:
        if _is_box(node):
            _drop(node)
    for node in [part for items in tree.iter(*_LISTS) for part in _headed_list(items, tree)]:
        _drop(node)
    for node in [paragraph for paragraph in tree.iter("p") if len(paragraph) == 1]:
        if _is_link_alone(node):
            _drop(node)


def unfold_tables(tree: etree._Element) -> None:
    """Make divisions of tables that only lay a page out: their cells hold blocks of text."""
    for table in list(tree.iter("table")):
        cells = [cell for cell in table.iter("td", "th") if _owner(cell) is table]
        if any(_holds_blocks(cell) for cell in cells):
            parts = [
                p for p in table.iter("tbody", "thead", "tr", "td", "th") if _owner(p) is table
            ]
            for part in (table, *parts):
                part.tag = "div"


def _owner(part: etree._Element) -> etree._Element | None:
    return next(part.iterancestors("table"), None)


def _holds_blocks(cell: etree._Element) -> bool:
    if next(cell.iterdescendants("table"), None) is not None:
        return True
    blocks = [child for child in cell if child.tag in ("p", "div", "h1", "h2", "h3")]
    return len(blocks) > 1 and len("".join(cell.itertext())) >= _MUCH_TEXT


def _is_named_box(node: etree._Element) -> bool:
    """Whether class or id of an element call it a box of comments or of links."""
    name, other = node.get("class"), node.get("id")
    return bool((name and _IS_BOX_NAME[name]) or (other and _IS_BOX_NAME[other]))


def _is_of_readers(node: etree._Element) -> bool:
    return any(_COMMENTS.search(node.get(name) or "") for name in ("class", "id"))


def _is_box(node: etree._Element) -> bool:
    if next(node.iterdescendants("h1"), None) is not None:
        return False
    return _is_of_readers(node) or len("".join(node.itertext())) <= _LONGEST_BOX


def _headed_list(items: etree._Element, tree: etree._Element) -> tuple[etree._Element, ...]:
    """Return the heading ("Tin liên quan") and the list of links below it where they are a box."""
    heading = None if items is tree else items.getprevious()
    if heading is None or heading.tag not in _HEADINGS or len(heading) > 2:
        return ()
    words = "".join(islice(heading.itertext(), 6)).strip()
    if not words or len(words) > _LONGEST_HEADING or not is_heading_of_others(title_text(words)):
        return ()
    is_box = all(next(item.iterdescendants("a"), None) is not None for item in items)
    return (heading, items) if is_box else ()


def _is_link_alone(node: etree._Element) -> bool:
    """Whether a paragraph between others is nothing but the headline of another article."""
    links = list(islice(node.iterdescendants("a"), 2))
    if len(links) != 1 or len(node) != 1:
        return False
    words = "".join(node.itertext()).strip()
    address = links[0].get("href") or ""
    return (
        len(words) >= _SHORTEST_LINK
        and "".join(links[0].itertext()).strip() == words
        and words[-1] not in ".:;!?…"
        and not address.startswith(("#", "mailto:", "tel:"))
        and not _FILE.search(address)
        and all(_is_prose(beside) for beside in (node.getprevious(), node.getnext()))
    )


def _is_prose(node: etree._Element | None) -> bool:
    return node is not None and node.tag == "p" and len("".join(node.itertext())) >= 60


def _drop(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is None:
            parent.text = (parent.text or "") + node.tail
        else:
            before.tail = (before.tail or "") + node.tail
    parent.remove(node)
