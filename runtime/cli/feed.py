"""``langnghe feed``: what is understood of a saved feed."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from langnghe.errors import ConfigError
from langnghe.items import write_lines

_MAX_BYTES = 10_000_000
_GZIP = b"\x1f\x8b"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("feed", help="Xem hệ thống hiểu gì từ một nguồn cấp tin đã lưu (RSS, Atom …).")(
        feed
    )


def feed(
    file: Annotated[Path, typer.Argument(help="Tệp nguồn đã lưu, “-” là đầu vào chuẩn.")],
    url: Annotated[str, typer.Option(help="Địa chỉ của nguồn, để nối liên kết tương đối.")] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="In JSON Lines (mặc định khi không phải màn hình).")
    ] = False,
) -> None:
    """Print the items, one JSON object a line; what the feed says of itself goes to stderr."""
    from crawlers.workers import FEED_LIMITS, Workers

    payload = read_input(file)
    with Workers(1) as workers:
        found = workers.run(
            "feed-rows", FEED_LIMITS, payload, url, datetime.now(UTC), max_bytes=_MAX_BYTES
        )
    console = Console(stderr=True, highlight=False)
    console.print(
        f"{found['title'] or '(không tên)'}: {len(found['items'])} tin, đọc bằng {found['via']}, "
        f"bảng mã {found['encoding']}",
        markup=False,
    )
    for note in found["notes"]:
        console.print(f"  ghi chú: {note}", markup=False)
    if as_json or not sys.stdout.isatty():
        write_lines(found["items"], sys.stdout)
    else:
        _print_table(found["items"])


def read_input(file: Path) -> bytes:
    """Return the bytes of ``file`` ("-" is standard input), unpacked if it was saved with gzip.

    Raises ConfigError for a file that cannot be read or unpacks to more than any page may hold.
    """
    try:
        payload = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        if not payload.startswith(_GZIP):
            return payload
        with gzip.GzipFile(fileobj=io.BytesIO(payload)) as packed:
            payload = packed.read(_MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError(f"{file}: {error}") from error
    if len(payload) > _MAX_BYTES:
        raise ConfigError(f"{file}: unpacks to more than {_MAX_BYTES} bytes")
    return payload


def _print_table(items: list[dict[str, Any]]) -> None:
    table = Table(show_lines=True)
    for heading in ("Đăng lúc", "Tít", "Sapo", "Địa chỉ"):
        table.add_column(heading, overflow="fold")
    for item in items:
        table.add_row(item["published_at"] or "—", item["title"], item["lead"], item["url"])
    Console().print(table)
