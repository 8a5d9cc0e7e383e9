"""Pages on two cores: fetched, extracted, stored; and on through analysis, index and rules.

Real pages (five Vietnamese ones and the Zyte archive's) lie on a loopback server of its own
process, under twelve hosts, each with a feed whose items say what their pages say of themselves,
as papers' feeds do. The crawl is the product's own child process with its extraction
workers on the real ledger; the worker runs beside it. The peer is bare trafilatura ``fast`` on the
same pages, one core doubled, read before and after, because a core's speed changes with what else
runs. Our modules are compiled first, as those of an installed copy are after its first start (the
tests run where Python may be told to keep nothing compiled). Wall time and processor time are
printed: where other work takes the cores, only the second says what the product needs. Nothing is
asserted of time.
"""

# ruff: noqa: T201

from __future__ import annotations

import compileall
import gzip
import os
import resource
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from xml.sax.saxutils import escape

import lxml.html
import pytest
import trafilatura

from langnghe.settings import Settings
from langnghe.source import Source, SourceKind

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

HOSTS = 12
ROUNDS = int(os.environ.get("LANGNGHE_TEST_BENCH_ROUNDS", "3"))
_TICKS = os.sysconf("SC_CLK_TCK")
_ROOT = Path(__file__).parents[2]


def real_pages(shared: Path) -> list[bytes]:
    """Return the pages that bare trafilatura finds an article in."""
    found = [path.read_bytes() for path in sorted((shared / "data/pages/vi").glob("*.html"))]
    with tarfile.open(shared / "data/pages/article-extraction-benchmark.tar.gz") as tar:
        for member in tar:
            if member.name.endswith(".html.gz"):
                found.append(gzip.decompress(tar.extractfile(member).read()))  # type: ignore[union-attr]
    return found


def bare_s(pages: list[bytes]) -> tuple[float, float]:
    """Return the wall and processor seconds that trafilatura alone takes for ``pages``."""
    assert "crawlers.selecting" not in sys.modules, "trafilatura would not be bare (ADR 0131)"
    for html in pages[:10]:
        trafilatura.bare_extraction(html, fast=True, include_comments=False)
    wall, used = time.perf_counter(), time.process_time()
    for html in pages:
        trafilatura.bare_extraction(html, fast=True, include_comments=False)
    return time.perf_counter() - wall, time.process_time() - used


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def _server(answers: Mapping[tuple[str, str], bytes]) -> _Server:
    """Return a server that listens already, so that nobody else can take its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = answers.get((self.headers["Host"].partition(":")[0], self.path), b"")
            kind = "application/rss+xml" if self.path == "/rss" else "text/html"
            head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return _Server(("0.0.0.0", 0), Handler)


def feed(items: list[tuple[str, bytes]]) -> bytes:
    """Return the RSS document of (address, page)."""
    rows = []
    for url, html in items:
        tree = lxml.html.document_fromstring(html)
        title = tree.xpath("string(//meta[@property='og:title']/@content)")
        title = title or tree.xpath("string(//title)")
        lead = tree.xpath(
            "string(//meta[@property='og:description' or @name='description']/@content)"
        )
        rows.append(
            f"<item><title>{escape(' '.join(title.split()))}</title><link>{url}</link>"
            f"<description>{escape(' '.join(lead.split()))}</description></item>"
        )
    channel = f"<channel><title>Báo Thử</title>{''.join(rows)}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode()


@contextmanager
def papers(pages: list[bytes]) -> Iterator[tuple[int, int, list[Source]]]:
    """Serve every page ``ROUNDS`` times under its own address; give the port, count and feeds."""
    answers: dict[tuple[str, str], bytes] = {}
    listening = _server(answers)
    port = listening.server_port
    items: list[list[tuple[str, bytes]]] = [[] for _ in range(HOSTS)]
    for n, html in enumerate(pages * ROUNDS):
        host, path = f"127.0.0.{n % HOSTS + 1}", f"/bai-{n}-10{n:05d}.html"
        answers[host, path] = html
        items[n % HOSTS].append((f"http://{host}:{port}{path}", html))
    for n, rows in enumerate(items):
        answers[f"127.0.0.{n + 1}", "/rss"] = feed(rows)
    server = get_context("fork").Process(target=listening.serve_forever, daemon=True)
    server.start()
    listening.server_close()
    sources = [
        Source(
            f"bao-{n}",
            f"Báo {n}",
            f"Báo {n}",
            SourceKind.FEED,
            f"http://127.0.0.{n + 1}:{port}/rss",
        )
        for n in range(HOSTS)
    ]
    try:
        yield port, len(pages) * ROUNDS, sources
    finally:
        server.kill()
        server.join()


def child(name: str, settings: Settings, port: int) -> subprocess.Popen[bytes]:
    """Start a process of the service as the supervisor does."""
    environ = {
        **os.environ,
        "LANGNGHE_DATA_DIR": str(settings.data_dir),
        "LANGNGHE_AUTHOR_KEY_FILE": str(settings.data_dir / "author.key"),
        "LANGNGHE_LOOPBACK_PORTS": str(port),
        "LANGNGHE_HOST_DELAY_S": "0",
        "LANGNGHE_NLP_BACKEND": "linear",
    }
    command = [sys.executable, "-m", "runtime.child", name]
    return subprocess.Popen(command, env=environ, stdin=subprocess.PIPE)


def used_s(pid: int) -> float:
    """Return the processor seconds of a process and its ended children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def children_s() -> tuple[float, float]:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, time.perf_counter()


def report(name: str, count: int, wall: float, used: float, bare: tuple[float, float]) -> None:
    """Print the rate and both ratios to twice one core of the peer."""
    each, load = 1e3 * used / count, os.getloadavg()[0]
    print(
        f"\n{name}: {count} pages in {wall:.1f} s, ratio {bare[0] / wall / 2:.2f}; processor "
        f"{each:.1f} ms a page, bare {1e3 * bare[1] / count:.1f} ms, ratio {bare[1] / used:.2f} "
        f"(load {load:.1f})"
    )


def bare_for(
    pages: list[bytes], before: tuple[float, float], stored_count: int
) -> tuple[float, float]:
    """Return what the peer takes for as many pages as were stored, by the mean of two readings."""
    after = bare_s(pages)
    wall_s, used_s = ((one + other) / 2 for one, other in zip(before, after, strict=True))
    return wall_s * stored_count / len(pages), used_s * stored_count / len(pages)


def prepared(settings: Settings, sources: list[Source]) -> None:
    """Make the office's profile and sources; compile what the processes load."""
    from datetime import UTC, datetime

    from ledger import sources as ledger_sources
    from runtime.demo import day

    for name in ("alerts", "crawlers", "indexer", "langnghe", "ledger", "nlp", "runtime", "web"):
        compileall.compile_dir(str(_ROOT / name), quiet=2)
    (settings.data_dir / "profile.toml").write_bytes(day.PROFILE.read_bytes())
    ledger_sources.seed_sources(sources, datetime.now(UTC))


def stored() -> int:
    """Return how many pages the ledger holds; fails with what the crawl reported where none."""
    from ledger import sources
    from ledger.models import DocumentRow

    count = DocumentRow.objects.filter(extraction__startswith="page").count()
    assert count, [state.last_error for _, state in sources.load_sources()]
    return count


def test_fetch_to_stored_document(ledger_sqlite: Settings, shared_dir: Path) -> None:
    pages = real_pages(shared_dir)
    before = bare_s(pages)
    with papers(pages) as (port, _, sources):
        prepared(ledger_sqlite, sources)
        used, wall = children_s()
        assert child("crawl", ledger_sqlite, port).wait() == 0
        after, ended = children_s()
    # On a busy machine a batch's time may be over before all pages are read.
    count = stored()
    bare = bare_for(pages, before, count)
    report("fetch to stored document", count, ended - wall, after - used, bare)


def test_whole_chain(ledger_sqlite: Settings, shared_dir: Path) -> None:
    from ledger import work

    pages = real_pages(shared_dir)
    before = bare_s(pages)
    with papers(pages) as (port, _, sources):
        prepared(ledger_sqlite, sources)
        worker = child("worker", ledger_sqlite, port)
        alive = ledger_sqlite.data_dir / "run" / "worker.alive"
        while not alive.exists():
            assert worker.poll() is None
            time.sleep(0.1)
        time.sleep(3)
        used_before = used_s(worker.pid)
        used, wall = children_s()
        assert child("crawl", ledger_sqlite, port).wait() == 0
        crawl_s = children_s()[0] - used
        while any(work.backlog().values()):
            assert worker.poll() is None
            time.sleep(0.1)
        ended = time.perf_counter()
        worker_s = used_s(worker.pid) - used_before
        worker.kill()
        worker.wait()
    count = stored()
    bare = bare_for(pages, before, count)
    report("whole chain", count, ended - wall, crawl_s + worker_s, bare)
    print(f"crawl {1e3 * crawl_s / count:.1f} ms a page, worker {1e3 * worker_s / count:.1f} ms")
