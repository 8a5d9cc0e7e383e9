"""``langnghe rules match`` on small files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from langnghe.errors import QueryError
from runtime.cli import rules_match


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    made.callback()(lambda: None)
    rules_match.register(made)
    return made


@pytest.fixture
def items(tmp_path: Path) -> Path:
    rows = [
        {
            "id": "1",
            "title": "TP.HCM tăng học",
            "lead": "phí 1.000 đồng",
            "published": "2026-03-14",
        },
        {"id": "2", "title": "Bóng đá", "published": "2026-03-14"},
        {"id": "3", "title": "hoc phi tang cao qua", "published": "2026-03-14"},
    ]
    file = tmp_path / "items.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return file


def run(
    app: typer.Typer, tmp_path: Path, items: Path, rules: str, *more: str
) -> dict[str, list[int]]:
    file = tmp_path / "rules.txt"
    file.write_text(rules, "utf-8")
    result = CliRunner().invoke(app, ["match", str(file), str(items), *more])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "items/s" in result.stderr
    return {row["id"]: row["rules"] for row in map(json.loads, result.stdout.splitlines())}


def test_rules_are_told_by_the_numbers_of_their_lines(
    app: typer.Typer, tmp_path: Path, items: Path
) -> None:
    rules = '"học phí"\n\n# chú thích\nhoc phi\n1000\ntphcm\n'
    assert run(app, tmp_path, items, rules) == {"1": [4, 5, 6], "3": [1, 4]}


def test_a_rules_file_from_notepad_keeps_its_lines(
    app: typer.Typer, tmp_path: Path, items: Path
) -> None:
    rules = '\ufeff"học phí"\r\nmột\u2028hai\r\ntphcm\r\n'
    assert run(app, tmp_path, items, rules) == {"1": [3], "3": [1]}
    assert run(app, tmp_path, items, "\ufeff# chú thích\r\ntphcm") == {"1": [2]}


def test_exact_rules_stand_as_typed(app: typer.Typer, tmp_path: Path, items: Path) -> None:
    rules = '"học phí"\n"học . phí"\nhoc phi\n1000\n1.000\ntphcm\ntp.hcm\n'
    assert run(app, tmp_path, items, rules, "--exact") == {"1": [1, 2, 5, 7], "3": [3]}


def test_a_bad_rule_is_named_with_its_line(app: typer.Typer, tmp_path: Path, items: Path) -> None:
    with pytest.raises(QueryError, match="line 2, character 6"):
        run(app, tmp_path, items, "nước\nhọc (\n")
