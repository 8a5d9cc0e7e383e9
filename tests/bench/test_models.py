"""How fast the shipped models answer on one core, how long they load, what memory they take.

``make bench``; figures are reported, never asserted.
"""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from langnghe.document import DocumentKind
from nlp.backends.base import TextInput, load_backend

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

TITLES = (
    "Người dân phường ven sông bức xúc vì nước máy có mùi dầu suốt nhiều ngày",
    "Sở Giáo dục và Đào tạo công bố lịch thi và số chỉ tiêu tuyển sinh lớp 10",
    "Đội bóng tỉnh thắng đậm trên sân nhà, giành quyền lên hạng sau mười năm",
    "Giá lúa giảm sâu, nông dân mong được hỗ trợ thu mua tạm trữ trước mùa mưa",
)
LEAD = (
    "Nhiều hộ phải mua nước bình để nấu ăn trong khi đơn vị cấp nước cho biết mẫu thử vẫn đạt "
    "chuẩn; cơ quan chức năng đã lấy mẫu gửi xét nghiệm và hứa trả lời trong tuần này."
)


def feed_items(count):
    return [
        TextInput(DocumentKind.ARTICLE, f"{TITLES[i % len(TITLES)]} {i}", LEAD)
        for i in range(count)
    ]


def articles(count):
    return [
        TextInput(item.kind, item.title, item.lead, f"{LEAD} " * 11) for item in feed_items(count)
    ]


@pytest.mark.parametrize("kind", ["linear", "encoder", "auto"])
@pytest.mark.parametrize("make", [feed_items, articles])
def test_answers_a_second(benchmark, kind, make):
    backend = load_backend(kind)
    inputs = make(256)
    started = time.process_time()
    benchmark.pedantic(backend.classify, (inputs,), rounds=3, warmup_rounds=1)
    benchmark.extra_info["texts_a_second"] = round(len(inputs) / benchmark.stats["mean"], 1)
    used = (time.process_time() - started) / 4
    benchmark.extra_info["texts_a_second_of_processor_time"] = round(len(inputs) / used, 1)


LOADING = """
import time
started = time.process_time()
from nlp.backends.base import load_backend
backend = load_backend({kind!r})
loaded = time.process_time() - started
"""
EVERYTHING = """
from datetime import UTC, datetime
from alerts.engine import AlertEngine
from alerts.rules import load_default_rules
from langnghe.items import document_from
from langnghe.profile import Profile
from nlp.backends.pairs import load_pair_reader
from nlp.claims import ClaimMatcher
from nlp.pipeline import Pipeline
from nlp.stories import StoryIndex
pipeline = Pipeline(backend, profile=Profile())
reader = load_pair_reader(None)
index, claims = StoryIndex(reader=reader), ClaimMatcher([], reader=reader)
engine = AlertEngine(load_default_rules(), Profile())
now = datetime(2026, 11, 20, tzinfo=UTC)
"""
USING = """
import resource, sys
from tests.bench.test_models import feed_items
items = feed_items(512)
backend.classify(items)
if {everything}:
    docs = [document_from({{"id": str(n), "title": x.title, "lead": x.lead}})
            for n, x in enumerate(items)]
    analyses = pipeline.analyse(docs, now)
    index.assign(list(zip(docs, analyses)), now)
    claims.suggest(docs)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
sys.stdout.write(f"{{loaded:.2f}} {{peak}}")
"""


@pytest.mark.parametrize("kind", ["linear", "encoder", "everything"])
def test_load_time_and_memory_of_a_worker(benchmark, kind):
    """ "everything": cascade, pipeline, clustering, claims and rules, as a worker holds them."""
    everything = kind == "everything"
    model = "auto" if everything else kind
    parts = (LOADING, EVERYTHING if everything else "", USING)
    script = "".join(parts).format(kind=model, everything=everything)

    def start():
        return subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        ).stdout

    loaded, peak = benchmark.pedantic(start, rounds=1).split()
    benchmark.extra_info["load_seconds_of_processor_time"] = float(loaded)
    benchmark.extra_info["peak_memory_mb"] = int(peak)
