"""The loopback news site: each recorded outlet's RSS feed and article pages, by the stream's clock.

Addresses: ``/`` (outlets), ``/<outlet>/rss.xml``, ``/<outlet>/<slug>-<id>.html``, ``/robots.txt``.
A feed answers conditional requests; an item appears when its recorded moment has come.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import quote
from xml.sax.saxutils import escape as xml_escape

from langnghe.clock import Clock, to_local
from langnghe.document import Document
from runtime.replay.stream import Outlet, Stream, slugify

_FEED_WINDOW = timedelta(hours=6)
_REAL_WINDOW_S = 180.0
"""A feed reaches back this many seconds of the wall clock at least, so that a crawler that was
away so long misses nothing whatever the speed."""


@dataclass(frozen=True)
class Answer:
    """What the site says to one request."""

    status: int
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = b""
    etag: str = ""


class ReplaySite:
    """Answers requests for a recorded stream at the time of ``clock``; knows no sockets."""

    def __init__(self, stream: Stream, clock: Clock, *, base_url: str, speed: float = 1.0) -> None:
        self._stream = stream
        self._clock = clock
        self._base_url = base_url.rstrip("/")
        self._window = max(_FEED_WINDOW, timedelta(seconds=_REAL_WINDOW_S * speed))

    def answer(self, path: str, if_none_match: str = "") -> Answer:
        """Return the answer to ``GET path``."""
        parts = path.split("?", 1)[0].strip("/").split("/")
        if parts == [""]:
            return self._index()
        if parts == ["robots.txt"]:
            return Answer(200, body=b"User-agent: *\nAllow: /\n")
        outlet = self._stream.outlets.get(parts[0])
        if outlet is None or len(parts) != 2:
            return Answer(404, body=b"not found")
        if parts[1] == "rss.xml":
            return self._feed(outlet, if_none_match)
        return self._page(outlet, parts[1])

    @property
    def outlets(self) -> list[Outlet]:
        """The outlets of the stream."""
        return list(self._stream.outlets.values())

    def feed_url(self, outlet: Outlet) -> str:
        """Return the address of an outlet's feed."""
        return f"{self._base_url}/{outlet.slug}/rss.xml"

    def page_url(self, outlet: Outlet, doc: Document) -> str:
        """Return an item's address: its own where the stream has one, else a page of this site."""
        if doc.url:
            return doc.url
        first = self._stream.first_state(outlet.slug, doc.id)
        name = f"{slugify(first.title or first.text[:60])}-{doc.id}.html"
        return f"{self._base_url}/{outlet.slug}/{quote(name)}"

    def _index(self) -> Answer:
        rows = "".join(
            f'<li><a href="/{o.slug}/rss.xml">{escape(o.name)}</a></li>'
            for o in self._stream.outlets.values()
        )
        page = f"<!doctype html><html lang=vi><meta charset=utf-8><title>LangNghe</title><ul>{rows}"
        return Answer(200, "text/html; charset=utf-8", page.encode())

    def _feed(self, outlet: Outlet, if_none_match: str) -> Answer:
        items = self._stream.published(outlet.slug, self._clock.now(), window=self._window)
        seen = "\n".join(f"{d.id}{d.content_hash}" for d in items)
        etag = '"' + hashlib.sha256(seen.encode()).hexdigest()[:24] + '"'
        # A recording begins in the middle of an outlet's life: before its first item the outlet is
        # not broken (an empty feed would be), there is only nothing new.
        if not items or if_none_match == etag:
            return Answer(304, etag=etag)
        rows = "".join(self._feed_item(outlet, d) for d in items)
        xml = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            f"<title>{xml_escape(outlet.name)}</title><link>{self._base_url}/{outlet.slug}/</link>"
            f"<description>{xml_escape(outlet.name)}</description><language>vi</language>"
            f"{rows}</channel></rss>"
        )
        return Answer(200, "application/rss+xml; charset=utf-8", xml.encode(), etag)

    def _feed_item(self, outlet: Outlet, doc: Document) -> str:
        description = doc.lead or doc.text if doc.kind.is_social else doc.lead
        author = f"<dc:creator>{xml_escape(doc.byline)}</dc:creator>" if doc.byline else ""
        section = f"<category>{xml_escape(doc.section)}</category>" if doc.section else ""
        title = doc.title or (f"Trả lời: {doc.parent_title}" if doc.parent_title else "")
        return (
            f"<item><title>{xml_escape(title)}</title>"
            f"<link>{xml_escape(self.page_url(outlet, doc))}</link>"
            f'<guid isPermaLink="false">{xml_escape(doc.id)}</guid>'
            f"<pubDate>{format_datetime(to_local(doc.published_at))}</pubDate>"
            f"<description>{xml_escape(description)}</description>{author}{section}</item>"
        )

    def _page(self, outlet: Outlet, name: str) -> Answer:
        item_id = name.removesuffix(".html")
        now = self._clock.now()
        for start in range(len(item_id)):
            if start == 0 or item_id[start - 1] == "-":
                doc = self._stream.page(outlet.slug, item_id[start:], now)
                if doc is not None:
                    page = article_html(doc, outlet, self.page_url(outlet, doc))
                    return Answer(200, "text/html; charset=utf-8", page.encode())
        return Answer(404, body=b"not found")


def article_html(doc: Document, outlet: Outlet, url: str) -> str:
    """Return an article page in the usual structure of a Vietnamese paper's CMS."""
    published = to_local(doc.published_at)
    facts = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": doc.title,
        "description": doc.lead,
        "datePublished": published.isoformat(),
        "dateModified": to_local(doc.modified_at or doc.published_at).isoformat(),
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "publisher": {"@type": "Organization", "name": outlet.name},
    }
    data = json.dumps(facts, ensure_ascii=False).replace("</", "<\\/")
    body = "".join(f"<p>{escape(p)}</p>" for p in doc.text.split("\n") if p.strip())
    name = escape(outlet.name)
    return f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>{escape(doc.title)} - {name}</title>
<link rel="canonical" href="{escape(url)}">
<meta property="og:site_name" content="{name}">
<meta property="og:title" content="{escape(doc.title)}">
<meta property="og:description" content="{escape(doc.lead)}">
<meta property="article:published_time" content="{published.isoformat()}">
<script type="application/ld+json">{data}</script></head>
<body><header><a href="/">{name}</a></header>
<main><article><h1 class="title-detail">{escape(doc.title)}</h1>
<span class="date">{published:%d/%m/%Y, %H:%M} (GMT+7)</span>
<p class="description sapo">{escape(doc.lead)}</p>
<div class="fck_detail article-body">{body}</div></article></main>
<footer>{name}</footer></body></html>"""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        site = cast(_Server, self.server).site
        answer = site.answer(self.path, self.headers.get("If-None-Match", ""))
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.etag:
            self.send_header("ETag", answer.etag)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the crawler's log tells the same."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: ReplaySite


class ReplayServer:
    """Serves a :class:`ReplaySite` on a loopback port of its own until it is closed."""

    def __init__(self, stream: Stream, clock: Clock, *, port: int = 0, speed: float = 1.0) -> None:
        self._server = _Server(("127.0.0.1", port), _Handler)
        self.port: int = self._server.server_address[1]
        self.site = ReplaySite(stream, clock, base_url=f"http://127.0.0.1:{self.port}", speed=speed)
        self._server.site = self.site
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> ReplayServer:
        """Begin to answer and return the server itself."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._server.server_close()
