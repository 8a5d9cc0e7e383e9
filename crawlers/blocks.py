"""Visible text of a parsed page, one block a line, in one pass and without recursion."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from itertools import islice

from lxml import etree

from crawlers.markup import tidy, without_tags
from crawlers.naming import Known, holds

_BLOCK_NAMES = (
    "address article aside blockquote body br center dd details div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol p pre section summary "
    "table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_UNSEEN_NAMES = (
    "script style noscript template iframe object embed svg math button select option input "
    "textarea form video audio canvas head link meta ins"
)
_UNSEEN = frozenset(_UNSEEN_NAMES.split())
_FIGURES = frozenset(("figure", "figcaption", "picture"))
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
# Boxes inside an article's body that are not the article: related links, adverts, share bars,
# captions, votes, tags. Matched against whole words of class and id.
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:related|relate|relatednews|relationnews|morenews|readmore|read-more|tinlienquan|"
    r"tin-lien-quan|lienquan|box-tinlienquan|tag|tags|tagdetail|share|sharing|social|sharemxh|banner|"
    r"ads?|advert\w*|adv|admzone\w*|sponsor\w*|promo\w*|comment|comments|binhluan|box-comment|vote|"
    r"survey|newsletter|subscribe|breadcrumb\w*|author-info|box-author|article-author|link-source\w*|"
    r"link-content-footer|inner-article|box-brief|caption|photocms_caption|image-caption|"
    r"tplcaption|pswp\w*|player|videonewsplayer|audio|toolbar|copyright|embed-?box|poll|quiz|"
    r"vcsortableinpreviewmode|nlplaceholdershow|hidden|d-none|sr-only|screen-reader-text)(?=$|[\s_-])",
    re.I,
)
# Boxes whose class would match _ASIDE but whose words belong to the article.
_INSIDE = re.compile(r"(?:^|[\s_-])(?:boxinfo|content-?box|box-info|quote|notebox)", re.I)
_CAPTION = re.compile(
    r"caption|chu-?thich|(?:image|img|photo|pic|picture|anh)[-_]?(?:desc|note|cap)", re.I
)
_IS_CAPTION_CLASS = Known(holds(_CAPTION, "cap", "thich", "desc", "note"))
# "Ảnh: Hải Thử", "Ảnh do người dân cung cấp", at the end.
_CREDIT = re.compile(r"\b(?:Ảnh|Nguồn ảnh|Nguồn|Đồ họa|Photo)\s*(?::|do\b|chụp\b).{0,60}$")
_LONGEST_CAPTION = 400
_UNNAMED = frozenset(("table", "em", "i"))
_PARAGRAPHS = ("p", "div", "center")


def text_of(element: etree._Element) -> str:
    """Return all visible words of ``element`` as one line."""
    return " ".join(_lines(element, skip_asides=False))


def short_text_of(
    element: etree._Element, limit: int, begins: Callable[[str], bool], enough: int
) -> str | None:
    """Return the words of ``element``, or None if they are more than ``limit`` characters or
    ``begins`` says no to their beginning, asked once ``enough`` characters are known.

    A page's outer boxes hold all of it: they are left after their first lines.
    """
    text, is_asked = "", False
    for line in _lines(element, skip_asides=False):
        text = f"{text} {line}" if text else line
        if len(text) > limit:
            return None
        if not is_asked and len(text) >= enough:
            is_asked = True
            if not begins(text):
                return None
    return text if is_asked or begins(text) else None


def body_lines(element: etree._Element, dropped: Collection[etree._Element] = ()) -> list[str]:
    """Return the article's own lines in ``element``: no captions, related links, adverts.

    Elements in ``dropped`` are left out whatever they are called.
    """
    return list(_lines(element, skip_asides=True, dropped=dropped))


def captions(element: etree._Element, limit: int = 30) -> tuple[str, ...]:
    """Return the captions of the images in ``element``, in order, each once."""
    found: dict[str, None] = {}
    sure = set(element.iter("figcaption"))
    for holder in dict.fromkeys(map(_holder, element.iter("img", "amp-img"))):
        if holder is not None and (node := _beside(holder)) is not None:
            sure.add(node)
    for node in element.iter("figcaption", "p", "div", "td", "span", "table", "em", "i"):
        name = node.get("class")
        if not ((name and _IS_CAPTION_CLASS[name] and node.tag not in _UNNAMED) or node in sure):
            continue
        text = text_of(node)
        if 3 < len(text) <= 500:
            found.setdefault(text)
        if len(found) >= limit:
            break
    return tuple(found)


def _holder(image: etree._Element) -> etree._Element | None:
    """Return the table or else the block in which an image stands."""
    block = None
    for parent in islice(image.iterancestors(), 6):
        if parent.tag == "table":
            return parent
        if block is None and parent.tag in _BLOCKS:
            block = parent
    return block


def _beside(holder: etree._Element) -> etree._Element | None:
    """Return what holds the caption of ``holder``'s images that no class calls one: a table of an
    image and a few words, or the words in italics or with the photographer's name in the same
    paragraph or the next."""
    if holder.tag == "table":
        return holder if _is_picture_table(holder) else None
    if holder.tag not in _PARAGRAPHS:
        return None
    if words := _few_words(holder):
        return holder if _is_caption(holder, words) else None
    following = holder.getnext()
    if following is None or following.tag not in (*_PARAGRAPHS, "em", "i"):
        return None
    words = _few_words(following)
    return following if words and _is_caption(following, words) else None


def _few_words(element: etree._Element) -> str | None:
    """Return the words of ``element`` unless they are too many for a caption."""
    if all(map(str.isspace, element.itertext())):  # quicker, and so it is around most images
        return ""
    return short_text_of(element, _LONGEST_CAPTION, lambda _: True, 0)


def _is_picture_table(table: etree._Element) -> bool:
    if not _few_words(table):
        return False
    cells = (cell for cell in table.iter("td", "th") if "".join(cell.itertext()).strip())
    return len(list(islice(cells, 2))) == 1


def _is_caption(block: etree._Element, words: str) -> bool:
    if len(words) <= 3 or next(block.iterdescendants("a"), None) is not None:
        return False
    slanted = [block] if block.tag in ("em", "i") else list(islice(block.iter("em", "i"), 1))
    return bool(_CREDIT.search(words)) or any(text_of(node) == words for node in slanted)


def _lines(
    element: etree._Element, *, skip_asides: bool, dropped: Collection[etree._Element] = ()
) -> Iterator[str]:
    parts: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walker:
        if event == "start":
            tag = node.tag
            if node is not element and (node in dropped or _is_skipped(node, skip_asides)):
                walker.skip_subtree()
                continue
            if tag in _BLOCKS and parts and (line := _line(parts)):
                yield line
            if node.text:
                parts.append(node.text)
        elif event == "end":
            if node.tag in _BLOCKS and parts and (line := _line(parts)):
                yield line
            if node is not element and node.tail:
                parts.append(node.tail)
        elif node is not element and node.tail:
            parts.append(node.tail)
    if line := _line(parts):
        yield line


def _line(parts: list[str]) -> str:
    """Return the words collected so far as one line, and begin anew."""
    words = "".join(parts)
    parts.clear()
    return "" if not words or words.isspace() else without_tags(tidy(words).replace("\n", " "))


def _is_skipped(node: etree._Element, skip_asides: bool) -> bool:
    tag = node.tag
    if tag in _UNSEEN:
        return True
    style = node.get("style")
    if style and "display:none" in style.replace(" ", "").lower():
        return True
    if not skip_asides:
        return False
    if tag in _FIGURES:
        return True
    name = f"{node.get('class') or ''} {node.get('id') or ''}"
    if len(name) < 3 or tag in _HEADINGS or (tag == "p" and "caption" not in name.lower()):
        return False
    return bool(_ASIDE.search(name)) and not _INSIDE.search(name)
