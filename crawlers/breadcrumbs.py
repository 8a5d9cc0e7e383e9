"""The section of an article by the path that its page shows: "Trang chủ › Xã hội › Giao thông"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice

from lxml import etree

from crawlers.frame import is_date, line_key
from crawlers.markup import title_text
from crawlers.naming import Known, holds

_PATH = re.compile(r"bread-?_?crumbs?|cate-name|thanh-?dieu-?huong|duong-?dan", re.I)
_IS_PATH_NAME = Known(holds(_PATH, "crumb", "cate-name", "huong", "dan"))
_BETWEEN = re.compile(r"\s*[»›>→|]\s*|\s+/\s+|\s+[-–]\s+(?=[»›>→])")
_HOME_ADDRESS = re.compile(r"(?:(?:https?:)?//[^/]+)?/?$", re.I)
_HOLDERS = ("nav", "ol", "ul", "div", "p", "span", "td", "section", "a", "h2")
_NAMING = frozenset(("class", "id", "aria-label", "itemtype", "data-role"))
_LONGEST_PATH, _LONGEST_NAME, _MOST_PARTS = 400, 60, 12
HOME = frozenset(
    {"trang chủ", "home", "trang chu", "trangchu", "trang nhất", "trang chính", "homepage"}
)
# What portals put behind the path, whatever the article.
_NO_SECTION = frozenset({"chi tiết", "chi tiết tin", "chi tiết bài viết", "nội dung", "bài viết"})


def shown_section(tree: etree._Element, title: str, others: Collection[str]) -> str:
    """Return the first part of the path that the page shows, "" where there is none.

    The home page, the article's ``title`` and ``others`` (what the outlet is called) are no
    section.
    """
    known = {*HOME, *_NO_SECTION, *(line_key(name) for name in others if name)}
    own = line_key(title)
    for node in tree.iter(*_HOLDERS):
        if not _is_path(node):
            continue
        for part in _parts(node):
            key = line_key(part)
            is_name = 2 <= len(part) <= _LONGEST_NAME and not is_date(part)
            if is_name and key not in known and not own.startswith(key):
                return part
    return ""


def _is_path(node: etree._Element) -> bool:
    for name, value in node.items():  # noqa: SIM110 - asked of each element
        if name in _NAMING and _IS_PATH_NAME[value]:
            return True
    return False


def _parts(node: etree._Element) -> Iterator[str]:
    """Yield the parts of a path: its links, or the words between its arrows."""
    links = [node] if node.tag == "a" else list(islice(node.iterdescendants("a"), _MOST_PARTS))
    if links:
        inner = (
            link for link in links if not _HOME_ADDRESS.match((link.get("href") or "x").strip())
        )
        yield from (title_text("".join(link.itertext())) for link in inner)
        return
    words = title_text("".join(islice(node.itertext(), 4 * _MOST_PARTS)))
    if len(words) <= _LONGEST_PATH:
        yield from islice(_BETWEEN.split(words), _MOST_PARTS)
