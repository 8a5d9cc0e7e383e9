"""The command line as a whole: every command is there, in Vietnamese, and none is a placeholder."""

from __future__ import annotations

from typing import Any

import pytest
import typer.main

from langnghe.errors import QueryError
from runtime import cli

ROOT = typer.main.get_command(cli.app)
NAMES = set(getattr(ROOT, "commands", ()))


def leaves(command: Any, path: str = "") -> list[tuple[str, Any]]:
    parts = getattr(command, "commands", None)
    if parts is None:
        return [(path.strip(), command)]
    return [leaf for name, part in parts.items() for leaf in leaves(part, f"{path} {name}")]


@pytest.mark.parametrize(("path", "command"), leaves(ROOT))
def test_every_command_explains_itself_in_vietnamese(path: str, command: Any) -> None:
    said = command.help or ""
    assert said
    assert not said.isascii(), f"{path}: {said}"
    helps = {p.name: p.help for p in command.params if getattr(p, "help", None)}
    helps.pop("help", None)
    assert not [name for name, text in helps.items() if text.isascii()]


def test_the_commands_of_the_day_are_there() -> None:
    wanted = {"run", "demo", "replay", "crawl", "sources", "feed", "extract", "import", "analyze"}
    wanted |= {"stories", "search", "alerts", "digest", "reindex", "doctor", "users", "backup"}
    assert wanted | {"restore", "profile"} <= NAMES


def test_an_expected_error_is_a_vietnamese_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise QueryError("unexpected )", 4, "Bỏ dấu ngoặc đóng thừa.")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "Câu tìm kiếm chưa đúng cú pháp." in said
    assert "Bỏ dấu ngoặc đóng thừa." in said
