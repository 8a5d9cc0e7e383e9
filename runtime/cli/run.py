"""``langnghe run``: the whole service on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run", help="Chạy dịch vụ: thu thập, phân tích, cảnh báo, điểm tin và phòng web.")(
        run
    )


def run(
    profile: Annotated[
        Path | None, typer.Option(help="Tệp hồ sơ cơ quan (TOML) để dùng từ lần chạy này.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Cổng của phòng theo dõi.")] = None,
    ask: Annotated[
        bool, typer.Option("--ask/--no-ask", help="Hỏi hồ sơ cơ quan ở lần chạy đầu.")
    ] = True,
) -> None:
    """Start the service and stay until it is told to stop."""
    from langnghe.settings import load_settings
    from runtime.process import stop_event
    from runtime.supervisor import child_environ, require_free
    from runtime.wiring import open_runtime

    console = Console(highlight=False)
    stop = stop_event()
    environ = {"LANGNGHE_WEB_PORT": str(port)} if port else {}
    require_free(load_settings(child_environ(environ)))
    console.print("Đang chuẩn bị sổ cái và nguồn tin …")
    runtime = open_runtime(child_environ(environ), migrate=True)
    from runtime import firstrun, profiling, service

    if profile is not None:
        profiling.install_profile(profile, runtime.profile_file)
    elif ask and sys.stdin.isatty() and not runtime.profile_file.exists():
        profiling.ask_profile(console, runtime.profile_file)
    firstrun.prepare(runtime)
    firstrun.welcome(runtime, console.print)
    service.serve(runtime, stop, console.print, environ=environ)
