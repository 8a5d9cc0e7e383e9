"""The form of a rule: the fields that its type uses, its numbers in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict

from alerts.catalogue import KINDS, Parameter, RuleKind, described, unit_value
from alerts.model import OfficeHolder, Rule, RuleType, Sensitivity
from alerts.rules import SENSITIVITY_LABELS
from langnghe.profile import ROLES
from langnghe.text import fold
from langnghe.wording import ALERT_LEVEL_LABELS

SCOPES = {"office": "Việc của cơ quan mình", "all": "Mọi tin"}
_QUERY_HELP = (
    "Cùng cách viết như ô tìm tin bài. Không theo dõi cá nhân: tên người chỉ được dùng khi đó là "
    "người giữ chức vụ, ghi rõ bên dưới."
)
_LONGEST_WINDOW = 2160


class RuleForm(forms.Form):
    """What people change in a rule; only what its type reads is asked."""

    name = forms.CharField(label="Tên quy tắc", max_length=120)
    query = forms.CharField(label="Câu tìm", required=False, max_length=2000)
    sensitivity = forms.ChoiceField(
        label="Độ nhạy",
        choices=[(s.value, text) for s, text in SENSITIVITY_LABELS.items()],
        widget=forms.RadioSelect(attrs={"class": "inline"}),
        initial=Sensitivity.MEDIUM.value,
    )
    level = forms.TypedChoiceField(
        label="Mức thấp nhất",
        coerce=int,
        choices=list(ALERT_LEVEL_LABELS.items()),
        initial=1,
        help_text="Cảnh báo của quy tắc này không thấp hơn mức này; vụ việc nặng thì mức cao hơn.",
    )
    scope = forms.ChoiceField(label="Phạm vi", choices=list(SCOPES.items()))
    window_hours = forms.IntegerField(
        label="Khoảng lặp lại (giờ)", min_value=1, max_value=_LONGEST_WINDOW
    )
    roles = forms.MultipleChoiceField(
        label="Báo cho",
        choices=list(ROLES.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=["analyst"],
    )
    holder_role = forms.CharField(label="Chức vụ (nếu câu tìm có tên người)", required=False)
    holder_office = forms.CharField(label="Cơ quan của chức vụ", required=False)
    holder_approver = forms.CharField(label="Người phê duyệt", required=False)

    def __init__(self, data: QueryDict | None, rule: Rule) -> None:
        super().__init__(data, initial=_values(rule))
        self.kind = KINDS[rule.type]
        self._rule = rule
        self.fields["window_hours"].help_text = self.kind.window
        self.fields["sensitivity"].help_text = self.kind.sensitivity
        self.fields["query"].help_text = _QUERY_HELP
        self.fields["query"].required = False
        for name in _unused(self.kind):
            del self.fields[name]
        self._numbers = {p.name: _field(p, rule) for p in self.kind.parameters}
        for name, field in self._numbers.items():
            self.fields[f"p-{name}"] = field
        self.order_fields([*_FIRST, *(f"p-{name}" for name in self._numbers), *_LAST])

    def changed(self, rule_id: str) -> Rule:
        """Return the rule as this valid form wants it; what the type does not ask stays."""
        data = self.cleaned_data
        given = self._rule
        return replace(
            given,
            id=rule_id,
            name=data["name"],
            query=data.get("query", given.query),
            level=data["level"],
            sensitivity=Sensitivity(data.get("sensitivity", given.sensitivity)),
            scope=data.get("scope", given.scope),
            window_hours=data["window_hours"],
            roles=tuple(data["roles"]),
            parameters={**given.parameters, **self._parameters()},
            office_holder=_holder(data),
        )

    def _parameters(self) -> dict[str, float]:
        return {
            p.name: float(self.cleaned_data[f"p-{p.name}"]) / (1 if p.choices else p.scale)
            for p in self.kind.parameters
        }


_FIRST = ("name", "query", "sensitivity")
_LAST = (
    "level",
    "scope",
    "window_hours",
    "roles",
    "holder_role",
    "holder_office",
    "holder_approver",
)


def new_rule_id(name: str, taken: set[str]) -> str:
    """Return a free id made from the rule's name."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(name).lower()).strip("-")[:50] or "quy-tac"
    numbered = (slug if n == 1 else f"{slug}-{n}" for n in range(1, len(taken) + 2))
    return next(candidate for candidate in numbered if candidate not in taken)


def rule_changes(before: Rule, after: Rule) -> list[str]:
    """Return in Vietnamese what a version changed: "Có ít nhất: 5 tin → 8 tin"."""
    old, new = _said(before), _said(after)
    return [
        f"{name}: {old.get(name) or 'trống'} → {new.get(name) or 'trống'}"
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]


def _said(rule: Rule) -> dict[str, str]:
    kind, holder = KINDS[rule.type], rule.office_holder
    return {
        "Tên": rule.name,
        "Câu tìm": rule.query,
        "Độ nhạy": SENSITIVITY_LABELS[rule.sensitivity],
        "Mức thấp nhất": ALERT_LEVEL_LABELS[rule.level],
        "Phạm vi": SCOPES.get(rule.scope, rule.scope),
        **{p.label: described(p, rule.number(p.name, p.default)) for p in kind.parameters},
        "Khoảng lặp lại": f"{rule.window_hours} giờ",
        "Báo cho": ", ".join(ROLES.get(role, role) for role in rule.roles),
        "Người giữ chức vụ": f"{holder.role}, {holder.office}" if holder else "",
        "Đang dùng": "có" if rule.is_enabled else "không",
    }


def _unused(kind: RuleKind) -> list[str]:
    names: list[str] = []
    if not kind.query:
        names += ["query", "scope", "holder_role", "holder_office", "holder_approver"]
    if not kind.sensitivity:
        names.append("sensitivity")
    return names


def _field(parameter: Parameter, rule: Rule) -> forms.Field:
    number = rule.number(parameter.name, parameter.default)
    if parameter.choices:
        return forms.ChoiceField(
            label=parameter.label,
            help_text=parameter.help,
            choices=_choices(parameter, number),
            initial=f"{number:g}",
        )
    unit = f" ({parameter.unit})" if parameter.unit else ""
    shown: dict[str, Any] = {
        "label": f"{parameter.label}{unit}",
        "help_text": parameter.help,
        "min_value": unit_value(parameter, parameter.least),
        "max_value": unit_value(parameter, parameter.most),
        "initial": unit_value(parameter, number),
    }
    return forms.FloatField(**shown) if parameter.scale > 1 else forms.IntegerField(**shown)


def _choices(parameter: Parameter, number: float) -> list[tuple[str, str]]:
    known = [(f"{value:g}", words) for value, words in parameter.choices]
    if f"{number:g}" not in dict(known):
        known.append((f"{number:g}", f"Như đang đặt ({number:g})"))
    return known


def _values(rule: Rule) -> dict[str, Any]:
    holder = rule.office_holder
    return {
        "name": rule.name,
        "query": rule.query,
        "level": rule.level,
        "sensitivity": rule.sensitivity.value,
        "scope": rule.scope,
        "window_hours": rule.window_hours,
        "roles": list(rule.roles),
        "holder_role": holder.role if holder else "",
        "holder_office": holder.office if holder else "",
        "holder_approver": holder.approver if holder else "",
    }


def _holder(data: Mapping[str, Any]) -> OfficeHolder | None:
    names = [data.get(f"holder_{part}", "") for part in ("role", "office", "approver")]
    return OfficeHolder(*names) if any(names) else None


def type_of(name: str) -> RuleType:
    """Return the rule type of that name; the query match for any other word."""
    return RuleType(name) if name in set(RuleType) else RuleType.MATCH
