"""faults.md A8: ten thousand documents at once; and how soon one warning leaves a service at rest.

The documents are real ones of the recorded stream, the crises made up. Times are printed, not
asserted; what must hold is that nothing is lost and nobody is flooded.
"""

from __future__ import annotations

import itertools
import os
import statistics
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

import runtime.worker
from langnghe.clock import SystemClock
from langnghe.document import Document, DocumentKind
from langnghe.items import read_items
from langnghe.settings import Settings
from runtime.wiring import Runtime
from tests.bench.stream import stream_file
from tests.faults.forked import died, fork, free_port

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]

DOCUMENTS = 10_000
BATCH = 50
USUAL = 3_000
"""Ordinary documents that a service at rest already knows, so that words have their weight."""
MINUTES_15 = timedelta(minutes=15)
_WHAT = (
    "cháy chung cư", "sập trường học đang xây", "ngộ độc ở khu công nghiệp", "lật phà chở khách",
    "lở đất vùi lấp nhà dân", "nổ nồi hơi nhà máy giấy", "xe khách lao xuống vực", "vỡ đê biển",
    "rò rỉ khí độc ở kho lạnh", "sập cầu treo", "tàu hỏa đâm xe tải", "lũ quét qua bản làng",
    "cháy chợ đầu mối", "sập mỏ than", "đuối nước tập thể ở hồ thủy lợi", "sập giàn giáo cao ốc",
    "chìm tàu cá ngoài khơi", "cháy quán karaoke", "sét đánh giữa cánh đồng", "nổ kho pháo",
    "tai nạn liên hoàn trên cao tốc", "sập hầm thủy điện", "cháy xưởng may", "nổ bình gas quán ăn",
)  # fmt: skip
_WHERE = (
    "An Hòa", "Bình Trung", "Cẩm Đông", "Đại Lộc", "Phú Mỹ", "Tân Thạnh", "Vĩnh Sơn", "Yên Lập",
    "Kim Bôi", "Hải Hậu", "Mù Cang Chải", "Trà Bồng", "Quỳ Châu", "Gò Dầu", "Năm Căn", "Đức Cơ",
    "Cồn Cỏ", "Lộc Ninh", "Thạnh Phú", "Sìn Hồ", "Dầu Giây", "Nậm Pồ", "Hòa Thành", "Ba Chẽ",
)  # fmt: skip
_TITLES = (
    ("{What} ở {x}, {n} người chết", "{x}: {n} nạn nhân tử vong vì {what}",
     "{What}, {x} có {n} người thiệt mạng", "Đã tìm thấy {n} thi thể sau vụ {what} ở {x}"),
    ("Thảm họa {what} tại {x} làm {n} người tử vong", "{n} người không qua khỏi khi {what}, {x}",
     "{x} tang thương: {what} cướp đi {n} mạng người", "{What}: huyện {x} báo cáo {n} người chết"),
    ("{n} người thiệt mạng do {what} tại {x}", "Nhân chứng kể phút {what} ở {x}, {n} người chết",
     "{x} cấp cứu nạn nhân {what}, {n} người đã tử vong", "{What} ở {x}, con số tử vong là {n}"),
)  # fmt: skip


@dataclass
class Arrivals:
    """A mail server that notes when which subject came."""

    mails: list[tuple[float, str, str]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=default)
        self.mails.append((time.monotonic(), str(mail["Message-ID"]), str(mail["Subject"])))
        return "250 OK"


@dataclass
class Live:
    """A service on the machine's clock with one recipient and a worker at work."""

    parts: Runtime
    arrivals: Arrivals
    worker: int = 0

    def take_in(self, documents: Sequence[Document]) -> float:
        """Store documents as a crawler does that has just fetched them, and return when."""
        from ledger import ingest

        began, now = time.monotonic(), datetime.now(UTC)
        fresh = [replace(d, fetched_at=now, first_seen_at=now, published_at=now) for d in documents]
        ingest.record_ingest(fresh, now)
        return began


@pytest.fixture
def live(ledger_sqlite: Settings, tmp_path: Path) -> Iterator[Live]:
    arrivals = Arrivals()
    mails = Controller(arrivals, hostname="127.0.0.1", port=free_port())
    mails.start()
    settings = replace(
        ledger_sqlite,
        smtp_host="127.0.0.1",
        smtp_port=mails.port,
        smtp_security="none",
        mail_to="phong@bao.example",
        nlp_backend=os.environ.get("LANGNGHE_TEST_BACKEND", "auto"),
    )
    made = Live(Runtime(settings, SystemClock()), arrivals)
    _ = made.parts.pipeline  # opened before the fork
    with _working(made):
        yield made
    mails.stop()


@contextmanager
def _working(made: Live) -> Iterator[None]:
    stop = threading.Event()
    made.worker = fork(lambda: runtime.worker.main(made.parts, stop))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(made.worker, 9)
        assert died(made.worker)


def crisis(number: int) -> list[Document]:
    """Return twelve reports of twelve papers about one made-up disaster."""
    what = _WHAT[number]
    parts = {"what": what, "What": what[0].upper() + what[1:], "x": _WHERE[number], "n": 5 + number}
    titles = [title.format(**parts) for title in itertools.chain(*_TITLES)]
    return [_report(f"khan{number}-{k}", title, f"Báo {k}") for k, title in enumerate(titles)]


def _report(name: str, title: str, outlet: str) -> Document:
    now = datetime.now(UTC)
    return Document(
        id=name,
        kind=DocumentKind.ARTICLE,
        source_id=outlet,
        outlet=outlet,
        url=f"https://bao.example/{name}",
        title=title,
        lead=title,
        text="",
        published_at=now,
        first_seen_at=now,
        fetched_at=now,
    )


def wait_until(condition: Callable[[], bool], seconds: float, every_s: float = 0.05) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(every_s)
    return False


def mailed_at(made: Live, documents: Sequence[Document]) -> float | None:
    """Return when the first mail about a crisis came."""
    from ledger.models import AlertRow

    ids = {doc.id for doc in documents}
    titles = [row.title for row in AlertRow.objects.all() if ids & set(row.document_ids)]
    times = [at for at, _, subject in made.arrivals.mails if any(t[:60] in subject for t in titles)]
    return min(times, default=None)


def said(name: str, delays: Sequence[float]) -> None:
    ordered = sorted(delays)
    p95 = ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]
    print(  # noqa: T201
        f"\n{name}: {len(ordered)} warnings, seconds to the mail: median "
        f"{statistics.median(ordered):.2f}, p95 {p95:.2f}, most {ordered[-1]:.2f} "
        f"({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f})"
    )


def test_a_warning_leaves_a_service_at_rest(live: Live, shared_dir: Path) -> None:
    from ledger import work

    delays = []
    live.take_in(list(itertools.islice(read_items(stream_file(shared_dir)), USUAL)))
    assert wait_until(lambda: not any(work.backlog().values()), 900, 0.5)
    for number in range(len(_WHAT)):
        reports = crisis(number)
        let_a_quarter_of_an_hour_pass()
        began = live.take_in(reports)
        assert wait_until(lambda r=reports: mailed_at(live, r) is not None, 120), number
        delays.append((mailed_at(live, reports) or 0.0) - began)
        time.sleep(0.3 + (number % 7) / 10)
    said("at rest", delays)


def test_ten_thousand_documents_at_once(live: Live, shared_dir: Path) -> None:
    from ledger import queries, work
    from ledger.models import AlertRow, DeliveryRow

    recorded = list(itertools.islice(read_items(stream_file(shared_dir)), DOCUMENTS))
    crises = {number: crisis(number) for number in range(len(_WHAT))}
    began, used_before, told_in = time.monotonic(), time.process_time(), {}
    every = DOCUMENTS // BATCH // len(crises)
    waiting = iter(crises.items())
    for turn, start in enumerate(range(0, len(recorded), BATCH)):
        live.take_in(recorded[start : start + BATCH])
        if turn % every == 0 and (following := next(waiting, None)) is not None:
            told_in[following[0]] = live.take_in(following[1])
    fed_s, used_s = time.monotonic() - began, time.process_time() - used_before
    wanted = len({d.id for d in recorded}) + sum(len(crises[n]) for n in told_in)
    # Asked seldom: asking costs the worker what it measures.
    assert wait_until(lambda: not any(work.backlog().values()), 1800, 0.5)
    done_s = time.monotonic() - began
    figures = queries.counters()
    assert figures.collected == figures.analysed == figures.indexed == wanted
    assert wait_until(lambda: not DeliveryRow.objects.filter(state="waiting", level=3), 120)
    delays = {n: mailed_at(live, crises[n]) for n in told_in}
    told = {n: at - told_in[n] for n, at in delays.items() if at is not None}
    sent, alerts = DeliveryRow.objects.filter(state="sent").count(), AlertRow.objects.count()
    print(  # noqa: T201
        f"\nburst: {wanted} documents stored in {fed_s:.0f} s, all through in {done_s:.0f} s; "
        f"{alerts} alerts, {sent} mails sent, {DeliveryRow.objects.count() - sent} wait for their "
        f"turn; processor time: feeder {used_s:.0f} s, worker {processor_s(live.worker):.0f} s"
    )
    levels = Counter(row.level for row in AlertRow.objects.all() if "khan" in str(row.document_ids))
    print("alerts of the crises by level:", sorted(levels.items()))  # noqa: T201
    said("in the burst", list(told.values()))
    # "Khẩn" passes at once; what is below waits for its turn when hundreds of matters come at once.
    assert not DeliveryRow.objects.filter(level=3).exclude(state="sent").exists()
    assert floods() == []
    assert len({name for _, name, _ in live.arrivals.mails}) == len(live.arrivals.mails)


def let_a_quarter_of_an_hour_pass() -> None:
    """Make what was mailed so far long ago, so that only the way itself is measured."""
    from ledger.models import DeliveryRow

    DeliveryRow.objects.filter(state="waiting", claim="").update(state="replaced")
    DeliveryRow.objects.filter(state="sent").update(sent_at=datetime.now(UTC) - timedelta(hours=1))


def processor_s(pid: int) -> float:
    """Return what a process has used of the processors' time, 0 where nobody tells."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def floods() -> list[tuple[str, str, int]]:
    """Return the (alert, address) that got more than one mail below "khẩn" within 15 minutes."""
    from ledger.models import DeliveryRow

    sent: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    rows = DeliveryRow.objects.filter(state="sent", level__lt=3).exclude(alert=None)
    for row in rows.order_by("sent_at"):
        assert row.sent_at is not None
        sent[row.alert_id, row.address].append(row.sent_at)
    return [
        (*key, len(times))
        for key, times in sent.items()
        if any(b - a < MINUTES_15 for a, b in itertools.pairwise(times))
    ]
