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


# A file that a person named; BrokenPipeError and the network are none of these.
_FILE_ERRORS = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)


def main() -> None:
    """Run the command line; an expected error becomes a Vietnamese sentence and exit code 1."""
    try:
        app()
    except LangNgheError as error:
        _explain(error)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except _FILE_ERRORS as error:
        _say("Không đọc hoặc ghi được tệp. Hãy kiểm tra đường dẫn, quyền và chỗ đĩa.", error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _explain(error: LangNgheError) -> None:
    _say(ERROR_SENTENCES.get(error.code, ERROR_SENTENCES["error"]), error)
    if isinstance(error, QueryError) and error.hint:
        Console(stderr=True, highlight=False).print(f"  Gợi ý: {error.hint}", markup=False)


def _say(sentence: str, error: Exception) -> None:
    console = Console(stderr=True, highlight=False)
    console.print(f"[red]Lỗi:[/red] {sentence}")
    console.print(f"  {error}", markup=False)
