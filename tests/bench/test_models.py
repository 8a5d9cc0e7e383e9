"""How fast the shipped models answer on one core, how long they load, what memory they take.

``make bench``; figures are reported, never asserted.
"""

from __future__ import annotations

import subprocess
import sys

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
    benchmark.pedantic(backend.classify, (inputs,), rounds=3, warmup_rounds=1)
    benchmark.extra_info["texts_a_second"] = round(len(inputs) / benchmark.stats["mean"], 1)


@pytest.mark.parametrize("kind", ["linear", "encoder"])
def test_load_time_and_memory_of_a_worker(benchmark, kind):
    script = (
        "import resource\n"
        "from nlp.backends.base import load_backend\n"
        "from tests.bench.test_models import feed_items\n"
        f"load_backend({kind!r}).classify(feed_items(64))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )

    def start():
        return subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        ).stdout

    said = benchmark.pedantic(start, rounds=2)
    benchmark.extra_info["peak_memory_mb"] = int(said) // 1024
