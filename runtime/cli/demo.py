"""``langnghe demo``: a recorded day of a fictional province, without any network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "demo", help="Xem thử với một ngày mẫu của tỉnh Lam Giang (hư cấu), không cần mạng."
    )(demo)


def demo(
    speed: Annotated[float, typer.Option(help="Nhanh hơn thực tế bao nhiêu lần.")] = 60.0,
    web_port: Annotated[int | None, typer.Option(help="Cổng của phòng theo dõi.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Thư mục dữ liệu của ngày mẫu (được làm mới mỗi lần).")
    ] = None,
) -> None:
    """Serve the recorded day and run the whole service on it."""
    from runtime.demo import day
    from runtime.process import stop_event
    from runtime.replay import play

    console = Console(highlight=False)
    plan = play.Plan(
        day.load_stream(), speed=speed, profile=day.PROFILE, outlets=day.outlet_facts()
    )
    console.print(
        f"Ngày mẫu: {len(plan.stream)} tin bài của {len(plan.stream.outlets)} nguồn hư cấu, "
        f"từ {plan.stream.start:%d/%m} đến {plan.stream.end:%d/%m}, nhanh gấp {speed:g} lần."
    )
    play.run_service(plan, stop_event(), console.print, data_dir=data_dir, web_port=web_port)
