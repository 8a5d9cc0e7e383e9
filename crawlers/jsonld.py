"""A page's JSON-LD: its objects, and the one that is the article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from crawlers.markup import title_text

_ARTICLE_TYPES = {
    "newsarticle", "article", "reportagenewsarticle", "blogposting", "analysisnewsarticle",
    "opinionnewsarticle", "liveblogposting", "backgroundnewsarticle", "report", "webpage",
    "socialmediaposting", "discussionforumposting", "videoobject", "advertisercontentarticle",
}  # fmt: skip
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


def json_ld(tree: etree._Element) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of the page's JSON-LD, those of a graph too, without broken scripts."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        yield from _objects(_loads(script.text), depth=0)


def _loads(text: str) -> Any:
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    text = text.removeprefix("//<![CDATA[").removesuffix("//]]>")
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            return json.loads(candidate, strict=False)
        except (json.JSONDecodeError, RecursionError):
            continue
    return None


def _objects(data: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > 4:
        return
    if isinstance(data, list):
        for part in data[:50]:
            yield from _objects(part, depth + 1)
    elif isinstance(data, dict):
        yield data
        yield from _objects(data.get("@graph"), depth + 1)
        if isinstance(data.get("mainEntity"), dict):
            yield from _objects(data["mainEntity"], depth + 1)


def types_of(node: Mapping[str, Any]) -> set[str]:
    """Return an object's types in lower case, without their vocabulary."""
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return {str(name).rpartition("/")[2].lower() for name in names if name}


def article_of(
    graph: Sequence[Mapping[str, Any]], addresses: Iterable[str], title: str
) -> Mapping[str, Any]:
    """Return the object of the article itself: with a date, of this page, and specific; else {}.

    ``addresses`` and ``title`` are what else the page says of itself: papers describe the
    articles that they link to as well.
    """
    own = {_plain_address(address) for address in addresses} - {""}
    candidates = [node for node in graph if types_of(node) & _ARTICLE_TYPES]
    candidates.sort(
        key=lambda node: (
            not node.get("datePublished"),
            _is_of_another(node, own, title),
            bool(types_of(node) & {"webpage", "videoobject"}),
        )
    )
    return candidates[0] if candidates else {}


def _is_of_another(node: Mapping[str, Any], own: set[str], title: str) -> bool:
    """Whether neither the address nor the headline of an object is this page's."""
    headline = title_text(str(node.get("headline") or ""))
    told = {_plain_address(value) for value in _addresses(node)} - {""}
    if not told or not own or not (headline and title):
        return False
    return not (told & own or headline in title or title in headline)


def _addresses(node: Mapping[str, Any]) -> Iterator[str]:
    for value in (node.get("url"), node.get("@id"), node.get("mainEntityOfPage")):
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            yield value


def _plain_address(url: str) -> str:
    """Return an address as two spellings of it are compared."""
    return url.partition("://")[2].partition("#")[0].partition("?")[0].rstrip("/").lower()
