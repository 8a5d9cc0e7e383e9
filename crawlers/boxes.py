"""Boxes on a page that are not the article: what readers wrote, and links to other articles.

They are taken out of the tree before the text is looked for. Readers' comments must go in any
case: they are private people's words and names, and nothing masks them in a press article.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lxml import etree

from crawlers.frame import is_heading_of_others
from crawlers.markup import title_text

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
_HOLDERS = ("div", "section", "aside", "ul", "ol", "table", "p", "blockquote")
_HEADINGS = ("h2", "h3", "h4", "h5", "p", "div", "strong", "span")
_LONGEST_BOX, _LONGEST_HEADING, _SHORTEST_LINK = 2000, 40, 20
_MUCH_TEXT = 400
_LISTS = ("ul", "ol")
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|jpe?g|png|mp[34])(?:$|[?#])", re.I)


def drop_boxes(tree: etree._Element) -> None:
    """Take the boxes out of ``tree``; what holds a heading of first order is none."""
    for node in list(tree.iter(*_HOLDERS)):
        name = f"{node.get('class') or ''} {node.get('id') or ''}"
        if len(name) > 3 and _is_box(node, name):
            _drop(node)
    for node in list(tree.iter(*_HEADINGS)):
        if _heads_a_list_of_links(node):
            following = node.getnext()
            _drop(node)
            _drop(following)
    for node in list(tree.iter("p")):
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


def _is_box(node: etree._Element, name: str) -> bool:
    kind = _kind(name)
    if not kind or next(node.iterdescendants("h1"), None) is not None:
        return False
    return kind == "comments" or len("".join(node.itertext())) <= _LONGEST_BOX


@lru_cache(maxsize=4096)
def _kind(name: str) -> str:
    """Return what class and id of an element call it: "comments", "related" or ""."""
    return "comments" if _COMMENTS.search(name) else "related" if _RELATED.search(name) else ""


def _heads_a_list_of_links(node: etree._Element) -> bool:
    """Whether a heading ("Tin liên quan") and the list of links below it stand for a box."""
    following = node.getnext()
    if following is None or following.tag not in _LISTS or len(node) > 2:
        return False
    words = "".join(islice(node.itertext(), 6)).strip()
    if not words or len(words) > _LONGEST_HEADING or not is_heading_of_others(title_text(words)):
        return False
    return all(next(item.iterdescendants("a"), None) is not None for item in following)


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
