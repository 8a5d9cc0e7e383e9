"""``langnghe rules``: list, check, preview, match."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from alerts.model import Rule
from alerts.rules import SENSITIVITY_LABELS, load_default_rules, load_rules
from langnghe.clock import to_local
from langnghe.errors import ConfigError
from langnghe.wording import ALERT_LEVEL_LABELS
from runtime.cli import rules_match

RulesFile = Annotated[
    Path | None, typer.Option("--rules", help="Tệp quy tắc TOML; bỏ trống là quy tắc đang dùng.")
]


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help="Quy tắc cảnh báo: xem, kiểm tra, xem trước.")
    group.command("list", help="Các quy tắc đang dùng.")(list_rules)
    group.command("check", help="Kiểm tra một tệp quy tắc.")(check)
    group.command("preview", help="Trong 30 ngày qua quy tắc sẽ báo bao nhiêu lần.")(preview_rules)
    rules_match.register(group)
    app.add_typer(group, name="rules")


def list_rules(
    default: Annotated[
        bool, typer.Option("--default", help="Chỉ xem bộ quy tắc mặc định, không mở sổ cái.")
    ] = False,
) -> None:
    """Print the rules in force."""
    rules = load_default_rules() if default else _rules_in_force()
    if not sys.stdout.isatty():
        for rule in rules:
            sys.stdout.write(json.dumps(_row(rule), ensure_ascii=False) + "\n")
        return
    table = Table()
    for heading in ("Mã", "Tên", "Loại", "Mức", "Độ nhạy", "Phạm vi", "Bật"):
        table.add_column(heading, overflow="fold")
    for rule in rules:
        table.add_row(
            rule.id,
            rule.name,
            rule.type.value,
            ALERT_LEVEL_LABELS[rule.level],
            SENSITIVITY_LABELS[rule.sensitivity],
            "đơn vị" if rule.scope == "office" else "tất cả",
            "có" if rule.is_enabled else "không",
        )
    Console().print(table)


def check(file: Annotated[Path, typer.Argument(help="Tệp quy tắc TOML.")]) -> None:
    """Say whether the rules of ``file`` can be used; a fault ends with code 1."""
    rules = load_rules(file)
    typer.echo(f"{len(rules)} quy tắc, không có lỗi.")


def preview_rules(
    rule: Annotated[str, typer.Argument(help="Mã quy tắc; bỏ trống là cả bộ.")] = "",
    rules: RulesFile = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="Số ngày nhìn lại.")] = 30,
) -> None:
    """Replay the ledger's past through the rules and print how often they would have spoken."""
    from runtime.wiring import open_runtime

    runtime = open_runtime(migrate=True)
    from runtime.preview import preview

    chosen = _rules_in_force() if rules is None else load_rules(rules)
    if rule:
        chosen = tuple(known for known in chosen if known.id == rule)
        if not chosen:
            raise ConfigError(f"no rule {rule!r}")
    found = preview(
        chosen, runtime.profile, runtime.clock.now(), runtime.store, days=days, most=1_000_000
    )
    typer.echo(found.sentence)
    for alert in found.alerts[-20:]:
        level = ALERT_LEVEL_LABELS[alert.level]
        typer.echo(f"{to_local(alert.opened_at):%d/%m %H:%M}  {level:<9} {alert.title}")


def _rules_in_force() -> tuple[Rule, ...]:
    from runtime.wiring import open_runtime

    open_runtime(migrate=True)
    from ledger.rules import current_rules

    return current_rules()


def _row(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "name": rule.name,
        "type": rule.type.value,
        "query": rule.query,
        "level": rule.level,
        "sensitivity": rule.sensitivity.value,
        "scope": rule.scope,
        "version": rule.version,
        "is_enabled": rule.is_enabled,
    }
