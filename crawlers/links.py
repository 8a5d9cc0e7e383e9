"""Article links on a section page: by the site's rule, else by what article links look like."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawlers.markup import title_text
from crawlers.metadata import registrable_domain
from crawlers.sites import rule_for
from crawlers.sites.rule import select
from langnghe.url import identity_url, is_web_url

_MIN_TITLE = 20
_MIN_WORDS = 5
_MIN_HYPHENS = 6
_ID = re.compile(r"\d{5,}")
_NOT_ARTICLE = re.compile(
    r"/(?:tag|tags|video|videos|podcast|rss|search|tim-kiem|tac-gia|author|lien-he|gioi-thieu|"
    r"login|dang-nhap|category|chu-de|topic|su-kien|event|page|trang)(?:/|-|\d|$)|"
    r"\.(?:jpg|jpeg|png|gif|pdf|mp3|mp4|rss|xml|docx?|zip)$|^mailto:|^tel:|^javascript:",
    re.I,
)


def article_links(payload: bytes, url: str, content_type: str = "") -> list[tuple[str, str]]:
    """Return (address, title) of the articles that a section page at ``url`` links to.

    In page order, each article once. Raises InvalidDocument for what is no HTML.
    """
    from crawlers.pages import parse_html  # the crawl itself loads no parser of pages

    tree, _ = parse_html(payload, content_type)
    rule = rule_for(url)
    anchors = select(tree, rule.links) if rule else []
    links = _collect(anchors, url, is_trusted=True)
    return links if len(links) >= 3 else _collect(tree.iter("a"), url, is_trusted=False)


def _collect(anchors: list[etree._Element], url: str, *, is_trusted: bool) -> list[tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    own = registrable_domain(url)
    for anchor in anchors:
        address = _address(anchor.get("href") or "", url)
        if not address or registrable_domain(address) != own:
            continue
        title = title_text(anchor.get("title") or "") or title_text("".join(anchor.itertext()))
        heading = title_text("".join(anchor.itertext()))
        title = max(title, heading, key=len) if len(title) < _MIN_TITLE else title
        if not is_trusted and not _looks_like_article(address, title):
            continue
        key = identity_url(address)
        if key not in found or len(title) > len(found[key][1]):
            found[key] = (found[key][0] if key in found else address, title)
    return [link for link in found.values() if link[1]]


def _address(href: str, url: str) -> str:
    href = href.strip()
    if not href or href.startswith("#") or _NOT_ARTICLE.search(href):
        return ""
    try:
        address = urljoin(url, href).split("#", 1)[0]
        return address if is_web_url(address) else ""
    except ValueError:
        return ""


def _looks_like_article(address: str, title: str) -> bool:
    path = urlsplit(address).path
    slug = path.rstrip("/").rpartition("/")[2]
    is_article = bool(_ID.search(slug)) or slug.count("-") >= _MIN_HYPHENS
    return is_article and len(title) >= _MIN_TITLE and len(title.split()) >= _MIN_WORDS
