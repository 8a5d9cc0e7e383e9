"""``langnghe doctor``: what is wrong, and what to do."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import typer
from rich.console import Console
from rich.table import Table


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", help="Kiểm tra cài đặt: điều gì đang sai và phải làm gì.")(doctor)


def doctor() -> None:
    """Print every finding; exit code 1 when something is bad."""
    from runtime.wiring import open_runtime

    runtime = open_runtime()
    from runtime.health import Verdict, examine

    findings = examine(runtime)
    if sys.stdout.isatty():
        marks = {"good": "[green]tốt[/green]", "notice": "[yellow]lưu ý[/yellow]"}
        table = Table("Mục", "", "Tình trạng", "Nên làm")
        for found in findings:
            mark = marks.get(found.verdict, "[red]lỗi[/red]")
            table.add_row(found.subject, mark, found.said, found.advice)
        Console(highlight=False).print(table)
    else:
        for found in findings:
            typer.echo(json.dumps(asdict(found), ensure_ascii=False))
    if any(found.verdict == Verdict.BAD for found in findings):
        raise typer.Exit(1)
