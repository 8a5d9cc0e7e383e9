"""``langnghe crawl``: one round of the sources that are due, now."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.console import Console


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("crawl", help="Đọc các nguồn tin một lượt ngay bây giờ rồi dừng.")(crawl)


def crawl(
    everything: Annotated[
        bool, typer.Option("--all", help="Đọc mọi nguồn đang bật, kể cả nguồn chưa đến hạn.")
    ] = False,
) -> None:
    """Read the sources, take what came through nlp and index, and tell the counts."""
    from runtime.wiring import open_runtime

    runtime = open_runtime(migrate=True)
    from ledger import ingest, queries, sources
    from runtime import firstrun
    from runtime.process import is_service_running
    from runtime.schedule import run_batch_child
    from runtime.worker import Worker

    firstrun.prepare(runtime)
    console = Console(highlight=False)
    now = runtime.clock.now()
    if everything:
        sources.make_due()
    if not ingest.has_due(now):
        console.print("Chưa có nguồn nào đến hạn đọc. Thêm --all để đọc ngay mọi nguồn.")
        return
    before = queries.counters().collected
    with console.status("Đang đọc các nguồn tin …"):
        run_batch_child()
    if is_service_running(runtime.settings.data_dir / "run"):
        console.print("Dịch vụ đang chạy trên thư mục này và sẽ phân tích các tin vừa thu.")
    else:
        worker = Worker(runtime, f"crawl-{os.getpid()}")
        with console.status("Đang phân tích …"):
            worker.finish()
        worker.leave_duty()
    counts = queries.counters()
    console.print(f"Thêm {counts.collected - before} tin bài; có {counts.collected} tin trong sổ.")
