"""``langnghe extract``: what is understood of a saved article page, and by which way."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from langnghe.items import write_lines
from runtime.cli.feed import read_input

_LABELS = {
    "title": "Tít",
    "lead": "Sapo",
    "published_at": "Đăng lúc",
    "modified_at": "Sửa lúc",
    "outlet": "Cơ quan báo chí",
    "section": "Chuyên mục",
    "byline": "Tác giả",
    "canonical_url": "Địa chỉ chuẩn",
    "text": "Nội dung",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("extract", help="Xem hệ thống hiểu gì từ một trang bài đã lưu (HTML).")(extract)


def extract(
    page: Annotated[Path, typer.Argument(help="Tệp HTML đã lưu, “-” là đầu vào chuẩn.")],
    url: Annotated[str, typer.Option(help="Địa chỉ của trang, để nhận ra trang và báo.")] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="In JSON (mặc định khi không phải màn hình).")
    ] = False,
) -> None:
    """Print title, lead, text, times with zone, outlet, section, canonical address and the ways."""
    from crawlers.workers import PAGE_LIMITS, Workers

    payload = read_input(page)
    with Workers(1) as workers:
        row = workers.run("page-row", PAGE_LIMITS, payload, url, datetime.now(UTC))
    if as_json or not sys.stdout.isatty():
        write_lines([row], sys.stdout)
    else:
        _print_table(row)


def _print_table(row: dict[str, Any]) -> None:
    table = Table(show_header=True, show_lines=True)
    for heading in ("Mục", "Giá trị", "Cách tìm ra"):
        table.add_column(heading, overflow="fold")
    for name, title in _LABELS.items():
        table.add_row(title, str(row[name] or "—"), row["via"].get(name, ""))
    Console().print(table)
