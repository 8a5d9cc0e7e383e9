"""``langnghe models``: which models are there, how good they are, and the office's own."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from langnghe.document import DocumentKind
from langnghe.errors import AnalysisError
from langnghe.settings import Settings, load_settings
from langnghe.wording import LABEL_NAMES
from nlp.backends.base import SHIPPED_MODELS
from nlp.backends.card import SHIPPED_CARDS, Card, card_names, folder_of, read_card, stale_files
from nlp.pipeline import text_input
from runtime.understanding import (
    OFFICE_REPORT,
    PULLED,
    pulled_folder,
    pulled_names,
    taught_report,
)

if TYPE_CHECKING:
    from nlp.pulling import Order
    from nlp.training.corrections import Correction, Report


models_app = typer.Typer(
    no_args_is_help=True, help="Mô hình: danh sách, phiếu mô tả, học từ phần đã sửa."
)


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(models_app, name="models")


@models_app.command("list", help="Các mô hình đang có, phiên bản và phiếu mô tả.")
def list_models() -> None:
    """Print one line a model: name, version, date and whether its card fits the weights in use."""
    settings = load_settings()
    folder = settings.models_folder or SHIPPED_MODELS
    table = Table("Mô hình", "Phiên bản", "Ngày", "Nhiệm vụ", "Phiếu")
    cards = map(read_card, card_names())
    found = [(card, folder_of(card, folder)) for card in cards]
    for name in pulled_names(settings):
        place = pulled_folder(settings, name)
        found.append((read_card(name, place), place))
    for card, where in found:
        state = _state(stale_files(card, where), settings)
        if sys.stdout.isatty():
            table.add_row(card.name, card.version, card.made_on, card.task, state)
        else:
            typer.echo("\t".join((card.name, card.version, card.made_on, state)))
    if sys.stdout.isatty():
        Console(highlight=False).print(table)


def _state(stale: list[str], settings: Settings) -> str:
    facts = taught_report(settings)
    if not stale:
        return "khớp"
    if facts is not None:
        return f"đã học thêm {facts['learnt']} phần sửa của cơ quan ngày {facts['made_on']}"
    return f"không khớp: {', '.join(stale)}"


@models_app.command("card", help="Phiếu mô tả của một mô hình.")
def show_card(name: Annotated[str, typer.Argument(help="Tên mô hình, ví dụ linear.")]) -> None:
    """Print the model's card as Markdown."""
    settings = load_settings()
    is_pulled = name in pulled_names(settings)
    folder = pulled_folder(settings, name) if is_pulled else SHIPPED_CARDS
    read_card(name, folder)
    text = (folder / f"{name}.md").read_text("utf-8")
    if sys.stdout.isatty():
        Console().print(Markdown(text))
    else:
        typer.echo(text, nl=False)


@models_app.command("pull", help="Lấy một mô hình phân loại lớn hơn về máy; cần mạng nếu từ hub.")
def pull(
    source: Annotated[str, typer.Argument(help="Thư mục, hoặc tên trên Hugging Face Hub.")],
    task: Annotated[str, typer.Option(help="Nhãn: topic, tone, stance hoặc intent.")],
    name: Annotated[str, typer.Option(help="Tên gọi; mặc định lấy từ nguồn.")] = "",
    kind: Annotated[
        list[DocumentKind] | None,
        typer.Option(help="Loại văn bản được đọc; mặc định là mọi loại hợp với nhãn."),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(help="Nhãn của mô hình và nhãn của ta, ví dụ POS=pos; lặp lại được."),
    ] = None,
    licence: Annotated[str, typer.Option(help="Giấy phép, nếu nguồn không ghi.")] = "",
) -> None:
    """Take a sequence classifier in, beside the shipped models, with a card."""
    from nlp.pulling import LABELS, Order

    if task not in LABELS:
        raise typer.BadParameter(f"--task: {', '.join(LABELS)}")
    settings = load_settings()
    called = name or re.sub(r"[^a-z0-9]+", "-", Path(source).name.lower()).strip("-")
    fitting = [k for k in DocumentKind if k.is_social or task != "intent"]
    fitting = [k for k in fitting if not k.is_social or task != "topic"]
    labels = dict(pair.split("=", 1) for pair in label or () if "=" in pair)
    order = Order(source, called, task, tuple(kind or fitting), labels, licence)
    card = take(order, settings, datetime.now(UTC))
    typer.echo(f"Đã lấy về {called} (bản {card.version}, giấy phép: {card.data[0]['licence']}).")
    typer.echo(f'Để dùng: đặt nlp_backend = "{PULLED}{called}" rồi khởi động lại dịch vụ.')


def take(order: Order, settings: Settings, made_at: datetime) -> Card:
    """Fetch and store one model under the data directory; it appears whole or not at all."""
    from nlp.pulling import fetch, take_in

    target = pulled_folder(settings, order.name)
    new = target.with_name(f"{order.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    with TemporaryDirectory() as scratch:
        card = take_in(order, fetch(order.source, Path(scratch)), new, made_at.date())
    shutil.rmtree(target, ignore_errors=True)
    new.rename(target)
    return card


@models_app.command("train", help="Học từ các nhãn mà cơ quan đã sửa; chỉ cài nếu tốt hơn.")
def train(
    corrections: Annotated[
        Path | None,
        typer.Argument(
            help="Bỏ trống: học từ các nhãn đã sửa trong phòng theo dõi. Hoặc tệp JSON Lines: "
            "kind, title, lead, text, parent_title và nhãn đúng (topic, tone, stance, intent).",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Teach the models, print before and after on a held-out part, install if better."""
    from nlp.training.corrections import UNTOUCHED_SHARE, read_corrections
    from runtime.wiring import open_runtime

    runtime = open_runtime(migrate=True)
    try:
        material = _corrected() if corrections is None else read_corrections(corrections)
        untouched = _untouched(UNTOUCHED_SHARE * len(material))
        is_better = teach(material, untouched, runtime.settings, runtime.clock.now())
    except AnalysisError as error:
        typer.echo(
            "Chưa học được; mô hình đang dùng được giữ nguyên. Có thể cần thêm nhãn do người sửa."
            f"\n  {error}",
            err=True,
        )
        raise typer.Exit(1) from error
    if not is_better:
        raise typer.Exit(1)


def _corrected() -> list[Correction]:
    from ledger import documents
    from nlp.training.corrections import Correction

    return [
        Correction(text_input(item.document), dict(item.analysis.corrected))
        for item in documents.corrected_documents()
        if item.analysis is not None
    ]


def _untouched(limit: int) -> list[Correction]:
    """Return what nobody corrected, with the labels that stand there, the unsure ones left out."""
    from ledger import documents
    from nlp.training.corrections import Correction

    found = []
    for item in documents.uncorrected_documents(limit):
        analysis = item.analysis
        labels = {name: getattr(analysis, name) for name in LABEL_NAMES}
        sure = {name: x.value for name, x in labels.items() if x is not None and not x.is_unsure}
        found.append(Correction(text_input(item.document), sure))
    return found


def teach(
    corrections: Sequence[Correction],
    untouched: Sequence[Correction],
    settings: Settings,
    made_at: datetime,
) -> bool:
    """Return whether better models were made and installed into the data directory.

    The new folder takes the old one's place in two renames, so that a reader
    finds one or the other; learning starts from the shipped weights each time.
    """
    from nlp.training.corrections import learn

    if settings.models_dir:
        raise AnalysisError("models_dir is set: those weights are not ours to replace")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    new, own = settings.data_dir / "models.new", settings.data_dir / "models"
    shutil.rmtree(new, ignore_errors=True)
    report = learn(corrections, SHIPPED_MODELS, new, untouched)
    _print_report(report)
    if not report.is_better:
        shutil.rmtree(new)
        typer.echo("Không tốt hơn rõ rệt trên phần giữ lại: giữ nguyên mô hình đang dùng.")
        return False
    facts: dict[str, Any] = {
        "made_on": made_at.date().isoformat(),
        "learnt": report.learnt,
        "untouched": report.untouched,
        "taught": report.taught,
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


def _print_report(report: Report) -> None:
    typer.echo(
        f"Học từ {report.learnt} văn bản đã sửa; {report.untouched} văn bản không ai sửa đứng bên "
        "cạnh để học và để chấm, vì chỉ nhìn chỗ sai thì mô hình sẽ nghi ngờ mọi thứ."
    )
    table = Table("Nhãn", "Số văn bản giữ lại", "Đúng trước", "Đúng sau", "Kết quả")
    for task, before in report.before.items():
        after = report.after[task].accuracy
        shown = (f"{before.accuracy:.1%}".replace(".", ","), f"{after:.1%}".replace(".", ","))
        state = "học thêm" if task in report.taught else "giữ nguyên"
        table.add_row(LABEL_NAMES[task], str(before.texts), *shown, state)
    Console(highlight=False).print(table)
