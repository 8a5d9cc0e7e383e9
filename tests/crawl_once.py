"""One crawl batch in a process of its own, since a reactor starts only once.

``python -m tests.crawl_once`` reads a pickled (jobs, options, state) from standard input and
writes the pickled outcome of a memory inbox to standard output.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crawlers.batch import run_batch
from crawlers.options import CrawlOptions
from crawlers.ports import CrawlJob, PutResult
from langnghe.document import Document
from langnghe.errors import StoreUnavailable
from langnghe.source import FetchReport, FetchState, Source, SourceKind

ROOT = Path(__file__).resolve().parents[1]
KEY = b"only-for-tests-only-for-tests-00"


@dataclass
class MemoryInbox:
    """An inbox in memory that keeps the promises of the port."""

    documents: dict[str, Document] = field(default_factory=dict)
    reports: dict[str, FetchReport] = field(default_factory=dict)
    quarantined: list[tuple[str, str, str]] = field(default_factory=list)
    taken_down: list[str] = field(default_factory=list)
    peak_rss_bytes: int = 0
    fails_after: int | None = None

    def put(self, documents: Sequence[Document]) -> PutResult:
        if self.fails_after is not None and len(self.documents) >= self.fails_after:
            raise StoreUnavailable("the ledger is down")
        new = tuple(doc.id for doc in documents if doc.id not in self.documents)
        for doc in documents:
            known = self.documents.get(doc.id)
            if known is None or doc.extraction.startswith("page"):
                self.documents[doc.id] = doc
        return PutResult(new=new)

    def unknown(self, ids: Sequence[str]) -> set[str]:
        return {
            i
            for i in ids
            if i not in self.documents or not self.documents[i].extraction.startswith("page")
        }

    def report(self, report: FetchReport) -> None:
        assert report.source_id not in self.reports, "reported twice"
        self.reports[report.source_id] = report

    def gone(self, document_id: str) -> None:
        self.taken_down.append(document_id)

    def quarantine(self, source_id: str, url: str, reason: str, payload: bytes) -> None:
        self.quarantined.append((source_id, url, reason))


def source(source_id: str, url: str, **fields: object) -> Source:
    """Return a feed source."""
    values = {"kind": SourceKind.FEED, "name": source_id, "outlet": f"Báo {source_id}", **fields}
    return Source(id=source_id, url=url, **values)  # type: ignore[arg-type]


def crawl(
    sources: Sequence[Source],
    *,
    ports: Sequence[int] = (),
    inbox: MemoryInbox | None = None,
    states: dict[str, FetchState] | None = None,
    **changes: object,
) -> MemoryInbox:
    """Read ``sources`` once and return what the inbox got."""
    values: dict[str, object] = {
        "user_agent": "LangNghe-test/1 (+http://example.vn/lien-he)",
        "host_delay_s": 0.0,
        "loopback_ports": tuple(ports),
        "author_key": KEY,
        **changes,
    }
    options = CrawlOptions(**values)  # type: ignore[arg-type]
    jobs = [CrawlJob(s, (states or {}).get(s.id, FetchState(s.id))) for s in sources]
    request = pickle.dumps((jobs, options, inbox or MemoryInbox()))
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawl_once"],
        input=request,
        capture_output=True,
        cwd=ROOT,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    return pickle.loads(done.stdout)


def _peak_rss_bytes() -> int:
    """Return the peak of this program alone (ru_maxrss would count the process before exec)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    jobs, options, inbox = pickle.load(sys.stdin.buffer)
    run_batch(jobs, inbox, options)
    inbox.peak_rss_bytes = _peak_rss_bytes()
    pickle.dump(inbox, answers)
    answers.close()


if __name__ == "__main__":
    from tests.crawl_once import main as run

    run()
