"""``langnghe import``: documents from a CSV, XLSX or JSON Lines file."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from langnghe.document import DocumentKind
from langnghe.errors import ConfigError

if TYPE_CHECKING:
    from crawlers.imports.load import ImportOutcome

_SHOWN_ERRORS = 20


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import", help="Nhập tin bài từ tệp CSV, XLSX hoặc JSON Lines.")(import_file)


def import_file(
    file: Annotated[Path, typer.Argument(help="Tệp .csv, .xlsx hoặc .jsonl.")],
    column: Annotated[
        list[str] | None,
        typer.Option("--map", help="Gán cột, ví dụ: --map title=“Tiêu đề” (lặp lại được)."),
    ] = None,
    kind: Annotated[
        DocumentKind, typer.Option(help="Loại của dòng không ghi loại: article, post, comment.")
    ] = DocumentKind.ARTICLE,
    outlet: Annotated[str, typer.Option(help="Cơ quan báo chí hoặc kênh chung cho cả tệp.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ kiểm tra, không lưu.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Không hỏi lại.")] = False,
) -> None:
    """Show the mapping, ask, then store the rows; a stopped import is taken up where it was."""
    from crawlers.imports.load import forget_place, load_file
    from crawlers.imports.mapping import ColumnMapping
    from runtime.wiring import author_key, open_runtime

    console = Console(highlight=False)
    mapping = _mapping(console, file, column or [])
    if not (yes or dry_run or typer.confirm("Nhập theo cách gán này?", default=True)):
        raise typer.Abort
    runtime = open_runtime(migrate=True)
    from runtime.import_child import record, storing, trying

    now = runtime.clock.now()
    chosen = ColumnMapping(mapping, kind, outlet)
    state_dir = None if dry_run else runtime.settings.data_dir / "imports"
    with _progress(console) as progress:
        task = progress.add_task("Đang đọc …", total=None)
        outcome = load_file(
            file,
            chosen,
            trying() if dry_run else storing(now, getpass.getuser()),
            now=now,
            author_key=author_key(runtime.settings),
            state_dir=state_dir,
            progress=lambda o: progress.update(
                task, description=f"{o.rows} dòng, {o.new} tin mới, {o.bad} dòng lỗi"
            ),
        )
    if state_dir:
        forget_place(file, chosen, state_dir)
        record(getpass.getuser(), file.name, file.name, outcome, "import.done", now)
    _show_outcome(console, outcome, dry_run=dry_run)
    if outcome.bad and not (outcome.new or outcome.known):
        raise typer.Exit(1)


def _show_outcome(console: Console, outcome: ImportOutcome, *, dry_run: bool) -> None:
    for error in outcome.errors[:_SHOWN_ERRORS]:
        console.print(f"  dòng {error.row}: {error.sentence}", markup=False)
    if outcome.bad > _SHOWN_ERRORS:
        console.print(f"  … và {outcome.bad - _SHOWN_ERRORS} dòng lỗi khác")
    verb = "Sẽ nhập" if dry_run else "Đã nhập"
    console.print(
        f"{verb} {outcome.new} tin mới, {outcome.known} tin đã có, {outcome.bad} dòng lỗi."
    )
    if outcome.new and not dry_run:
        console.print("Tin mới được phân tích và tìm được khi dịch vụ chạy (langnghe run).")


def _mapping(console: Console, file: Path, pairs: list[str]) -> dict[str, str]:
    """Return and show which column is which field: guessed, then as given."""
    from crawlers.imports.mapping import check_mapping, guess_mapping
    from crawlers.imports.table import columns_of

    columns = columns_of(file)
    mapping = {**guess_mapping(columns), **_given(pairs)}
    check_mapping(mapping, columns)
    _show_mapping(console, mapping, columns)
    return mapping


def _given(pairs: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        field, separator, name = pair.partition("=")
        if not separator:
            raise ConfigError(f"--map {pair}: expected field=column")
        found[field.strip()] = name.strip()
    return found


def _show_mapping(console: Console, mapping: dict[str, str], columns: list[str]) -> None:
    from crawlers.imports.mapping import FIELDS

    table = Table("Mục", "Cột trong tệp")
    for field, title in FIELDS.items():
        table.add_row(title, mapping.get(field, "—"))
    console.print(table)
    unused = [name for name in columns if name not in mapping.values()]
    if unused:
        console.print(f"Cột không dùng: {', '.join(unused)}", markup=False)


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=not console.is_terminal,
    )
