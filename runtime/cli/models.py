"""``langnghe models``: which models are there, how good they are, and the office's own."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from langnghe.errors import AnalysisError
from langnghe.settings import Settings, load_settings
from nlp.backends.base import SHIPPED_MODELS
from nlp.backends.card import SHIPPED_CARDS, card_names, read_card, stale_files

OFFICE_REPORT = "office.json"
"""Beside weights that the office taught: when, on how many corrections, before and after."""
_TASKS = {
    "topic": "lĩnh vực",
    "tone": "sắc thái",
    "stance": "với cơ quan nhà nước",
    "intent": "ý định",
}

models_app = typer.Typer(
    no_args_is_help=True, help="Mô hình: danh sách, phiếu mô tả, học từ phần đã sửa."
)


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(models_app, name="models")


@models_app.command("list", help="Các mô hình đang có, phiên bản và phiếu mô tả.")
def list_models() -> None:
    """Print one line a model: name, version, date and whether its card fits the weights in use."""
    folder = load_settings().models_folder or SHIPPED_MODELS
    table = Table("Mô hình", "Phiên bản", "Ngày", "Nhiệm vụ", "Phiếu")
    for name in card_names():
        card = read_card(name)
        state = _state(stale_files(card, folder), folder)
        if sys.stdout.isatty():
            table.add_row(card.name, card.version, card.made_on, card.task, state)
        else:
            typer.echo("\t".join((card.name, card.version, card.made_on, state)))
    if sys.stdout.isatty():
        Console(highlight=False).print(table)


def _state(stale: list[str], folder: Path) -> str:
    if not stale:
        return "khớp"
    report = folder / OFFICE_REPORT
    if report.is_file():
        facts = json.loads(report.read_text("utf-8"))
        return f"đã học thêm {facts['learnt']} phần sửa của cơ quan ngày {facts['made_on']}"
    return f"không khớp: {', '.join(stale)}"


@models_app.command("card", help="Phiếu mô tả của một mô hình.")
def show_card(name: Annotated[str, typer.Argument(help="Tên mô hình, ví dụ linear.")]) -> None:
    """Print the model's card as Markdown."""
    read_card(name)
    text = (SHIPPED_CARDS / f"{name}.md").read_text("utf-8")
    if sys.stdout.isatty():
        Console().print(Markdown(text))
    else:
        typer.echo(text, nl=False)


@models_app.command("train", help="Học từ các nhãn mà cơ quan đã sửa; chỉ cài nếu tốt hơn.")
def train(
    corrections: Annotated[
        Path,
        typer.Argument(
            help="Tệp JSON Lines: kind, title, lead, text, parent_title và nhãn đã sửa "
            "(topic, tone, stance, intent).",
            exists=True,
            dir_okay=False,
        ),
    ],
) -> None:
    """Teach the linear models, print before and after on a held-out part, install if better."""
    settings = load_settings()
    made_at = datetime.now(UTC)
    if not teach(corrections, settings, made_at):
        raise typer.Exit(1)


def teach(corrections: Path, settings: Settings, made_at: datetime) -> bool:
    """Return whether better models were made and installed into the data directory.

    The new folder takes the old one's place in two renames, so that a reader
    finds one or the other; learning starts from the shipped weights each time.
    """
    from nlp.training.corrections import Report, learn, read_corrections

    if settings.models_dir:
        raise AnalysisError("models_dir is set: those weights are not ours to replace")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    new, own = settings.data_dir / "models.new", settings.data_dir / "models"
    shutil.rmtree(new, ignore_errors=True)
    report: Report = learn(read_corrections(corrections), SHIPPED_MODELS, new)
    _print_report(report)
    if not report.is_better:
        shutil.rmtree(new)
        typer.echo("Không tốt hơn trên phần giữ lại: giữ nguyên mô hình đang dùng.")
        return False
    facts: dict[str, Any] = {
        "made_on": made_at.date().isoformat(),
        "learnt": report.learnt,
        "before": {task: figures.as_dict() for task, figures in report.before.items()},
        "after": {task: figures.as_dict() for task, figures in report.after.items()},
    }
    (new / OFFICE_REPORT).write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")
    old = settings.data_dir / "models.old"
    shutil.rmtree(old, ignore_errors=True)
    if own.is_dir():
        own.rename(old)
    new.rename(own)
    shutil.rmtree(old, ignore_errors=True)
    typer.echo(f"Đã cài mô hình mới vào {own}. Khởi động lại dịch vụ để dùng.")
    return True


def _print_report(report: Any) -> None:
    table = Table("Nhãn", "Số văn bản giữ lại", "Trước", "Sau")
    for task, before in report.before.items():
        after = report.after[task]
        name = _TASKS[task]
        table.add_row(name, str(before.texts), f"{before.accuracy:.3f}", f"{after.accuracy:.3f}")
    Console(highlight=False).print(table)
