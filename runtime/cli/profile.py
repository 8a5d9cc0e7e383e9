"""``langnghe profile``: whose communications office this is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("profile", help="Xem hoặc đổi hồ sơ cơ quan: tỉnh hoặc bộ, đơn vị, người dùng.")(
        profile
    )


def profile(
    choose: Annotated[str, typer.Option("--set", help="Tên tỉnh, thành phố hoặc bộ, ngành.")] = "",
    file: Annotated[Path | None, typer.Option(help="Tệp hồ sơ (TOML) dùng thay.")] = None,
) -> None:
    """Show the profile, or change it and seed what follows from it."""
    from runtime.wiring import open_runtime

    runtime = open_runtime(migrate=True)
    from runtime import firstrun, profiling

    if file is not None:
        profiling.install_profile(file, runtime.profile_file)
    elif choose:
        profiling.write_profile(profiling.named_profile(choose), runtime.profile_file)
    if file is not None or choose:
        firstrun.prepare(runtime)
    found = runtime.profile
    console = Console(highlight=False)
    console.print(f"Cơ quan: [bold]{found.office}[/bold]")
    console.print(f"Tỉnh: {found.province or '–'} · Bộ, ngành: {found.ministry or '–'}")
    console.print(f"Đơn vị: {len(found.departments)} · Xã, phường: {len(found.communes)}")
    console.print(f"Người dùng: {len(found.people)} · Từ khóa: {', '.join(found.keywords) or '–'}")
    console.print(f"Tệp hồ sơ: {runtime.profile_file}")
