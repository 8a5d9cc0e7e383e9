"""Index rate, search times, disk size: both engines over one stream, in one run.

``LANGNGHE_TEST_BENCH_DOCUMENTS`` sets the size (300,000); the figures go to
``LANGNGHE_TEST_BENCH_REPORT`` (JSON) and to the screen. Wall-clock times depend on what else the
machine does, so the processor's time of our own process stands beside them. With
``LANGNGHE_TEST_BENCH_FOLDER`` the embedded index stays there, and the next run only asks it.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from indexer.elastic import ElasticStore
from indexer.elastic.client import ElasticAddress
from indexer.embedded import EmbeddedStore
from indexer.reindex import reindex
from indexer.store import Store
from langnghe.query import parse
from tests.bench.stream import analysed_stream, batches

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

DOCUMENTS = int(os.environ.get("LANGNGHE_TEST_BENCH_DOCUMENTS", "300000"))
NOW = datetime(2026, 4, 30, tzinfo=UTC)
ROUNDS = 20
BATCH = 2_000

FORTY_TERMS = (
    '("học phí" OR "lạm thu" OR "quỹ lớp" OR "phụ huynh" OR "nhà trường" OR "giáo viên" OR '
    '"học sinh" OR "bạo lực học đường" OR "dạy thêm" OR "tuyển sinh" OR "thi lớp 10" OR '
    '"sách giáo khoa" OR "bữa ăn" OR "ngộ độc" OR "hiệu trưởng" OR "mầm non" OR "tiểu học" OR '
    '"trung học" OR "đại học" OR "học bổng") AND ("Hà Nội" OR "TP HCM" OR "Đà Nẵng" OR "Cần Thơ" '
    'OR "Hải Phòng" OR Huế OR "Nghệ An" OR "Thanh Hóa" OR "Quảng Ninh" OR "Khánh Hòa" OR '
    '"Đồng Nai" OR "Bắc Ninh") AND NOT ("bóng đá" OR showbiz OR "giải trí" OR "ca sĩ" OR '
    '"phim" OR "hoa hậu" OR "người mẫu" OR "chứng khoán")'
)
QUERIES = {
    "word": "lũ",
    "common word": "người",
    "phrase": '"học phí"',
    "accent-free": '"tai nan giao thong"',
    "forty terms": FORTY_TERMS,
    "near": '"bệnh viện" NEAR/8 ("quá tải" OR "thiếu thuốc" OR nhiễm)',
    "abbreviation, month": 'UBND "thu hồi đất" published:[2025-10-01 TO 2025-12-31]',
    "labels": "topic:giao_duc tone:neg học",
    "exclusion": 'tp.hcm -"bóng đá" -"giá vàng"',
    "beginning of a word": "nghiêm* published:now-30d",
}


def timed(action: Callable[[], Any], rounds: int = ROUNDS) -> dict[str, float]:
    """Return median and p95 of ``rounds`` calls: milliseconds by the clock, and of the processor
    in this process, which no other process on the machine can lengthen."""
    walls, processor = [], []
    for _ in range(rounds):
        started, cpu = time.perf_counter(), time.process_time()
        action()
        processor.append((time.process_time() - cpu) * 1000)
        walls.append((time.perf_counter() - started) * 1000)
    return {
        "p50_ms": round(statistics.median(walls), 1),
        "p95_ms": round(_p95(walls), 1),
        "cpu_p50_ms": round(statistics.median(processor), 1),
        "cpu_p95_ms": round(_p95(processor), 1),
    }


def _p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]


def fill(store: Store, shared: Path) -> dict[str, float]:
    """Put the stream into ``store`` and return the rate of putting alone."""
    spent = processor = 0.0
    for batch in batches(analysed_stream(shared, DOCUMENTS), BATCH):
        started, cpu = time.perf_counter(), time.process_time()
        store.put(batch)
        spent += time.perf_counter() - started
        processor += time.process_time() - cpu
    store.refresh()
    return {
        "documents_per_s": round(DOCUMENTS / spent),
        "documents_per_cpu_s": round(DOCUMENTS / processor),
    }


def ask(store: Store) -> dict[str, Any]:
    """Time every query and aggregate; the counts show that both engines found the same."""
    found: dict[str, Any] = {}
    for name, text in QUERIES.items():
        query = parse(text)
        page = store.search(query, now=NOW)
        figures = timed(lambda q=query: store.search(q, now=NOW))  # type: ignore[misc]
        found[name] = {"total": page.total, **figures}
    year = parse("học published:[2025-05-01 TO 2026-04-30]")
    found["histogram of 12 months"] = timed(lambda: store.histogram(year, now=NOW), 5)
    found["terms of 12 months"] = timed(lambda: store.terms(year, "topic", now=NOW), 5)
    phrase = parse('"học phí"')
    store.significant_terms(phrase, now=NOW)
    found["significant terms"] = timed(lambda: store.significant_terms(phrase, now=NOW), 5)
    found["stories"] = timed(lambda: store.story_rollup(phrase, now=NOW), 5)
    return found


def report(name: str, figures: dict[str, Any]) -> None:
    """Show the figures and add them to the report file."""
    path = os.environ.get("LANGNGHE_TEST_BENCH_REPORT")
    if path:
        with Path(path).open("a", encoding="utf-8") as out:
            out.write(json.dumps({name: figures}, ensure_ascii=False) + "\n")
    load = os.getloadavg()[0]
    sys.stderr.write(f"\n{name}, {DOCUMENTS} documents, load {load:.1f}\n")
    for key, value in figures.items():
        sys.stderr.write(f"  {key}: {value}\n")


def test_embedded(shared_dir: Path, tmp_path: Path) -> None:
    folder = os.environ.get("LANGNGHE_TEST_BENCH_FOLDER")
    path = (Path(folder) if folder else tmp_path) / f"index-{DOCUMENTS}.sqlite3"
    is_kept = path.exists()
    store = EmbeddedStore(path)
    figures: dict[str, Any] = {} if is_kept else {"index": fill(store, shared_dir)}
    figures.update(ask(store))
    store.close()
    figures["bytes_per_document"] = round(path.stat().st_size / DOCUMENTS)
    if not folder:
        figures.update(rebuilt(store, shared_dir))
    report("embedded", figures)


def rebuilt(store: Store, shared: Path) -> dict[str, Any]:
    """Reindex ``store`` and return the rate and the same figures again."""
    items = iter(list(analysed_stream(shared, DOCUMENTS)))
    started, cpu = time.perf_counter(), time.process_time()
    assert reindex(store, lambda after: batches(items, BATCH)) == DOCUMENTS
    rate = {
        "documents_per_s": round(DOCUMENTS / (time.perf_counter() - started)),
        "documents_per_cpu_s": round(DOCUMENTS / (time.process_time() - cpu)),
    }
    return {"reindex": rate, "after reindex": ask(store)}


@pytest.mark.elasticsearch
def test_elasticsearch(shared_dir: Path, elasticsearch_url: str, elastic_alias: str) -> None:
    store = ElasticStore(ElasticAddress(elasticsearch_url, elastic_alias, request_timeout_s=120))
    figures: dict[str, Any] = {"index": fill(store, shared_dir), **ask(store)}
    client = store._client()
    index = store._indices().current().active
    client.indices.flush(index=index)
    size = client.indices.stats(index=index)["_all"]["primaries"]["store"]["size_in_bytes"]
    figures["bytes_per_document"] = round(size / DOCUMENTS)
    figures.update(rebuilt(store, shared_dir))
    client.indices.delete(index=store._indices().current().active)
    report("elasticsearch", figures)
