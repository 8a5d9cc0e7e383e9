"""``langnghe backup`` and ``langnghe restore``: ledger, profile and settings in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup", help="Sao lưu sổ cái, hồ sơ và cấu hình vào một tệp.")(backup)
    app.command("restore", help="Khôi phục từ tệp sao lưu rồi lập lại chỉ mục.")(restore)


def backup(
    target: Annotated[Path, typer.Argument(help="Tệp sao lưu sẽ ghi (.tar.gz).")],
) -> None:
    """Write the backup while the service runs, and say what it holds."""
    from runtime.wiring import open_runtime

    runtime = open_runtime()
    from ledger import backup as ledger_backup

    manifest = ledger_backup.write_backup(runtime.settings, target, runtime.clock.now())
    typer.echo(f"Đã sao lưu {manifest.documents} tin bài vào {target}.")


def restore(
    source: Annotated[Path, typer.Argument(help="Tệp sao lưu.")],
    force: Annotated[bool, typer.Option("--force", help="Ghi đè sổ cái đang có dữ liệu.")] = False,
) -> None:
    """Restore the ledger and rebuild the index from it."""
    from runtime.wiring import open_runtime

    runtime = open_runtime()
    from ledger import backup as ledger_backup
    from runtime.cli.reindex import rebuild

    manifest = ledger_backup.restore_backup(runtime.settings, source, force=force)
    typer.echo(f"Đã khôi phục {manifest.documents} tin bài; đang lập lại chỉ mục …")
    rebuild(open_runtime(migrate=True))
    typer.echo("Xong.")
