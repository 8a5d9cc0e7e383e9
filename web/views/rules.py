"""Rules: what the alerts look for; changed with a look at what they would have said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from alerts.catalogue import KINDS, RuleKind, described
from alerts.model import Rule
from alerts.rules import SENSITIVITY_LABELS, problems_of
from langnghe.profile import ROLES
from ledger import rules
from runtime.preview import preview
from web.reader import username_of
from web.room import now, room
from web.rule_form import SCOPES, RuleForm, new_rule_id, rule_changes, type_of
from web.views.alerts import young_history

_UNSAVED = "chua-luu"
_SHOWN = 10


@dataclass(frozen=True)
class Version:
    """One version of a rule as the page shows it."""

    number: int
    changed_at: datetime | None
    changed_by: str
    changes: list[str]
    is_current: bool


def listing(request: HttpRequest) -> HttpResponse:
    """Show every rule, and the types from which a new one is made."""
    values = {
        "rules": [(KINDS[rule.type], rule, _numbers(rule)) for rule in rules.current_rules()],
        "kinds": [kind for kind in KINDS.values() if kind.query],
        "scopes": SCOPES,
        "roles": ROLES,
        "sensitivities": SENSITIVITY_LABELS,
        "young_history": young_history(),
    }
    return render(request, "rules/list.html", values)


def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Show and change one rule; ``?ban=3`` fills in an earlier version."""
    return _edit(request, _found(rule_id), is_new=False)


def new(request: HttpRequest) -> HttpResponse:
    """Make a rule of the type that the address names; ``?cau=`` is what it looks for."""
    kind = KINDS[type_of(request.GET.get("loai", ""))]
    query = request.GET.get("cau", "")
    given = Rule(id=_UNSAVED, name="", type=kind.type, query=query, window_hours=_window(kind))
    return _edit(request, given, is_new=True)


@require_POST
def switch(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Put a rule in force, or out of it."""
    is_enabled = request.POST.get("on") == "1"
    rules.save_rule(replace(_found(rule_id), is_enabled=is_enabled), username_of(request), now())
    messages.success(request, "Đã bật quy tắc." if is_enabled else "Đã tắt quy tắc.")
    return redirect("rules")


def _edit(request: HttpRequest, given: Rule, *, is_new: bool) -> HttpResponse:
    versions = [] if is_new else rules.history(given.id)
    asked = request.GET.get("ban", "")
    shown = next((v.rule for v in versions if str(v.rule.version) == asked), given)
    form = RuleForm(request.POST or None, replace(shown, is_enabled=given.is_enabled))
    values: dict[str, Any] = {
        "form": form,
        "rule": given,
        "kind": KINDS[given.type],
        "is_new": is_new,
        "older": asked if shown is not given else "",
        "versions": _versions(versions),
    }
    is_look = request.POST.get("act") == "preview"
    if request.method == "POST" and form.is_valid():
        wanted = form.changed(_free_id(form) if is_new else given.id)
        problems = problems_of(wanted)
        for problem in problems:
            form.add_error(None, problem[:1].upper() + problem[1:] + ".")
        if not problems and is_look:
            values["preview"] = preview([wanted], room().profile, now(), room().store)
            values["examples"] = values["preview"].alerts[: -_SHOWN - 1 : -1]
        elif not problems:
            saved = rules.save_rule(wanted, username_of(request), now())
            messages.success(request, f"Đã lưu “{saved.name}” (bản {saved.version}).")
            return redirect("rules")
    # The page's own script asks for the look alone, while one is still typing.
    is_part = is_look and request.headers.get("X-Requested-With") == "room"
    return render(request, "rules/preview.html" if is_part else "rules/edit.html", values)


def _versions(known: list[rules.RuleVersion]) -> list[Version]:
    """Return the versions with what each changed, newest first as they come."""
    return [
        Version(
            version.rule.version,
            version.changed_at,
            version.changed_by,
            rule_changes(before.rule, version.rule) if before else [],
            is_current=index == 0,
        )
        for index, (version, before) in enumerate(zip_longest(known, known[1:]))
    ]


def _numbers(rule: Rule) -> str:
    """Return the numbers that make a rule what it is, in one line."""
    shown = [p for p in KINDS[rule.type].parameters if not p.name.startswith("repeat_")]
    said = [(p.label, described(p, rule.number(p.name, p.default))) for p in shown]
    return "; ".join(f"{label.lower()}: {value}" for label, value in said)


def _window(kind: RuleKind) -> int:
    """Return the window of the shipped rule of this type, a week where there is none."""
    shipped = [rule for rule in rules.current_rules() if rule.type is kind.type]
    return shipped[0].window_hours if shipped else 168


def _free_id(form: RuleForm) -> str:
    return new_rule_id(form.cleaned_data["name"], {rule.id for rule in rules.current_rules()})


def _found(rule_id: str) -> Rule:
    for known in rules.current_rules():
        if known.id == rule_id:
            return known
    raise Http404
