"""What a page says about itself: JSON-LD first, then meta elements, then what a reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from crawlers.dates import parse_date
from crawlers.jsonld import article_of, json_ld, types_of
from crawlers.markup import plain_text, title_text
from crawlers.shown import ShownTime, shown_times
from langnghe.url import canonical_url, host_of, is_web_url

_LOOSE_DATE = re.compile(r'"date(Published|Modified)"\s*:\s*"([^"]{8,60})"')
_PUBLISHED_META = (
    "article:published_time", "pubdate", "datepublished", "article:published", "dc.date.issued",
    "dcterms.created", "og:published_time", "publishdate", "publish-date", "date", "dc.date",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "lastmod", "datemodified", "og:updated_time", "dcterms.modified",
    "last-modified", "article:modified",
)  # fmt: skip
_LEAD_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sapo|chapeau|chappeau|standfirst|tomtat|tom-tat|trichdan|trich-dan)(?=$|[\s_-])",
    re.I,
)
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
_ZERO_ZONE = re.compile(r"\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|\+00:?00)\s*$")
_VIETNAM_SHIFT = timedelta(hours=7)
_HOME = {"trang chủ", "home", "trang chu", "trangchu", "trang nhất"}


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
    _take_json_ld(found, article, now)
    _take_breadcrumb(found, graph)
    _take_meta(found, metas, now)
    _take_loose_dates(found, tree, now)
    _take_visible(found, tree, now)
    _mend_false_zone(found, tree, [article, metas], now)
    _take_identity(found, tree, metas, article, url)
    found.take("outlet", host_of(url or found.canonical_url), "host")
    found.title = _without_suffix(found.title, found.outlet, tree)
    if found.byline.lower() in {found.outlet.lower(), host_of(url)}:
        found.byline = ""
    return found


def registrable_domain(url: str) -> str:
    """Return the domain that one owner registered: "m.tuoitre.vn" → "tuoitre.vn"."""
    labels = host_of(url).split(".")
    size = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-size:])


def lead_element(tree: etree._Element) -> etree._Element | None:
    """Return the element that by its class or role is the lead (sapo), if there is one."""
    for node in tree.iter("h2", "p", "div", "strong", "h3", "h4", "section"):
        if node.get("data-role") == "sapo" or node.get("data-slot") == "sapo":
            return node
        name = node.get("class")
        if name and _LEAD_CLASS.search(name) and len(node) < 12:
            return node
    return None


def _metas(tree: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.iter("meta"):
        content = (node.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop"):
            name = (node.get(attribute) or "").strip().lower()
            if name and content:
                found.setdefault(name, content)
    return found


def _meta(metas: Mapping[str, str], *names: str) -> str:
    return next((title_text(metas[name]) for name in names if metas.get(name)), "")


def _take_json_ld(found: PageMetadata, article: Mapping[str, Any], now: datetime | None) -> None:
    way = "json-ld"
    found.take("published_at", parse_date(str(article.get("datePublished") or ""), now), way)
    found.take("modified_at", parse_date(str(article.get("dateModified") or ""), now), way)
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
        names = [n for n in names if n and n.lower() not in _HOME and n != found.title]
        if names:
            found.take("section", names[0], "breadcrumb")
            return


def _flat(parts: Any) -> Iterator[Mapping[str, Any]]:
    for part in parts if isinstance(parts, list) else [parts]:
        if isinstance(part, list):
            yield from _flat(part)
        elif isinstance(part, dict):
            yield part


def _take_meta(found: PageMetadata, metas: Mapping[str, str], now: datetime | None) -> None:
    for name in _PUBLISHED_META:
        found.take("published_at", parse_date(metas.get(name, ""), now), f"meta {name}")
    for name in _MODIFIED_META:
        found.take("modified_at", parse_date(metas.get(name, ""), now), f"meta {name}")
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


def _take_loose_dates(found: PageMetadata, tree: etree._Element, now: datetime | None) -> None:
    """Take dates from JSON-LD that is no JSON (unescaped quotes in a headline are common)."""
    if found.published_at is not None:
        return
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            for kind, value in _LOOSE_DATE.findall(script.text):
                name = "published_at" if kind == "Published" else "modified_at"
                found.take(name, parse_date(value, now), "json-ld (malformed)")


def _take_visible(found: PageMetadata, tree: etree._Element, now: datetime | None) -> None:
    for node in tree.iter("h1"):
        found.take("title", title_text("".join(node.itertext())), "h1")
    for node in tree.iter("title"):
        found.take("title", title_text("".join(node.itertext())), "title element")
        break
    if found.published_at is None:
        _take_shown_times(found, shown_times(tree, found.title, now))
    if not found.byline:
        for node in tree.iter("p", "div", "span", "a", "strong"):
            name = node.get("class")
            if (name and _AUTHOR_CLASS.search(name)) or node.get("rel") == "author":
                text = title_text("".join(node.itertext()))
                # A box of author and date is neither.
                if 2 < len(text) <= 60 and not _CLOCK_OR_DATE.search(text):
                    found.take("byline", text, "element")
                    break


def _take_shown_times(found: PageMetadata, shown: Sequence[ShownTime]) -> None:
    """Take the time of publication and, where the article's own one is shown, of the edit."""
    if not shown:
        return
    first = shown[0]
    found.take("published_at", first.moment, first.way)
    for each in shown[1:]:
        if each.is_update and each.far == first.far and each.moment > first.moment:
            found.take("modified_at", each.moment, each.way)


def _mend_false_zone(
    found: PageMetadata,
    tree: etree._Element,
    stated: Sequence[Mapping[str, Any]],
    now: datetime | None,
) -> None:
    """Correct times that a system stamped as UTC though they are Vietnamese.

    They are known by a visible time with the same clock: a page that shows 08:15 and states
    08:15Z was not published at 15:15.
    """
    published = found.published_at
    values = [str(value) for row in stated for value in row.values() if isinstance(value, str)]
    if published is None or not any(
        _ZERO_ZONE.search(value) and parse_date(value, now) == published for value in values
    ):
        return
    for shown in shown_times(tree, found.title, now):
        if abs(shown.moment - (published - _VIETNAM_SHIFT)) < timedelta(minutes=1):
            found.published_at = published - _VIETNAM_SHIFT
            found.via["published_at"] += ", zone by the visible time"
            if found.modified_at is not None:
                found.modified_at -= _VIETNAM_SHIFT
        return


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
