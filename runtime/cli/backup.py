"""``langnghe backup`` and ``langnghe restore``: the ledger and the profile in one file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup", help="Sao lưu sổ cái và hồ sơ; dịch vụ vẫn chạy.")(backup)
    app.command(
        "restore", help="Khôi phục từ tệp sao lưu (dừng dịch vụ trước) và lập lại chỉ mục."
    )(restore)


def backup(
    folder: Annotated[
        Path | None, typer.Argument(help="Thư mục chứa các bản sao lưu; bản quá hạn được xóa.")
    ] = None,
) -> None:
    """Write a backup while the service runs, drop those that are too old, and say what it holds."""
    from runtime.wiring import open_runtime

    runtime = open_runtime()
    from ledger import backup as backups

    where, now = folder or runtime.settings.data_dir / "backup", datetime.now(UTC)
    target, manifest = backups.backup(runtime.settings, where, now)
    backups.prune(where, now)
    typer.echo(f"Đã sao lưu {manifest.documents} tin bài vào {target}")


def restore(
    archive: Annotated[Path, typer.Argument(help="Tệp sao lưu (.zip).")],
    force: Annotated[bool, typer.Option("--force", help="Ghi đè sổ cái đang có dữ liệu.")] = False,
) -> None:
    """Restore the ledger and rebuild the index from it; no service may start meanwhile."""
    from langnghe.settings import load_settings
    from runtime.process import take_lock
    from runtime.wiring import open_runtime

    with take_lock(load_settings().data_dir / "run"):
        runtime = open_runtime(migrate=True)
        from ledger import backup as backups
        from runtime.cli.reindex import rebuild

        manifest = backups.restore(runtime.settings, archive, overwrite=force)
        typer.echo(f"Đã khôi phục {manifest.documents} tin bài; đang lập lại chỉ mục …")
        rebuild(runtime, fresh=True)
    typer.echo("Xong.")
