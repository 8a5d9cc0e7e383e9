"""Speed of reading against named peers; run on demand (make bench). Nothing is asserted of time,
each figure is printed. CPU time of this process, the best of several rounds."""

# ruff: noqa: E501, T201

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import feedparser
import pytest
import trafilatura

from crawlers.documents import ReadContext
from crawlers.feeds import parse_feed
from crawlers.pages import extract_page
from crawlers.polling import next_fetch
from crawlers.readers.reader import PageLink
from crawlers.workers import PAGE_LIMITS, Workers
from langnghe.source import FetchState
from tests.crawl_once import crawl, source
from tests.loopback_site import loopback_site, rss

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def cpu_s(call: Callable[[], object], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best


def test_feeds_against_feedparser(shared_dir: Path) -> None:
    for path in sorted((shared_dir / "data/feeds/vnexpress").iterdir()):
        payload = path.read_bytes()
        ours = cpu_s(lambda p=payload: [parse_feed(p, now=NOW) for _ in range(20)], 9) / 20
        peer = cpu_s(lambda p=payload: feedparser.parse(p), 9)
        print(
            f"\n{path.name}: {ours * 1e3:.2f} ms, feedparser {peer * 1e3:.2f} ms: {peer / ours:.1f}×"
        )


def vietnamese_pages(shared: Path) -> list[tuple[str, bytes]]:
    folder = shared / "data/pages/vi"
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    return [(row["canonical_url"], (folder / name).read_bytes()) for name, row in truth.items()]


def test_pages_against_bare_trafilatura(shared_dir: Path) -> None:
    pages = vietnamese_pages(shared_dir)

    def bare() -> None:
        for _, html in pages:
            trafilatura.bare_extraction(html, fast=True, include_comments=False)

    def ours() -> None:
        for url, html in pages:
            extract_page(html, url=url, now=NOW)

    def generic() -> None:
        for n, (_, html) in enumerate(pages):
            extract_page(html, url=f"https://bao-la.vn/{n}", now=NOW)

    base = cpu_s(bare, 7) / len(pages)
    for name, call in (("with site rules", ours), ("unknown site", generic)):
        found = cpu_s(call, 7) / len(pages)
        print(
            f"\n{name}: {1 / found:.0f} pages/s a core; bare trafilatura fast {1 / base:.0f}; {base / found:.2f}×"
        )


def test_pages_on_two_cores_with_workers(shared_dir: Path) -> None:
    """Pages in limited workers, two at a time, against twice one core of bare trafilatura."""
    pages = vietnamese_pages(shared_dir) * 20
    src = source("b", "https://bao.vn/rss")
    start = time.perf_counter()
    for _, html in pages[:20]:
        trafilatura.bare_extraction(html, fast=True, include_comments=False)
    peer = 20 / (time.perf_counter() - start)
    with Workers(2) as workers, ThreadPoolExecutor(4) as threads:

        def one(page: tuple[str, bytes]) -> object:
            context = ReadContext(now=NOW, url=page[0])
            return workers.run("article", PAGE_LIMITS, page[1], PageLink(page[0], ""), src, context)

        list(threads.map(one, pages[:8]))
        start = time.perf_counter()
        list(threads.map(one, pages))
        rate = len(pages) / (time.perf_counter() - start)
    print(
        f"\n{rate:.0f} pages/s to Documents; twice one core bare: {2 * peer:.0f}; ratio {rate / (2 * peer):.2f}"
    )


def test_fetch_to_document(shared_dir: Path) -> None:
    """The whole crawl of loopback pages of real size, start of the process included."""
    htmls = [html for _, html in vietnamese_pages(shared_dir)]
    count = 200
    links = [(f"{{base}}/bai-{n}-10{n:04d}.html", f"Bài {n}") for n in range(count)]
    pages: dict[str, object] = {"/rss": rss(links)}
    for n in range(count):
        body = htmls[n % len(htmls)]
        pages[f"/bai-{n}-10{n:04d}.html"] = lambda request, b=body: request.answer(b)
    with loopback_site(pages) as site:  # type: ignore[arg-type]
        start = time.perf_counter()
        inbox = crawl([source("b", f"{site.base}/rss")], ports=[site.port], pages_per_source=count)
        spent = time.perf_counter() - start
    full = sum(doc.extraction.startswith("page") for doc in inbox.documents.values())
    print(
        f"\n{full} pages in {spent:.1f} s: {full / spent:.0f} pages/s, peak {inbox.peak_rss_bytes / 1e6:.0f} MB"
    )
    assert full == count


@contextmanager
def many_hosts(count: int) -> Iterator[tuple[int, dict[str, list[float]]]]:
    """One server on 127.0.0.1 … 127.0.0.<count>, noting the starts at each."""
    starts: dict[str, list[float]] = defaultdict(list)
    feed = rss([("https://bao.vn/a-100001.html", "Bài")]).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            starts[self.headers["Host"]].append(time.monotonic())
            body = b"" if self.path == "/robots.txt" else feed
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

    server = Server(("0.0.0.0", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], starts
    finally:
        server.shutdown()
        server.server_close()


def test_two_thousand_feeds_on_two_hundred_hosts() -> None:
    """One round of all feeds: the distance per host is never broken, memory stays small."""
    hosts, per_host, delay_s = 200, 10, 5.0
    with many_hosts(hosts) as (port, starts):
        sources = [
            source(f"s{h}-{n}", f"http://127.0.0.{h + 1}:{port}/rss/{n}", fetch_pages=False)
            for n in range(per_host)
            for h in range(hosts)
        ]
        begun = time.perf_counter()
        inbox = crawl(sources, ports=[port], host_delay_s=delay_s, concurrency=64, batch_s=200.0)
        spent = time.perf_counter() - begun
    gaps = [after - before for times in starts.values() for before, after in pairwise(times)]
    print(
        f"\n{len(inbox.reports)} feeds on {len(starts)} hosts in {spent:.0f} s; least distance "
        f"{min(gaps):.2f} s of {delay_s} s; peak {inbox.peak_rss_bytes / 1e6:.0f} MB"
    )
    assert len(inbox.reports) == hosts * per_host
    # A start that reaches the server late makes the next one look early by as much.
    assert sorted(gaps)[len(gaps) // 100] >= 0.8 * delay_s
    assert inbox.peak_rss_bytes < 400_000_000


def test_two_thousand_feeds_for_ten_minutes(tmp_path: Path) -> None:
    """Batch after batch as the scheduler starts them, each feed by its own next fetch."""
    hosts, per_host, delay_s = 200, 10, 5.0
    peak, reports, batches = 0, 0, 0
    with many_hosts(hosts) as (port, starts):
        sources = {
            f"s{h}-{n}": source(
                f"s{h}-{n}", f"http://127.0.0.{h + 1}:{port}/rss/{n}", fetch_pages=False
            )
            for n in range(per_host)
            for h in range(hosts)
        }
        states = {name: FetchState(name) for name in sources}
        ends = time.monotonic() + 600
        while time.monotonic() < ends:
            now = datetime.now(UTC)
            due = [
                n for n, s in states.items() if s.next_fetch_at is None or s.next_fetch_at <= now
            ]
            if not due:
                time.sleep(2)
                continue
            due = sorted(due, key=lambda n: str(states[n].next_fetch_at or ""))[:200]
            inbox = crawl(
                [sources[n] for n in due],
                ports=[port],
                states=states,
                host_delay_s=delay_s,
                cache_dir=tmp_path,
            )
            for name, report in inbox.reports.items():
                states[name] = next_fetch(sources[name], states[name], report)
            reports, batches = reports + len(inbox.reports), batches + 1
            peak = max(peak, inbox.peak_rss_bytes)
    gaps = [after - before for times in starts.values() for before, after in pairwise(times)]
    print(
        f"\n{reports} polls of {len(sources)} feeds on {len(starts)} hosts in {batches} batches; "
        f"least distance {min(gaps):.2f} s of {delay_s} s, peak {peak / 1e6:.0f} MB"
    )
    assert all(state.fetch_count for state in states.values())
    assert peak < 400_000_000
