"""``langnghe replay FILE``: a recorded stream served as feeds, by its own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

# The quietest sources of a week are read every few hours.
_TAIL = timedelta(hours=6)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay", help="Phát lại một dòng tin đã ghi thành các nguồn RSS trên máy này.")(
        replay
    )


def replay(
    file: Annotated[str, typer.Argument(help="Tệp JSON Lines (hoặc .gz) các tin đã ghi.")],
    speed: Annotated[float, typer.Option(help="Nhanh hơn thực tế bao nhiêu lần.")] = 60.0,
    since: Annotated[str, typer.Option(help="Bắt đầu từ thời điểm này (ISO 8601).")] = "",
    until: Annotated[str, typer.Option(help="Dừng ở thời điểm này (ISO 8601).")] = "",
    port: Annotated[int, typer.Option(help="Cổng của trang nguồn (0: tự chọn).")] = 0,
    only_feeds: Annotated[
        bool, typer.Option("--only-feeds", help="Chỉ phát nguồn RSS, không chạy dịch vụ kèm theo.")
    ] = False,
    data_dir: Annotated[
        Path | None, typer.Option(help="Thư mục dữ liệu riêng cho lần phát lại.")
    ] = None,
    web_port: Annotated[int | None, typer.Option(help="Cổng của phòng theo dõi.")] = None,
) -> None:
    """Serve the stream's feeds; unless ``--only-feeds``, run the whole service on them."""
    from langnghe.items import read_items, replay_moment
    from runtime.process import stop_event
    from runtime.replay import play
    from runtime.replay.stream import Stream

    console = Console(highlight=False)
    first = _moment("--since", since, datetime.min.replace(tzinfo=UTC))
    last = _moment("--until", until, datetime.max.replace(tzinfo=UTC))
    with console.status("Đang đọc dòng tin …"):
        items = [item for item in read_items(file) if first <= replay_moment(item) < last]
    if not items:
        raise typer.BadParameter("tệp không có tin nào trong khoảng thời gian này")
    stream = Stream(items)
    console.print(
        f"{len(stream)} tin của {len(stream.outlets)} nguồn, {stream.start:%d/%m/%Y}"
        f" – {stream.end:%d/%m/%Y}, nhanh gấp {speed:g} lần."
    )
    plan = play.Plan(stream, speed=speed, port=port, tail=_TAIL)
    if only_feeds:
        play.serve_feeds(plan, stop_event(), console.print)
    else:
        play.run_service(plan, stop_event(), console.print, data_dir=data_dir, web_port=web_port)


def _moment(option: str, value: str, otherwise: datetime) -> datetime:
    from langnghe.clock import parse_moment

    try:
        return parse_moment(value) if value else otherwise
    except ValueError as error:
        raise typer.BadParameter(f"{option}: cần thời điểm như 2025-10-06T07:00") from error
