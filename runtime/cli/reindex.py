"""``langnghe reindex``: rebuild the search index from the ledger."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from indexer.reindex import reindex as fill_index
from runtime.wiring import Runtime

_BATCH = 2_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reindex", help="Lập lại chỉ mục tìm kiếm từ sổ cái, không ngừng dịch vụ.")(reindex)


def reindex(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Bỏ phần làm dở của lần trước, làm lại từ đầu.")
    ] = False,
) -> None:
    """Rebuild the index; a run that was stopped is taken up where it stopped."""
    from runtime.wiring import open_runtime

    rebuild(open_runtime(migrate=True), fresh=fresh)


def rebuild(runtime: Runtime, *, fresh: bool = False) -> None:
    """Fill a new index from the ledger of ``runtime`` and swap it in, with progress on stderr."""
    from ledger import documents

    console = Console(stderr=True)
    columns = (
        TextColumn("Lập chỉ mục"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("reindex", total=documents.document_count())
        written = fill_index(
            runtime.store,
            lambda after: documents.iter_analysed(after, batch=_BATCH),
            fresh=fresh,
            progress=lambda count: bar.update(task, completed=count),
        )
    console.print(f"Đã lập chỉ mục {written} tin bài.")
