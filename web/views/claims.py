"""Claims to check: suggestions with both texts side by side, and the recorded corrections.

One person confirms, another approves; nothing is said about a document by the machine alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from langnghe.claim import ClaimSuggestion, FactCheck, SuggestionState, Verdict
from ledger import announcements, claims, queries
from ledger.claims import ClaimError
from ledger.queries import DocumentView
from web.reader import Reader, username_of
from web.room import now

_MOST = 200
_STATES = {
    SuggestionState.SUGGESTED: "Chờ xác nhận",
    SuggestionState.CONFIRMED: "Chờ phê duyệt",
    SuggestionState.APPROVED: "Đã phê duyệt",
    SuggestionState.REJECTED: "Đã bác",
}
VERDICTS = {
    Verdict.FALSE: "Sai",
    Verdict.MISLEADING: "Gây hiểu lầm",
    Verdict.UNSUPPORTED: "Chưa có căn cứ",
    Verdict.TRUE: "Đúng",
}


@dataclass(frozen=True)
class Pair:
    """A suggestion with both of its texts."""

    suggestion: ClaimSuggestion
    check: FactCheck
    doc: DocumentView


class FactCheckForm(forms.Form):
    """A correction with its whole citation."""

    claim = forms.CharField(label="Điều được lan truyền", widget=forms.Textarea, max_length=2000)
    correction = forms.CharField(label="Thông tin đúng", widget=forms.Textarea, max_length=2000)
    verdict = forms.ChoiceField(
        label="Kết luận của nguồn đính chính", choices=[(str(k), v) for k, v in VERDICTS.items()]
    )
    publisher = forms.CharField(label="Nơi đính chính", max_length=200)
    url = forms.URLField(label="Liên kết tới đính chính", assume_scheme="https")
    quote = forms.CharField(label="Trích nguyên văn", widget=forms.Textarea, max_length=2000)
    dated = forms.DateField(
        label="Ngày đính chính", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_dated(self) -> date:
        dated: date = self.cleaned_data["dated"]
        if dated > now().date():
            raise forms.ValidationError("Ngày này chưa tới.")
        return dated


def listing(request: HttpRequest) -> HttpResponse:
    """Show the suggestions of one state."""
    asked = request.GET.get("state", "")
    known = {state.value: state for state in _STATES}
    state = known.get(asked, SuggestionState.SUGGESTED)
    values = {
        "pairs": _pairs(request.reader, state),  # type: ignore[attr-defined]
        "state": state.value,
        "states": {s.value: title for s, title in _STATES.items()},
        "verdicts": VERDICTS,
        "followed": announcements.corrections_followed(),
    }
    return render(request, "claims/list.html", values)


def fact_checks(request: HttpRequest) -> HttpResponse:
    """Show the recorded corrections."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    values = {
        "candidates": [c for c in claims.candidates() if _sees(reader, c.id)],
        "checks": claims.load_fact_checks(only_approved=False),
        "verdicts": VERDICTS,
        "followed": announcements.corrections_followed(),
    }
    return render(request, "claims/fact_checks.html", values)


def enter(request: HttpRequest) -> HttpResponse:
    """Record a correction; it is matched against the stream once somebody approves it.

    ``bai`` fills the form from a report that may be a correction, ``sua`` from a recorded one,
    which then waits for its approval again.
    """
    document_id, check_id = request.GET.get("bai", ""), request.GET.get("sua", "")
    form = FactCheckForm(request.POST or None, initial=_start(request, document_id, check_id))
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        seed = f"{given['url']}\x1f{given['claim']}"
        check = FactCheck(
            id=check_id or "k" + hashlib.sha256(seed.encode()).hexdigest()[:16],
            claim=given["claim"],
            correction=given["correction"],
            dated=given["dated"],
            url=given["url"],
            quote=given["quote"],
            verdict=Verdict(given["verdict"]),
            publisher=given["publisher"],
        )
        claims.record_fact_check(check, username_of(request), now(), document_id=document_id)
        messages.success(request, "Đã ghi. Đính chính được dùng sau khi có người phê duyệt.")
        return redirect("fact-checks")
    return render(request, "claims/enter.html", {"form": form, "is_change": bool(check_id)})


def _start(request: HttpRequest, document_id: str, check_id: str) -> dict[str, Any]:
    """Return what the form begins with; raises Http404 for an id that is not there."""
    found: FactCheck | None = None
    if document_id and _sees(request.reader, document_id):  # type: ignore[attr-defined]
        found = claims.candidate(document_id)
    elif check_id:
        known = {check.id: check for check in claims.load_fact_checks(only_approved=False)}
        found = known.get(check_id)
    if found is None and (document_id or check_id):
        raise Http404
    return asdict(found) if found is not None else {}


@require_POST
def drop_candidate(request: HttpRequest, document_id: str) -> HttpResponse:
    """Say that a report is no correction to record; it is not offered again."""
    if not _sees(request.reader, document_id):  # type: ignore[attr-defined]
        raise Http404
    done = "Đã bỏ qua; bài này không được nêu lại."
    return _settled(request, claims.drop_candidate, document_id, done)


@require_POST
def withdraw_fact_check(request: HttpRequest, check_id: str) -> HttpResponse:
    """Let a correction be matched no longer."""
    done = "Đã thôi dùng. Gợi ý chưa ai xử lý được bỏ; điều đã quyết được giữ."
    return _settled(request, claims.withdraw_fact_check, check_id, done)


@require_POST
def approve_fact_check(request: HttpRequest, check_id: str) -> HttpResponse:
    """Let a correction be matched against the stream."""
    done = "Đã phê duyệt. Tin mới sẽ được so với đính chính này."
    return _settled(request, claims.approve_fact_check, check_id, done)


def _settled(
    request: HttpRequest, settle: Callable[[str, str, datetime], None], id: str, done: str
) -> HttpResponse:
    """Settle a correction or a candidate in the reader's name and say that it is done."""
    try:
        settle(id, username_of(request), now())
    except ClaimError as error:
        raise Http404 from error
    messages.success(request, done)
    return redirect("fact-checks")


@require_POST
def confirm(request: HttpRequest, document_id: str, check_id: str) -> HttpResponse:
    """Confirm as the first person that the document repeats the claim."""
    return _decide(request, claims.confirm, document_id, check_id, "Đã xác nhận, chờ phê duyệt.")


@require_POST
def approve(request: HttpRequest, document_id: str, check_id: str) -> HttpResponse:
    """Approve as the second person."""
    return _decide(request, claims.approve, document_id, check_id, "Đã phê duyệt.")


@require_POST
def reject(request: HttpRequest, document_id: str, check_id: str) -> HttpResponse:
    """Say that the document does not repeat the claim; it is not suggested again."""
    return _decide(request, claims.reject, document_id, check_id, "Đã bác; sẽ không gợi ý lại.")


def _decide(
    request: HttpRequest, act: Any, document_id: str, check_id: str, done: str
) -> HttpResponse:
    if not _sees(request.reader, document_id):  # type: ignore[attr-defined]
        raise Http404
    try:
        act(document_id, check_id, username_of(request), now())
    except ClaimError:
        messages.error(
            request,
            "Chưa làm được: gợi ý đã được xử lý, hoặc người xác nhận không được tự phê duyệt.",
        )
    else:
        messages.success(request, done)
    return redirect("claims")


def _pairs(reader: Reader, state: SuggestionState) -> list[Pair]:
    found = claims.suggestions((state,), _MOST)
    checks = {check.id: check for check in claims.load_fact_checks(only_approved=False)}
    docs = {doc.id: doc for doc in queries.by_ids([s.document_id for s in found])}
    return [
        Pair(s, checks[s.fact_check_id], docs[s.document_id])
        for s in found
        if s.fact_check_id in checks and s.document_id in docs and _sees(reader, s.document_id)
    ]


def _sees(reader: Reader, document_id: str) -> bool:
    return bool(reader.seen_documents([document_id]))
