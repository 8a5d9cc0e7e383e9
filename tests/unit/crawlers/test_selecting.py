"""What is selected quickly is what trafilatura's own expressions select."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from trafilatura import xpaths

from crawlers.selecting import Selection, quick, quicken_trafilatura

quicken_trafilatura()

_NAMESPACES = {"re": "http://exslt.org/regular-expressions"}
_TAGS = (
    "a", "article", "aside", "div", "footer", "h1", "item", "li", "list", "main", "ol", "p",
    "script", "section", "span", "ul",
)  # fmt: skip
_ATTRIBUTES = (
    "aria-hidden", "class", "data-component", "data-lp-replacement-content", "id", "itemprop",
    "role", "style",
)  # fmt: skip
_WORDS = (
    "", "article", "articleBody", "article-content", "author", "Comments", "commentary", "comol",
    "cookie", "cookie-consent", "CookieConsent", "content", "display: none",
    "elementor-share-buttons",
    "entry", "entry-content", "footer", "FullText", "hidden", "infinite-scroll", "Main-content",
    "main", "MostPopularStories", "mvp-post-add-box", "Navigation", "post", "reply-1", "share-x",
    "story", "Teaser", "text", "true", "widget",
)  # fmt: skip


def quickened() -> dict[str, Selection]:
    found = {
        f"{name}[{number}]": select
        for name, selects in vars(xpaths).items()
        if isinstance(selects, list)
        for number, select in enumerate(selects)
    }
    found["BASIC_CLEAN_XPATH"] = importlib.import_module("trafilatura.baseline").BASIC_CLEAN_XPATH
    return {name: select for name, select in found.items() if isinstance(select, Selection)}


def test_what_takes_the_time_is_quickened() -> None:
    assert {
        "BASIC_CLEAN_XPATH", "BODY_XPATH[0]", "BODY_XPATH[2]", "BODY_XPATH[3]",
        "DISCARD_IMAGE_ELEMENTS[0]", "OVERALL_DISCARD_XPATH[0]", "OVERALL_DISCARD_XPATH[1]",
        "RAW_TREE_PRUNE_XPATH[0]", "RAW_TREE_PRUNE_XPATH[1]", "REMOVE_COMMENTS_AND_LISTS_XPATH[0]",
        "TEASER_DISCARD_XPATH[0]",
    } <= quickened().keys()  # fmt: skip


_attributes = st.lists(
    st.tuples(
        st.sampled_from(_ATTRIBUTES),
        st.lists(st.sampled_from(_WORDS), min_size=1, max_size=2).map(" ".join),
    ),
    max_size=3,
)
_nodes = st.recursive(
    st.tuples(st.sampled_from(_TAGS), _attributes, st.just([])),
    lambda inner: st.tuples(
        st.sampled_from(_TAGS), _attributes, st.lists(inner, min_size=1, max_size=4)
    ),
    max_leaves=25,
)
_Node = tuple[str, list[tuple[str, str]], list["_Node"]]


def built(node: _Node) -> etree._Element:
    tag, attributes, inner = node
    element = lxml.html.Element(tag)
    for name, value in attributes:  # the order counts: of @id|@class the one written first is asked
        element.set(name, value)
    for one in inner:
        element.append(built(one))
    element.append(etree.Comment("div"))
    return element


@given(_nodes)
def test_the_same_elements_in_the_same_order(node: _Node) -> None:
    tree = lxml.html.Element("html")
    tree.append(built(node))
    for name, select in quickened().items():
        expected = etree.XPath(select.path, namespaces=_NAMESPACES)(tree)
        assert select(tree) == expected, name


def forms_that_stay() -> Iterator[str]:
    yield "//div[@class='x']"
    yield "(.//article)[1]"
    yield ".//div[@class='x' and @id='y']"
    yield ".//div[re:test(@class, 'x?')]"  # holds for elements without a class too
    yield ".//div[contains(text(), 'x')]"
    yield ".//div[not(@class)]"
    yield "(.//div[@id='a'])[1]|(.//p[@id='a'])[1]"


@pytest.mark.parametrize("path", forms_that_stay())
def test_an_expression_of_another_form_stays_as_it_is(path: str) -> None:
    select = etree.XPath(path, namespaces=_NAMESPACES)
    assert quick(select) is select
