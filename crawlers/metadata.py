"""What a page says about itself: JSON-LD first, then meta elements, then what a reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from crawlers.breadcrumbs import HOME, shown_section
from crawlers.jsonld import article_of, json_ld, types_of
from crawlers.markup import plain_text, title_text
from crawlers.moments import Moment, moments_of
from langnghe.url import canonical_url, host_of, is_web_url

_LEAD_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sapo|chapeau|chappeau|standfirst|tomtat|tom-tat|trichdan|trich-dan)(?=$|[\s_-])",
    re.I,
)
_SUMMARY_CLASS = re.compile(
    r"(?:^|[\s_-])(?:summary|introtext|hometext|mo-?ta)(?=$|[\s_-])",
    re.I,
)
_HEADINGS, _BELOW_TITLE = ("h1", "h2", "h3", "h4"), 30
_TITLE_CLASS = re.compile(r"(?:^|[\s_-])(?:tieu-?de|title)\w*(?=$|[\s_-])", re.I)
_LONG_TITLE, _LONGEST_TITLE = 20, 250
_AUTHOR_CLASS = re.compile(r"(?:^|[\s_-])(?:author|tacgia|tac-gia|byline)(?=$|[\s_-])", re.I)
_CLOCK_OR_DATE = re.compile(r"\d[:/h]\d")
_SUFFIX = re.compile(r"\s+[-–|»•]\s+([^-–|»•]{2,60})$")
# How the names of papers and portals begin; a proper name follows.
_PUBLISHER = re.compile(
    r"(?:Báo(?: điện tử)?|Tạp chí(?: điện tử)?|Đài(?: Phát thanh(?: và| -) Truyền hình)?|"
    r"(?:Cổng|Trang) (?:thông tin điện tử|TTĐT|thông tin|tin)(?: tỉnh| thành phố)?) (?=\w)"
)
_SECOND_LEVEL = {
    "com",
    "net",
    "org",
    "gov",
    "edu",
    "ac",
    "co",
    "info",
    "biz",
    "name",
    "health",
    "int",
}


@dataclass
class PageMetadata:
    """What was found and, in ``via``, the way each field was found."""

    title: str = ""
    description: str = ""
    published_at: datetime | None = None
    modified_at: datetime | None = None
    canonical_url: str = ""
    outlet: str = ""
    section: str = ""
    byline: str = ""
    article_body: str = ""
    via: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, value: Any, way: str) -> None:
        """Keep ``value`` for ``name`` unless an earlier, better way already gave one."""
        if value and not getattr(self, name):
            setattr(self, name, value)
            self.via[name] = way


def read_metadata(tree: etree._Element, url: str, now: datetime | None = None) -> PageMetadata:
    """Return what the page ``tree`` (fetched from ``url``) states about itself."""
    found = PageMetadata()
    metas = _metas(tree)
    graph = list(json_ld(tree))
    own = [url, *(address for address, _ in _stated_addresses(tree, metas))]
    article = article_of(graph, own, _meta(metas, "og:title"))
    found.take("outlet", _meta(metas, "og:site_name", "application-name"), "meta")
    _take_json_ld(found, article)
    _take_breadcrumb(found, graph)
    _take_meta(found, metas)
    _take_visible(found, tree)
    _take_moments(found, *moments_of(tree, article, metas, found.title, now))
    _take_identity(found, tree, metas, article, url)
    found.take("outlet", host_of(url or found.canonical_url), "host")
    found.title = _without_suffix(found.title, found.outlet, tree)
    if not found.section:
        names = (found.outlet, host_of(url), _meta(metas, "og:site_name"))
        found.take("section", shown_section(tree, found.title, names), "path on the page")
    if found.byline.lower() in {found.outlet.lower(), host_of(url)}:
        found.byline = ""
    return found


def registrable_domain(url: str) -> str:
    """Return the domain that one owner registered: "m.tuoitre.vn" → "tuoitre.vn"."""
    labels = host_of(url).split(".")
    size = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-size:])


def lead_element(tree: etree._Element, title: str) -> etree._Element | None:
    """Return the element that by its class or role is the lead (sapo), if there is one; a word that
    means other things too ("summary") says so only just below the title."""
    for node in tree.iter("h2", "p", "div", "strong", "h3", "h4", "section"):
        if node.get("data-role") == "sapo" or node.get("data-slot") == "sapo":
            return node
        name = node.get("class")
        if name and _LEAD_CLASS.search(name) and len(node) < 12:
            return node
    below = -1
    for node in tree.iter("h1", "h2", "h3", "h4", "p", "div", "strong", "section"):
        if below >= 0:
            below += 1
            name = node.get("class")
            if name and _SUMMARY_CLASS.search(name) and len(node) < 12:
                return node
        elif node.tag in _HEADINGS and title_text("".join(node.itertext())) == title:
            below = 0
        if below > _BELOW_TITLE:
            break
    return None


def _metas(tree: etree._Element) -> dict[str, str]:
    """Return what meta elements say by name; those of other articles' microdata are left out."""
    found: dict[str, str] = {}
    own = [title_text("".join(node.itertext())) for node in tree.iter("h1", "title")]
    for node in tree.iter("meta"):
        content = (node.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop"):
            name = (node.get(attribute) or "").strip().lower()
            if not (name and content) or name in found:
                continue
            if attribute != "itemprop" or not _is_of_another_item(node, own):
                found[name] = content
    return found


def _is_of_another_item(node: etree._Element, own: list[str]) -> bool:
    """Whether the microdata around ``node`` has a headline, and not one of this page's."""
    item = next((up for up in node.iterancestors() if up.get("itemscope") is not None), None)
    if item is None:
        return False
    for part in item.iter():
        if part.get("itemprop") in ("headline", "name") and part.get("itemscope") is None:
            headline = title_text(part.get("content") or "".join(part.itertext()))
            return bool(headline) and not any(
                headline in title or title in headline for title in own if title
            )
    return False


def _meta(metas: Mapping[str, str], *names: str) -> str:
    return next((title_text(metas[name]) for name in names if metas.get(name)), "")


def _take_json_ld(found: PageMetadata, article: Mapping[str, Any]) -> None:
    way = "json-ld"
    found.take("title", title_text(str(article.get("headline") or "")), way)
    found.take("description", title_text(str(article.get("description") or "")), way)
    sections = article.get("articleSection") or ""
    if isinstance(sections, list):
        sections = sections[0] if sections else ""
    found.take("section", title_text(str(sections).split(",")[0]), way)
    found.take("byline", _names(article.get("author")), way)
    found.take("outlet", _names(article.get("publisher"), any_type=True), way)
    found.take("article_body", plain_text(str(article.get("articleBody") or "")), way)


def _names(value: Any, *, any_type: bool = False) -> str:
    people = value if isinstance(value, list) else [value]
    names = []
    for person in people[:6]:
        if isinstance(person, str):
            names.append(title_text(person))
        elif isinstance(person, dict) and (any_type or "organization" not in types_of(person)):
            names.append(title_text(str(person.get("name") or "")))
    return ", ".join(name for name in names if name and not is_web_url(name))


def _take_breadcrumb(found: PageMetadata, graph: list[Mapping[str, Any]]) -> None:
    for node in graph:
        if "breadcrumblist" not in types_of(node):
            continue
        names = []
        for part in _flat(node.get("itemListElement")):
            item = part.get("item")
            name = part.get("name") or (item.get("name") if isinstance(item, dict) else "")
            names.append(title_text(str(name or "")))
        names = [n for n in names if n and n.lower() not in HOME and n != found.title]
        if names:
            found.take("section", names[0], "breadcrumb")
            return


def _flat(parts: Any) -> Iterator[Mapping[str, Any]]:
    for part in parts if isinstance(parts, list) else [parts]:
        if isinstance(part, list):
            yield from _flat(part)
        elif isinstance(part, dict):
            yield part


def _take_meta(found: PageMetadata, metas: Mapping[str, str]) -> None:
    og_title = _meta(metas, "og:title", "twitter:title")
    if og_title:
        found.title, found.via["title"] = og_title, "meta"
    og_description = _meta(metas, "og:description", "twitter:description", "description")
    if og_description:
        found.description, found.via["description"] = og_description, "meta"
    section = _meta(metas, "article:section", "articlesection", "its_section")
    found.take("section", section.split(",")[0], "meta")
    byline = _meta(metas, "article:author", "author", "dc.creator", "dable:author")
    found.take("byline", "" if is_web_url(byline) else byline, "meta")


def _take_visible(found: PageMetadata, tree: etree._Element) -> None:
    for node in tree.iter("h1"):
        found.take("title", title_text("".join(node.itertext())), "h1")
    for node in tree.iter("title"):
        words = title_text("".join(node.itertext()))
        if not found.title and _PUBLISHER.match(words):
            found.take("title", _named_title(tree), "element")
        found.take("title", words, "title element")
        break
    if not found.byline:
        for node in tree.iter("p", "div", "span", "a", "strong"):
            name = node.get("class")
            if (name and _AUTHOR_CLASS.search(name)) or node.get("rel") == "author":
                text = title_text("".join(node.itertext()))
                # A box of author and date is neither.
                if 2 < len(text) <= 60 and not _CLOCK_OR_DATE.search(text):
                    found.take("byline", text, "element")
                    break


def _named_title(tree: etree._Element) -> str:
    """Return the words that a page without headings calls its title."""
    for node in tree.iter("td", "div", "span", "p", *_HEADINGS[1:]):
        name = node.get("class")
        if name and _TITLE_CLASS.search(name) and len(node) <= 2:
            words = title_text("".join(node.itertext()))
            is_link = any("".join(a.itertext()).strip() for a in node.iter("a"))
            if _LONG_TITLE <= len(words) <= _LONGEST_TITLE and not is_link:
                return words
    return ""


def _take_moments(found: PageMetadata, published: Moment | None, modified: Moment | None) -> None:
    for name, moment in (("published_at", published), ("modified_at", modified)):
        if moment is not None:
            found.take(name, moment.at, moment.way)


def _take_identity(
    found: PageMetadata,
    tree: etree._Element,
    metas: Mapping[str, str],
    article: Mapping[str, Any],
    url: str,
) -> None:
    """Take the canonical address; one on another owner's domain would be a false identity."""
    page = article.get("mainEntityOfPage") or article.get("url") or ""
    if isinstance(page, dict):
        page = page.get("@id") or ""
    candidates = [*_stated_addresses(tree, metas), (str(page), "json-ld"), (url, "address")]
    for candidate, way in candidates:
        address = urljoin(url, candidate.strip()) if url else candidate.strip()
        if not candidate or not is_web_url(address):
            continue
        if url and registrable_domain(address) != registrable_domain(url):
            continue
        if way != "address" and url and _is_home(address) and not _is_home(url):
            continue
        try:
            found.take("canonical_url", canonical_url(address), way)
        except ValueError:
            continue


def _stated_addresses(tree: etree._Element, metas: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the addresses that the page's head calls its own, each with the way."""
    links = [
        (node.get("href") or "", "link canonical")
        for node in tree.iter("link")
        if "canonical" in (node.get("rel") or "").lower().split()
    ]
    return [*links, (metas.get("og:url", ""), "meta og:url")]


def _is_home(url: str) -> bool:
    return url.split("//", 1)[-1].partition("/")[2].strip("/") == ""


def _without_suffix(title: str, outlet: str, tree: etree._Element) -> str:
    """Return ``title`` without the outlet's name that some pages append."""
    for node in tree.iter("h1"):
        heading = title_text("".join(node.itertext()))
        if heading and title.startswith(heading) and _SUFFIX.fullmatch(title[len(heading) :]):
            return heading
    match = _SUFFIX.search(title)
    if match is None:
        return title
    name = match.group(1).strip()
    is_outlet = name.lower() in {outlet.lower(), host_of("http://" + outlet)}
    prefix = _PUBLISHER.match(name)
    is_publisher = prefix is not None and name[prefix.end()].isupper()
    return title[: match.start()].strip() if is_outlet or is_publisher else title
