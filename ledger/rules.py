"""The rules in force: the shipped ones until somebody edits them; every version is kept."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from alerts.model import Rule
from alerts.rules import load_default_rules, problems_of, rule_from
from langnghe.errors import ConfigError
from ledger import audit
from ledger.border import reading, writing
from ledger.models import RuleRow, RuleVersionRow


@dataclass(frozen=True)
class RuleVersion:
    """A rule as it stood in one version; one that shipped was changed by nobody."""

    rule: Rule
    changed_at: datetime | None = None
    changed_by: str = ""


@reading
def current_rules() -> tuple[Rule, ...]:
    """Return all rules, edited ones in their newest version, shipped ones as they are."""
    edited = {row.pk: row for row in RuleRow.objects.all()}
    shipped = [rule for rule in load_default_rules() if rule.id not in edited]
    return (*shipped, *(_rule(row) for row in edited.values()))


@reading
def version() -> str:
    """Return a short text that changes whenever a rule does."""
    seed = repr(sorted(RuleRow.objects.values_list("pk", "version", "is_enabled")))
    return hashlib.sha256(seed.encode()).hexdigest()[:16]


@writing
def save_rule(rule: Rule, actor: str, now: datetime) -> Rule:
    """Put a rule in force and return it with its new version; raises ConfigError if it is wrong."""
    problems = problems_of(rule)
    if problems:
        raise ConfigError(problems[0])
    row = RuleRow.objects.select_for_update().filter(pk=rule.id).first()
    shipped = {known.id: known.version for known in load_default_rules()}
    latest = row.version if row else shipped.get(rule.id, 0)
    saved = replace(rule, version=latest + 1)
    data = _data(saved)
    stamp: dict[str, Any] = {"changed_at": now, "changed_by": actor}
    RuleRow.objects.update_or_create(
        pk=saved.id,
        defaults={
            "version": saved.version,
            "data": data,
            "is_enabled": saved.is_enabled,
            **stamp,
        },
    )
    RuleVersionRow.objects.create(rule_id=saved.id, version=saved.version, data=data, **stamp)
    audit.record(actor, "rule.save", saved.id, now, {"version": saved.version})
    return saved


@reading
def history(rule_id: str) -> list[RuleVersion]:
    """Return every version that a rule had, newest first, the shipped one last."""
    rows = RuleVersionRow.objects.filter(rule_id=rule_id).order_by("-version")
    saved = [
        RuleVersion(rule_from(row.data, "ledger"), row.changed_at, row.changed_by) for row in rows
    ]
    shipped = [RuleVersion(rule) for rule in load_default_rules() if rule.id == rule_id]
    return [*saved, *shipped]


def _rule(row: RuleRow) -> Rule:
    return replace(rule_from(row.data, "ledger"), is_enabled=row.is_enabled)


def _data(rule: Rule) -> dict[str, Any]:
    data = asdict(rule)
    data["type"], data["sensitivity"] = rule.type.value, rule.sensitivity.value
    data["roles"], data["parameters"] = list(rule.roles), dict(rule.parameters)
    if rule.office_holder is None:
        del data["office_holder"]
    return data
