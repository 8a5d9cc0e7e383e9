"""The command line: one module per command or group; this one puts them together."""

from __future__ import annotations

import importlib
import sys

import typer
from rich.console import Console

from langnghe.errors import LangNgheError, QueryError
from langnghe.wording import ERROR_SENTENCES

_COMMANDS = (
    "run",
    "demo",
    "replay",
    "crawl",
    "sources",
    "feed",
    "extract",
    "import_",
    "analyze",
    "stories",
    "claims",
    "search",
    "rules",
    "alerts",
    "digest",
    "reindex",
    "doctor",
    "users",
    "profile",
    "backup",
    "models",
)

app = typer.Typer(
    name="langnghe",
    help="LangNghe: lắng nghe báo chí và mạng xã hội cho cơ quan truyền thông công.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for _name in _COMMANDS:
    importlib.import_module(f"runtime.cli.{_name}").register(app)


def main() -> None:
    """Run the command line; an expected error becomes a Vietnamese sentence and exit code 1."""
    try:
        app()
    except LangNgheError as error:
        _explain(error)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)


def _explain(error: LangNgheError) -> None:
    console = Console(stderr=True, highlight=False)
    console.print(f"[red]Lỗi:[/red] {ERROR_SENTENCES.get(error.code, ERROR_SENTENCES['error'])}")
    console.print(f"  {error}", markup=False)
    if isinstance(error, QueryError) and error.hint:
        console.print(f"  Gợi ý: {error.hint}", markup=False)
