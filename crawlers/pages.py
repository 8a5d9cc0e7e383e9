"""Article pages: bytes to title, lead, text, times and identity, with the way each was found.

The body comes from the site's own rule where there is one, else from trafilatura in its fast mode
with the lead repaired (it loses the sapo on many Vietnamese pages: the block that begins like
og:description is put back), else from resiliparse. Call it in a limited worker
(:mod:`crawlers.workers`): the parsers are C code that others' input drives.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice

import lxml.html
import trafilatura
from lxml import etree
from resiliparse.extract.html2text import extract_plain_text

from crawlers.blocks import body_lines, captions, short_text_of, text_of
from crawlers.boxes import drop_boxes, unfold_tables
from crawlers.bylines import signed_by
from crawlers.claimreview import ClaimReview, claim_review
from crawlers.dates import parse_date
from crawlers.decoding import decode_text, is_utf8, legal_xml
from crawlers.feeds import looks_like_challenge
from crawlers.forums import DROPPED, first_post
from crawlers.frame import is_signature, line_key, without_boxes, without_frame
from crawlers.markup import tidy, without_tags, without_unseen
from crawlers.metadata import (
    PageMetadata,
    lead_element,
    read_metadata,
    registrable_domain,
)
from crawlers.selecting import quicken_trafilatura
from crawlers.sites import rule_for
from crawlers.sites.rule import SiteRule, select
from langnghe.errors import InvalidDocument

quicken_trafilatura()

_MIN_BODY = 140
_MIN_LEAD = 25
_MAX_LEAD = 1200
_ALIKE = 40
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# One class for all elements, chosen in C: the special ones of forms are never needed, and to choose
# among them in Python takes a tenth of the whole extraction.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement)
_NAMED_BEFORE = 30
# An agency's name before the lead and as much of the lead as is compared.
_BEGINNING = 100
_ALL_TEXT = etree.XPath("string(//body)", smart_strings=False)


@dataclass(frozen=True, slots=True)
class PageArticle:
    """One article page as it was understood; datetimes are UTC, ``via`` names field → way."""

    title: str
    lead: str
    text: str
    published_at: datetime | None
    modified_at: datetime | None
    outlet: str
    section: str
    byline: str
    canonical_url: str
    captions: tuple[str, ...] = ()
    review: ClaimReview | None = None
    via: dict[str, str] = field(default_factory=dict)


def extract_page(
    payload: bytes, *, url: str = "", content_type: str = "", now: datetime | None = None
) -> PageArticle:
    """Return the article in an HTML page.

    ``text`` begins with the lead. Raises InvalidDocument when no article can be found.
    """
    tree, encoding = parse_html(payload, content_type)
    meta = read_metadata(tree, url, now)
    rule = rule_for(url or meta.canonical_url)
    if rule:
        _take_rule(meta, tree, rule, now)
    if meta.published_at is None and looks_like_challenge(payload):
        raise InvalidDocument("", "a browser check instead of the page")
    post = first_post(tree)
    lines, way, container = _body(tree, rule, post, payload, content_type)
    shown = captions(container if container is not None else tree)
    lines = without_boxes(lines, shown)
    if sum(map(len, lines)) < _MIN_BODY < sum(map(len, shown)):
        lines, way = [*lines, *shown], f"{way} and captions"
    if rule and way == "site rule":
        way = f"site rule of {registrable_domain(url or meta.canonical_url)}"
    lines = without_frame(lines, meta.title, meta.section)
    lead, lead_way = _lead(tree, rule, meta, lines, container)
    lines = _with_lead(lines, lead, lead_way)
    if not lines and not lead:
        raise InvalidDocument("", "no article text on the page")
    if not meta.title:
        raise InvalidDocument("", "no title on the page")
    return PageArticle(
        title=meta.title,
        lead=lead,
        text="\n".join(lines) or lead,
        published_at=meta.published_at,
        modified_at=meta.modified_at,
        outlet=meta.outlet,
        section=meta.section,
        byline=_byline(meta, container if container is not None else tree, post),
        canonical_url=meta.canonical_url,
        captions=shown,
        review=claim_review(tree),
        via={**meta.via, "text": way, "lead": lead_way, "encoding": encoding},
    )


def _byline(meta: PageMetadata, body: etree._Element, post: etree._Element | None) -> str:
    """Return who signed a press article; who began a thread is no business of ours."""
    return "" if post is not None else (meta.byline or signed_by(body))[:200]


def parse_html(payload: bytes, content_type: str = "") -> tuple[etree._Element, str]:
    """Return the parsed page and its encoding; raises InvalidDocument for what is no HTML."""
    text, encoding = decode_text(payload, content_type)
    is_as_it_came = is_utf8(payload, text, encoding) and not _XML_DECLARATION.match(text)
    text = _XML_DECLARATION.sub("", text)
    text, encoded = legal_xml(text, payload if is_as_it_came else b"")
    if "<" not in text:
        raise InvalidDocument("", "not an HTML page")
    parser = lxml.html.HTMLParser(
        encoding="utf-8",
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
    )
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        tree = lxml.html.document_fromstring(encoded, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise InvalidDocument("", f"not an HTML page: {error}") from error
    if tree is None:
        raise InvalidDocument("", "not an HTML page")
    return tree, encoding


def _take_rule(
    meta: PageMetadata, tree: etree._Element, rule: SiteRule, now: datetime | None
) -> None:
    """Fill by the site's rule what the page does not state."""
    for node in () if meta.published_at else select(tree, rule.date):
        meta.take("published_at", parse_date(text_of(node), now), "site rule")
    for name, selector in (("byline", rule.byline), ("section", rule.section)):
        for node in () if getattr(meta, name) else select(tree, selector):
            meta.take(name, text_of(node)[:120], "site rule")


def _body(
    tree: etree._Element,
    rule: SiteRule | None,
    post: etree._Element | None,
    payload: bytes,
    content_type: str,
) -> tuple[list[str], str, etree._Element | None]:
    """Return the body's lines, the way they were found and the element that holds them."""
    if rule and (found := _by_selector(tree, rule.body, rule.drop)):
        return found[0], "site rule", found[1]
    if post is not None:
        return body_lines(post, set(select(post, DROPPED))), "first post", post
    if found := _by_selector(tree, "[data-role=content]", ""):
        return found[0], "data-role", found[1]
    drop_boxes(tree)
    unfold_tables(tree)
    lines = _trafilatura_lines(tree)
    if sum(map(len, lines)) >= _MIN_BODY:
        return lines, "trafilatura", None
    plain = extract_plain_text(decode_text(payload, content_type)[0], main_content=True)
    other = _clean_lines(plain)
    if sum(map(len, other)) > sum(map(len, lines)):
        return other, "resiliparse", None
    return lines, "trafilatura", None


def _by_selector(
    tree: etree._Element, body: str, drop: str
) -> tuple[list[str], etree._Element] | None:
    best: tuple[list[str], etree._Element] | None = None
    for node in select(tree, body):
        drop_boxes(node)
        dropped = set(select(node, drop))
        lines = body_lines(node, dropped)
        if sum(map(len, lines)) > sum(map(len, best[0] if best else ())):
            best = lines, node
    return best if best and sum(map(len, best[0])) >= _MIN_BODY else None


def _trafilatura_lines(tree: etree._Element) -> list[str]:
    found = trafilatura.bare_extraction(tree, fast=True, include_comments=False)
    text = getattr(found, "text", "") or ""
    return _clean_lines(text)


def _clean_lines(text: str) -> list[str]:
    return [line for line in (without_tags(tidy(part)) for part in text.split("\n")) if line]


def _is_frame(line: str) -> bool:
    """Whether a line before the lead is a date or a label rather than a sentence."""
    return len(line) <= 60 and (parse_date(line) is not None or is_signature(line))


def _lead(
    tree: etree._Element,
    rule: SiteRule | None,
    meta: PageMetadata,
    lines: list[str],
    container: etree._Element | None,
) -> tuple[str, str]:
    """Return the lead and the way it was found; the visible one is fuller than og:description."""
    for node in select(tree, rule.lead) if rule else ():
        text = text_of(node)
        if _MIN_LEAD <= len(text) <= _MAX_LEAD:
            return text, "site rule"
    start = line_key(meta.description)[:_ALIKE]
    if len(start) >= _MIN_LEAD:
        for line in lines[:4]:
            if _begins_like(line, start):
                return line, "first lines"
        if block := _block_like(tree, start):
            return block, "block like og:description"
    node = lead_element(tree, meta.title)
    if node is not None:
        text = text_of(node)
        if _MIN_LEAD <= len(text) <= _MAX_LEAD and line_key(text) != line_key(meta.title):
            return text, "lead element"
    if lines and _MIN_LEAD <= len(lines[0]) <= _MAX_LEAD and _is_bold(tree, lines[0]):
        return lines[0], "bold first line"
    if len(meta.description) >= _MIN_LEAD:
        return meta.description, "description only"
    if lines and len(lines[0]) <= _MAX_LEAD:
        return lines[0], "first line"
    return "", ""


def _is_bold(tree: etree._Element, line: str) -> bool:
    """Whether the first line is set in bold as a whole, as papers set a lead."""
    key = line_key(line)
    return any(line_key(text_of(node)) == key for node in islice(tree.iter("strong", "b"), 60))


def _block_like(tree: etree._Element, start: str) -> str | None:
    """Return the smallest visible block that begins like ``start``."""
    best: str | None = None
    longest = _MAX_LEAD
    if not (holders := _holders(tree, start)):
        return None
    for node in tree.iter("h2", "p", "h3", "h4", "div", "strong", "span", "section", "li"):
        if node not in holders or len(node) > 8:
            continue
        text = short_text_of(node, longest, partial(_begins_like, start=start), _BEGINNING)
        if text is not None:
            best, longest = text, len(text) - 1
    return best


def _holders(tree: etree._Element, words: str) -> set[etree._Element]:
    """Return the elements whose text holds ``words``, whatever markup and blanks lie between.

    Most pages that do not show their og:description are left after one look at the text as a whole.
    """
    packed = _packed(words)
    if packed not in _packed(_ALL_TEXT(tree)):
        return set()
    parts, owners = [], []
    for text, owner in _texts(tree):
        parts.append(_packed(text))
        owners.append(owner)
    whole, ends = "".join(parts), list(itertools.accumulate(map(len, parts)))
    found: set[etree._Element] = set()
    place = whole.find(packed)
    while place >= 0:
        node: etree._Element | None = owners[bisect_right(ends, place)]
        while node is not None and node not in found:
            found.add(node)
            node = node.getparent()
        place = whole.find(packed, place + 1)
    return found


def _texts(tree: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Yield the texts of the body that are no scripts, each with the element that holds it."""
    for body in tree.iter("body"):
        for event, node in etree.iterwalk(body, events=("start", "end")):
            if event == "start":
                if (text := node.text) and node.tag not in ("script", "style"):
                    yield text, node
            elif node is not body and (text := node.tail):
                yield text, node.getparent()


def _packed(text: str) -> str:
    """Return ``text`` as it is compared: without blanks, marks that are never seen and capitals."""
    return "" if text.isspace() else "".join(without_unseen(text).lower().split())


def _begins_like(text: str, start: str) -> bool:
    key = line_key(text[:_MAX_LEAD])
    # Before it an agency or a place may be named: "(TTXVN) - ", "Lam Giang".
    return 0 <= key.find(start) <= _NAMED_BEFORE


def _with_lead(lines: list[str], lead: str, way: str) -> list[str]:
    """Return the lines with the lead first, once; a lead the page never shows is not text."""
    if way == "first lines":
        place = lines.index(lead)
        return lines[place:] if all(map(_is_frame, lines[:place])) else lines
    if not lead or way in ("description only", "first line"):
        return lines
    key = line_key(lead)
    rest = [line for i, line in enumerate(lines) if not (i < 4 and line_key(line) == key)]
    if key in line_key(" ".join(rest[:4])):
        return rest
    return [lead, *rest]
