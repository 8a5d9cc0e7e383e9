"""Visible text of a parsed page, one block a line, in one pass and without recursion."""

from __future__ import annotations

import re
from collections.abc import Collection

from lxml import etree

from crawlers.markup import tidy, without_tags

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
_CAPTION = re.compile(r"caption|chu-?thich|image-?desc", re.I)


def text_of(element: etree._Element) -> str:
    """Return all visible words of ``element`` as one line."""
    return " ".join(line for line in _lines(element, skip_asides=False))


def body_lines(element: etree._Element, dropped: Collection[etree._Element] = ()) -> list[str]:
    """Return the article's own lines in ``element``: no captions, related links, adverts.

    Elements in ``dropped`` are left out whatever they are called.
    """
    return _lines(element, skip_asides=True, dropped=dropped)


def captions(element: etree._Element, limit: int = 30) -> tuple[str, ...]:
    """Return the captions of the images in ``element``, in order, each once."""
    found: dict[str, None] = {}
    for node in element.iter("figcaption", "p", "div", "td", "span"):
        if node.tag != "figcaption" and not _CAPTION.search(node.get("class") or ""):
            continue
        text = text_of(node)
        if 3 < len(text) <= 500:
            found.setdefault(text)
        if len(found) >= limit:
            break
    return tuple(found)


def _lines(
    element: etree._Element, *, skip_asides: bool, dropped: Collection[etree._Element] = ()
) -> list[str]:
    lines: list[str] = []
    parts: list[str] = []

    def flush() -> None:
        line = without_tags(tidy("".join(parts)).replace("\n", " "))
        parts.clear()
        if line:
            lines.append(line)

    walker = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walker:
        if event == "start":
            tag = node.tag
            if node is not element and (node in dropped or _is_skipped(node, skip_asides)):
                walker.skip_subtree()
                continue
            if tag in _BLOCKS:
                flush()
            if node.text:
                parts.append(node.text)
        elif event == "end":
            if node.tag in _BLOCKS:
                flush()
            if node is not element and node.tail:
                parts.append(node.tail)
        elif node is not element and node.tail:
            parts.append(node.tail)
    flush()
    return lines


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
