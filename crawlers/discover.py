"""The source wizard: from a paper's address to feeds, sitemaps and sections worth adding.

Everything is asked for by the same polite downloader as a crawl, and parsed in limited workers.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from crawlers.documents import ReadContext
from crawlers.markup import title_text
from crawlers.metadata import read_metadata, registrable_domain
from crawlers.outlets import outlet_name, shipped_papers
from crawlers.pages import parse_html
from crawlers.readers.reader import Fetch, Reading
from crawlers.session import Answer, Ask, AskFailed, Parse
from crawlers.workers import FEED_LIMITS
from langnghe.document import Document
from langnghe.errors import LangNgheError
from langnghe.source import OutletKind, Source, SourceKind
from langnghe.text import fold
from langnghe.url import canonical_url, host_of, is_web_url

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_FEED_LINK = re.compile(r"(?:/rss(?:/|\.|$)|\.rss$|/feed/?$|/atom(?:\.xml)?$|rss\.xml$)", re.I)
_USUAL_FEEDS = ("/rss/home.rss", "/rss/tin-moi-nhat.rss", "/rss", "/rss.xml", "/feed")
_USUAL_SITEMAPS = ("/sitemap-news.xml", "/news-sitemap.xml", "/sitemaps/google-news.xml")
_SITEMAP_LINE = re.compile(r"^\s*sitemap:\s*(\S+)", re.I | re.M)
_MAX_TRIED = 14
_MAX_SECTIONS = 20
_PREVIEW = 10
_MAX_BYTES = 5_000_000


@dataclass(frozen=True)
class FrontPage:
    """What a paper's front page offers: what it is called, its feeds and its sections."""

    outlet: str
    feeds: tuple[str, ...]
    sections: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Proposal:
    """A source that gave documents, ready to be added; ``preview`` are its newest ones."""

    source: Source
    item_count: int
    preview: tuple[Document, ...]
    title: str = ""
    """What the feed calls itself."""


@dataclass(frozen=True)
class Discovery:
    """What the wizard found: proposals (best first), sections, and what was tried in vain."""

    outlet: str
    proposals: tuple[Proposal, ...]
    sections: tuple[tuple[str, str], ...] = ()
    tried: tuple[str, ...] = field(default=())


def front_page(payload: bytes, url: str, content_type: str) -> FrontPage:
    """Return what the front page at ``url`` offers; raises InvalidDocument for what is no HTML."""
    tree, _ = parse_html(payload, content_type)
    meta = read_metadata(tree, url)
    is_named = meta.via.get("outlet") != "host"
    outlet = outlet_name(meta.outlet if is_named else meta.title, url)
    feeds: dict[str, None] = {}
    for node in tree.iter("link"):
        if (node.get("type") or "").lower() in _FEED_TYPES and node.get("href"):
            feeds.setdefault(urljoin(url, node.get("href")))
    sections: dict[str, str] = {}
    own = registrable_domain(url)
    for anchor in tree.iter("a"):
        address = urljoin(url, (anchor.get("href") or "").strip()).split("#", 1)[0]
        if not is_web_url(address) or registrable_domain(address) != own:
            continue
        if _FEED_LINK.search(urlsplit(address).path):
            feeds.setdefault(address)
        elif _is_section(address):
            name = title_text("".join(anchor.itertext()))
            # A date or a weather report is no section.
            if 2 < len(name) <= 40 and not re.search(r"\d", name):
                sections.setdefault(canonical_url(address), name)
    return FrontPage(
        outlet=outlet,
        feeds=tuple(f for f in feeds if is_web_url(f)),
        sections=tuple(sections.items())[:_MAX_SECTIONS],
    )


async def discover(
    url: str,
    ask: Ask,
    parse: Parse,
    *,
    now: datetime,
    provinces: Mapping[str, str],
) -> Discovery:
    """Return what can be read regularly at the paper with the address ``url``.

    ``provinces`` is code → name, to propose where the outlet is. Raises AskFailed when not even
    the front page answers.
    """
    base = _base(url)
    answer = await ask(Fetch(url), _MAX_BYTES)
    model = _model(base, host_of(base), provinces)
    naming = _Naming()
    if (direct := await _try(url, answer, model, SourceKind.FEED, parse, now, naming)) is not None:
        named = _named(direct, base, provinces, naming)
        return Discovery(named.source.outlet, (named,))
    page: FrontPage = await asyncio.to_thread(
        parse, "front-page", FEED_LIMITS, answer.body, answer.url, _content_type(answer)
    )
    model = _model(base, page.outlet, provinces)
    naming = _Naming({_slug(address): name for address, name in page.sections})
    proposals: list[Proposal] = []
    tried: list[str] = []
    for address, kind in await _candidates(base, page, ask):
        if len(tried) >= _MAX_TRIED:
            break
        tried.append(address)
        try:
            found = await _try(
                address, await ask(Fetch(address), _MAX_BYTES), model, kind, parse, now, naming
            )
        except AskFailed:
            continue
        if found is not None and found.item_count:
            proposals.append(found)
    section = await _try(url, answer, model, SourceKind.SECTION, parse, now, naming)
    if section is not None:
        proposals.append(section)
    return Discovery(model.outlet, tuple(proposals), page.sections, tuple(tried))


async def _candidates(base: str, page: FrontPage, ask: Ask) -> list[tuple[str, SourceKind]]:
    """Return addresses to try: what the page names, what robots.txt names, what is usual."""
    robots = ""
    try:
        answer = await ask(Fetch(urljoin(base, "/robots.txt")), _MAX_BYTES)
        robots = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
    except AskFailed:
        pass
    found: dict[str, SourceKind] = {}
    for address in (*page.feeds, *(urljoin(base, path) for path in _USUAL_FEEDS)):
        found.setdefault(address, SourceKind.FEED)
    sitemaps = [s for s in _SITEMAP_LINE.findall(robots) if is_web_url(s)]
    sitemaps.sort(key=lambda address: "news" not in address)
    for address in (*sitemaps[:3], *(urljoin(base, path) for path in _USUAL_SITEMAPS)):
        found.setdefault(address, SourceKind.SITEMAP)
    return list(found.items())


async def _try(
    address: str,
    answer: Answer,
    model: Source,
    kind: SourceKind,
    parse: Parse,
    now: datetime,
    naming: _Naming,
) -> Proposal | None:
    """Return a proposal if ``answer`` can be read as a source of ``kind``."""
    if answer.status != 200:
        return None
    source = replace(model, id=source_id_of(address), url=address, kind=kind)
    if kind is not SourceKind.FEED:
        source = replace(source, fetch_pages=False)
    context = ReadContext(now=now, url=answer.url, content_type=_content_type(answer))
    try:
        reading: Reading = await asyncio.to_thread(
            parse, "answer", FEED_LIMITS, answer.body, Fetch(address), source, context
        )
    except LangNgheError:
        return None
    newest = sorted(reading.documents, key=lambda doc: doc.published_at, reverse=True)
    name = f"{model.outlet} – {naming.part_of(address)}"
    proposed = replace(source, fetch_pages=True, name=name)
    return Proposal(proposed, reading.item_count, tuple(newest[:_PREVIEW]), reading.title)


def _named(found: Proposal, base: str, provinces: Mapping[str, str], naming: _Naming) -> Proposal:
    """Return the feed with what its own title tells of its publisher."""
    model = _model(base, outlet_name(found.title, base), provinces)
    source = found.source
    name = f"{model.outlet} – {naming.part_of(source.url)}"
    named = replace(model, id=source.id, url=source.url, kind=source.kind, name=name)
    return replace(found, source=named)


def _model(base: str, outlet: str, provinces: Mapping[str, str]) -> Source:
    """Return the outlet, its kind, province and weight: as the shipped list has them, else as far
    as its name and domain tell."""
    host = host_of(base)
    if (known := shipped_papers().get(registrable_domain(base))) is not None:
        return replace(known, id="", url=base, kind=SourceKind.FEED, options=(), is_enabled=True)
    kind, weight = OutletKind.NATIONAL, 1.5
    province = _province(outlet, host, list(provinces.items()))
    if host.endswith(".gov.vn"):
        kind, weight = OutletKind.PORTAL, 1.0
    elif province:
        kind, weight = OutletKind.LOCAL, 1.2
    return Source(
        id="", name=outlet, outlet=outlet, kind=SourceKind.FEED, url=base, outlet_kind=kind,
        province=province, weight=weight,
    )  # fmt: skip


def _province(outlet: str, host: str, provinces: Sequence[tuple[str, str]]) -> str:
    name = re.sub(r"\W+", "", fold(outlet))
    domain = re.sub(r"\W+", "", host.split(".")[0])
    for code, province in provinces:
        key = re.sub(r"\W+", "", fold(province))
        if key and (key in name or domain.removeprefix("bao").startswith(key)):
            return code
    return ""


def _is_section(address: str) -> bool:
    parts = urlsplit(address)
    slug = parts.path.strip("/")
    return (
        bool(slug)
        and slug.count("/") <= 1
        and slug.count("-") <= 4
        and not parts.query
        and (not re.search(r"\d{4,}", slug))
    )


def _base(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _content_type(answer: Answer) -> str:
    return answer.headers.get("content-type", "")


def source_id_of(address: str) -> str:
    """Return a readable id: host and path in lower-case words."""
    path = re.sub(r"\.(?:rss|xml|html?|chn)$", "", urlsplit(address).path)
    words = re.sub(r"[^a-z0-9]+", "-", fold(f"{host_of(address)} {path}"))
    return words.strip("-")[:60]


_USUAL_PARTS = {
    "": "trang chủ", "home": "trang chủ", "trang-chu": "trang chủ", "rss": "trang chủ",
    "feed": "trang chủ", "index": "trang chủ", "tin-moi-nhat": "Tin mới nhất",
    "tin-moi": "Tin mới", "thoi-su": "Thời sự", "xa-hoi": "Xã hội", "chinh-tri": "Chính trị",
    "phap-luat": "Pháp luật", "kinh-te": "Kinh tế", "kinh-doanh": "Kinh doanh",
    "giao-duc": "Giáo dục", "suc-khoe": "Sức khỏe", "y-te": "Y tế", "doi-song": "Đời sống",
    "the-thao": "Thể thao", "giai-tri": "Giải trí", "van-hoa": "Văn hóa", "du-lich": "Du lịch",
    "the-gioi": "Thế giới", "khoa-hoc": "Khoa học", "bat-dong-san": "Bất động sản",
}  # fmt: skip


@dataclass(frozen=True)
class _Naming:
    """What a paper calls its parts, by the last words of their addresses."""

    names: Mapping[str, str] = field(default_factory=dict)

    def part_of(self, address: str) -> str:
        """Return the part of the paper that ``address`` is, in the paper's own words if it can."""
        slug = _slug(address)
        return self.names.get(slug) or _USUAL_PARTS.get(slug) or slug.replace("-", " ")


def _slug(address: str) -> str:
    path = re.sub(r"\.(?:rss|xml|html?|chn)$", "", urlsplit(address).path)
    return path.strip("/").rpartition("/")[2]
