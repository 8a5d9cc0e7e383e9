"""The declarative part of a site module."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lxml import etree
from lxml.cssselect import CSSSelector


@dataclass(frozen=True)
class SiteRule:
    """CSS selectors of a site or a publishing system; empty ones are left to the generic way.

    ``body`` holds the article's paragraphs, ``lead`` the sapo, ``drop`` what stands inside the
    body and is not the article. ``links`` finds the article links of a section page.
    """

    domains: tuple[str, ...]
    body: str
    lead: str = ""
    drop: str = ""
    date: str = ""
    byline: str = ""
    section: str = ""
    links: str = ""


def select(tree: etree._Element, selector: str) -> list[etree._Element]:
    """Return the elements that ``selector`` (CSS) finds in document order; none for ""."""
    return list(_compiled(selector)(tree)) if selector else []


@cache
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector)
