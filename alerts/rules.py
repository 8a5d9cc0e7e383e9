"""Rules are data: a versioned TOML file, checked before it is used.

A rule never names a private person: a query that looks like a person's name is refused unless the
rule says in which office that person stands and who approved it (responsible-use 1).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from alerts.model import OfficeHolder, Rule, RuleType, Sensitivity
from langnghe.errors import ConfigError, QueryError
from langnghe.query import parse

SENSITIVITY_LABELS = {Sensitivity.LOW: "ít", Sensitivity.MEDIUM: "vừa", Sensitivity.HIGH: "nhiều"}

# The family names of about nine in ten Vietnamese; followed by two or three capitalised syllables.
_FAMILY_NAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Mai|Lưu|Đoàn"
    "|Trương|Hà|Cao|Tạ|Lương|Tô|Châu|Thái|Đào|Vương|Chu|Quách|Lâm|Phùng|Tống|Từ"
)
_PERSON = re.compile(rf"\b(?:{_FAMILY_NAMES})(?:\s+[A-ZĐÀ-Ỹ][a-zà-ỹđ]*){{1,3}}\b")
_PLACE_BEFORE = re.compile(
    r"(?:xã|phường|tỉnh|đường|phố|cầu|trường|THPT|bệnh viện|sông|hồ|núi|chợ|đảo|đặc khu|thành phố)"
    r"\s+$",
    re.IGNORECASE,
)


def load_default_rules() -> tuple[Rule, ...]:
    """Return the rules that ship with the package."""
    text = (files("alerts") / "resources/default_rules.toml").read_text("utf-8")
    return rules_from(tomllib.loads(text), "default_rules.toml")


def load_rules(path: Path) -> tuple[Rule, ...]:
    """Return the rules of the TOML file ``path``; raises ConfigError naming rule and key."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return rules_from(data, str(path))


def rules_from(data: Mapping[str, Any], origin: str) -> tuple[Rule, ...]:
    """Return the checked rules of ``data``; ids are unique."""
    rules = tuple(rule_from(row, origin) for row in data.get("rule", ()))
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise ConfigError(f"{origin}: rule {rule.id!r} stands twice")
        seen.add(rule.id)
    return rules


def rule_from(row: Mapping[str, Any], origin: str) -> Rule:
    """Return the checked rule of one table."""
    where = f"{origin}: rule {row.get('id', '?')!r}"
    known = {f.name for f in fields(Rule)}
    unknown = set(row) - known
    if unknown:
        raise ConfigError(f"{where}: unknown key {sorted(unknown)[0]!r}")
    values = dict(row)
    try:
        values["type"] = RuleType(values["type"])
        values["sensitivity"] = Sensitivity(values.get("sensitivity", Sensitivity.MEDIUM))
        values["parameters"] = {k: float(v) for k, v in values.get("parameters", {}).items()}
        values["roles"] = tuple(values.get("roles", ("analyst",)))
        if "office_holder" in values:
            values["office_holder"] = OfficeHolder(**values["office_holder"])
        rule = Rule(**values)
    except (KeyError, ValueError, TypeError) as error:
        raise ConfigError(f"{where}: {error}") from error
    problems = problems_of(rule)
    if problems:
        raise ConfigError(f"{where}: {problems[0]}")
    return rule


def problems_of(rule: Rule) -> tuple[str, ...]:
    """Return in Vietnamese what keeps ``rule`` from being used; empty when it is fine."""
    return tuple(_problems(rule))


def _problems(rule: Rule) -> Iterable[str]:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,60}", rule.id):
        yield "mã quy tắc chỉ gồm chữ thường không dấu, số và gạch nối"
    if not rule.name.strip():
        yield "quy tắc chưa có tên"
    if rule.level not in (1, 2, 3):
        yield "mức phải là 1 (theo dõi), 2 (chú ý) hoặc 3 (khẩn)"
    if rule.scope not in ("office", "all"):
        yield "phạm vi phải là office hoặc all"
    if rule.window_hours < 1:
        yield "window_hours phải từ 1 giờ trở lên"
    if rule.type is RuleType.MATCH and not rule.query.strip():
        yield "quy tắc khớp từ khóa cần một câu tìm kiếm"
    if rule.query.strip():
        try:
            parse(rule.query)
        except QueryError as error:
            yield f"câu tìm kiếm sai ở vị trí {error.position + 1}: {error.hint or error}"
    name = person_named(rule.query)
    holder = rule.office_holder
    if name and (holder is None or not all((holder.role, holder.office, holder.approver))):
        yield (
            f"“{name}” giống tên người: chỉ được theo dõi người giữ chức vụ, "
            "phải ghi chức vụ, cơ quan và người phê duyệt"
        )


def person_named(query: str) -> str:
    """Return what in ``query`` looks like a person's name ("" if nothing does)."""
    for found in _PERSON.finditer(query):
        if not _PLACE_BEFORE.search(query[: found.start()]):
            return found.group()
    return ""
