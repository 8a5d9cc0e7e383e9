"""A loopback web site for tests: paths and what they answer, well or badly."""
# ruff: noqa: E501

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Handler = Callable[["Request"], None]


@dataclass
class Request:
    """One request as the server sees it, with ways to answer."""

    handler: BaseHTTPRequestHandler
    path: str
    headers: dict[str, str]

    def answer(
        self,
        body: bytes | str = b"",
        status: int = 200,
        content_type: str = "text/html; charset=utf-8",
        **headers: str,
    ) -> None:
        payload = body.encode() if isinstance(body, str) else body
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", content_type)
        self.handler.send_header("Content-Length", str(len(payload)))
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(payload)


@dataclass
class Site:
    """Answers by path; ``seen`` are the requests in order with their times."""

    port: int = 0
    pages: dict[str, Handler | str] = field(default_factory=dict)
    seen: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.seen]


@contextmanager
def loopback_site(pages: dict[str, Handler | str]) -> Iterator[Site]:
    """Serve ``pages`` on a port of its own; a text is answered as HTML or, if it begins with
    "<?xml" or "<rss", as XML. "{base}" in a text becomes the site's address."""
    site = Site(pages={"/robots.txt": "User-agent: *\nAllow: /\n", **pages})

    class _Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_GET(self) -> None:
            site.seen.append((time.monotonic(), self.path, dict(self.headers)))
            request = Request(self, self.path, dict(self.headers))
            page = site.pages.get(self.path.split("?", 1)[0])
            try:
                if page is None:
                    request.answer("not found", 404)
                elif callable(page):
                    page(request)
                else:
                    text = page.replace("{base}", site.base)
                    is_xml = text.startswith(("<?xml", "<rss", "<feed"))
                    kind = "application/rss+xml" if is_xml else "text/html"
                    request.answer(text, content_type=f"{kind}; charset=utf-8")
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    class _Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), _Handler)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def rss(items: list[tuple[str, str]], title: str = "Báo Thử") -> str:
    """Return an RSS document of (link, title) items, an hour apart from 20/11/2026 on."""
    rows = "".join(
        f"<item><title>{name}</title><link>{link}</link><guid>{link}</guid>"
        f"<description>Sapo của bài {name}, đủ dài để nhận ra là sapo.</description>"
        f"<pubDate>Fri, 20 Nov 2026 {number % 24:02d}:00:00 +0700</pubDate></item>"
        for number, (link, name) in enumerate(items)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{rows}</channel></rss>'


def article(title: str, url: str = "", words: int = 120) -> str:
    """Return an article page in the usual structure, every paragraph different."""
    canonical = f'<link rel="canonical" href="{url}">' if url else ""
    paragraphs = "".join(
        f"<p>Đoạn {n} của bài “{title}” nói về việc số {n * 7} ở phường Bến Thủy, có số liệu {n * 13} "
        f"và ý kiến của người dân về tiến độ công trình trong tháng {n % 12 + 1}.</p>"
        for n in range(1, max(2, words // 20))
    )
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>{canonical}'
        f'<meta property="og:title" content="{title}">'
        f'<meta property="og:description" content="Sapo của bài {title}, đủ dài để nhận ra là sapo.">'
        f'<meta property="article:published_time" content="2026-11-20T08:15:00+07:00"></head><body>'
        f'<header><a href="/">Báo Thử</a></header><main><h1>{title}</h1>'
        f'<p class="sapo">Sapo của bài {title}, đủ dài để nhận ra là sapo.</p>'
        f'<article class="content">{paragraphs}</article></main><footer>Báo Thử</footer></body></html>'
    )
