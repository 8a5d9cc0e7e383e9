"""Rules: what the alerts look for; changed with a look at what they would have said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from alerts.model import OfficeHolder, Rule, RuleType, Sensitivity
from alerts.rules import SENSITIVITY_LABELS, problems_of
from langnghe.profile import ROLES
from langnghe.text import fold
from langnghe.wording import ALERT_LEVEL_LABELS
from ledger import rules
from web.preview import preview
from web.room import now, room

TYPES: Mapping[RuleType, str] = {
    RuleType.SEVERITY: "Nội dung nghiêm trọng",
    RuleType.MATCH: "Khớp câu tìm",
    RuleType.FAST_STORY: "Vụ việc lan nhanh",
    RuleType.STANCE_GROWTH: "Ý kiến phê bình tăng",
    RuleType.CROSS_CHANNEL: "Từ mạng xã hội lên báo",
    RuleType.REACH: "Lượng tiếp cận lớn",
    RuleType.CLAIM_REPEATED: "Thông tin cần kiểm chứng lặp lại",
    RuleType.SPIKE: "Lượng tin tăng vọt",
    RuleType.TONE_SHIFT: "Sắc thái đổi chiều",
    RuleType.NEW_TERM: "Từ mới xuất hiện",
    RuleType.SOURCE_SILENCE: "Nguồn im lặng",
    RuleType.ABSENCE: "Thông báo không được đưa tin",
}
_SCOPES = {"office": "Việc của cơ quan mình", "all": "Mọi tin"}


class RuleForm(forms.Form):
    """What people change in a rule; the numbers of its type stay as they are."""

    name = forms.CharField(label="Tên quy tắc", max_length=120)
    query = forms.CharField(
        label="Câu tìm",
        required=False,
        max_length=2000,
        help_text="Cùng cách viết như ô tìm tin bài. Không theo dõi cá nhân: tên người chỉ được "
        "dùng khi đó là người giữ chức vụ, ghi rõ bên dưới.",
    )
    level = forms.TypedChoiceField(
        label="Mức thấp nhất", coerce=int, choices=list(ALERT_LEVEL_LABELS.items()), initial=1
    )
    sensitivity = forms.ChoiceField(
        label="Độ nhạy",
        choices=[(s.value, text) for s, text in SENSITIVITY_LABELS.items()],
        initial=Sensitivity.MEDIUM.value,
    )
    scope = forms.ChoiceField(label="Phạm vi", choices=list(_SCOPES.items()))
    roles = forms.MultipleChoiceField(
        label="Báo cho",
        choices=list(ROLES.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=["analyst"],
    )
    holder_role = forms.CharField(label="Chức vụ (nếu câu tìm có tên người)", required=False)
    holder_office = forms.CharField(label="Cơ quan của chức vụ", required=False)
    holder_approver = forms.CharField(label="Người phê duyệt", required=False)


def listing(request: HttpRequest) -> HttpResponse:
    """Show every rule."""
    found = [(TYPES.get(rule.type, rule.type.value), rule) for rule in rules.current_rules()]
    values = {"rules": found, "scopes": _SCOPES, "roles": ROLES}
    return render(request, "rules/list.html", values)


def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Show and change one rule."""
    return _edit(request, _found(rule_id), is_new=False)


def new(request: HttpRequest) -> HttpResponse:
    """Make a rule that looks for a query."""
    return _edit(request, Rule(id="", name="", type=RuleType.MATCH), is_new=True)


@require_POST
def switch(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Put a rule in force, or out of it."""
    is_enabled = request.POST.get("on") == "1"
    rules.save_rule(replace(_found(rule_id), is_enabled=is_enabled), _me(request), now())
    messages.success(request, "Đã bật quy tắc." if is_enabled else "Đã tắt quy tắc.")
    return redirect("rules")


def _edit(request: HttpRequest, given: Rule, *, is_new: bool) -> HttpResponse:
    form = RuleForm(request.POST or None, initial=_values(given))
    values: dict[str, Any] = {
        "form": form,
        "rule": given,
        "is_new": is_new,
        "type_name": TYPES.get(given.type, given.type.value),
        "history": [] if is_new else rules.history(given.id),
    }
    if request.method == "POST" and form.is_valid():
        wanted = _changed(given, form.cleaned_data, is_new=is_new)
        problems = problems_of(wanted)
        for problem in problems:
            form.add_error(None, problem[:1].upper() + problem[1:] + ".")
        if not problems and request.POST.get("act") == "preview":
            values["preview"] = preview(wanted, room().profile, now())
        elif not problems:
            saved = rules.save_rule(wanted, _me(request), now())
            messages.success(request, f"Đã lưu “{saved.name}” (bản {saved.version}).")
            return redirect("rules")
    return render(request, "rules/edit.html", values)


def _values(given: Rule) -> dict[str, Any]:
    holder = given.office_holder
    return {
        "name": given.name,
        "query": given.query,
        "level": given.level,
        "sensitivity": given.sensitivity.value,
        "scope": given.scope,
        "roles": list(given.roles),
        "holder_role": holder.role if holder else "",
        "holder_office": holder.office if holder else "",
        "holder_approver": holder.approver if holder else "",
    }


def _changed(given: Rule, data: Mapping[str, Any], *, is_new: bool) -> Rule:
    holder = OfficeHolder(data["holder_role"], data["holder_office"], data["holder_approver"])
    return replace(
        given,
        id=_new_id(data["name"]) if is_new else given.id,
        name=data["name"],
        query=data["query"],
        level=data["level"],
        sensitivity=Sensitivity(data["sensitivity"]),
        scope=data["scope"],
        roles=tuple(data["roles"]),
        office_holder=holder if holder.role or holder.office or holder.approver else None,
    )


def _new_id(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", fold(name).lower()).strip("-")[:50] or "quy-tac"
    taken = {rule.id for rule in rules.current_rules()}
    numbered = (slug if n == 1 else f"{slug}-{n}" for n in range(1, len(taken) + 2))
    return next(candidate for candidate in numbered if candidate not in taken)


def _found(rule_id: str) -> Rule:
    for known in rules.current_rules():
        if known.id == rule_id:
            return known
    raise Http404


def _me(request: HttpRequest) -> str:
    return str(request.reader.username)  # type: ignore[attr-defined]
