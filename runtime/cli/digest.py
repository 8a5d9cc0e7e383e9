"""``langnghe digest``: look at the digest, or send it now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("digest", help="Xem thử điểm tin, hoặc gửi ngay với --now.")(digest)


def digest(
    now: Annotated[
        bool, typer.Option("--now", help="Lập và gửi điểm tin 24 giờ qua ngay.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option(help="Ghi bản HTML ra tệp này để mở bằng trình duyệt.")
    ] = None,
) -> None:
    """Print the text of the digest of the last 24 hours; with ``--now`` send it too."""
    from datetime import timedelta

    from reports.periods import Period
    from runtime.wiring import open_runtime

    runtime = open_runtime(migrate=True)
    from runtime import digests
    from runtime.alerting import AlertDesk

    moment = runtime.clock.now()
    if now:
        made = digests.send_digest_now(runtime)
        counts = AlertDesk(runtime).deliver()
        typer.echo(f"Đã lập {made} điểm tin, đã gửi {counts.sent} thư.")
        if not runtime.settings.smtp_host:
            typer.echo(f"Chưa có máy chủ thư; thư nằm trong {runtime.settings.outbox_dir}")
        return
    period = Period("preview", moment - timedelta(days=1), moment)
    _, mail = digests.preview(runtime, period, moment)
    if html is not None:
        html.write_text(mail.html, "utf-8")
        typer.echo(f"Đã ghi {html}")
    else:
        typer.echo(mail.text)
