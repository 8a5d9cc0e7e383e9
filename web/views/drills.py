"""Drills: a time in which every alert is an exercise, started by the head or an administrator."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from langnghe.clock import to_local
from langnghe.errors import ConfigError
from langnghe.wording import ALERT_LEVEL_LABELS
from ledger import drills
from web.reader import username_of
from web.room import now

_LENGTHS = {"30": "30 phút", "60": "1 giờ", "120": "2 giờ", "240": "4 giờ", "480": "8 giờ"}


class DrillForm(forms.Form):
    """A drill: its made-up event and how long it lasts."""

    title = forms.CharField(
        label="Tình huống giả định",
        max_length=200,
        help_text="Hiện trong thư cảnh báo mở màn, ví dụ: “Vỡ đường ống nước ở phường Lam Thành”.",
    )
    level = forms.TypedChoiceField(
        label="Mức của cảnh báo mở màn",
        coerce=int,
        choices=list(ALERT_LEVEL_LABELS.items()),
        initial=3,
    )
    minutes = forms.TypedChoiceField(
        label="Kéo dài", coerce=int, choices=list(_LENGTHS.items()), initial="60"
    )


def drill(request: HttpRequest) -> HttpResponse:
    """Show the running drill or the form to start one, and how the last ones went."""
    may_start = "drill-end" in request.reader.routes  # type: ignore[attr-defined]
    form = DrillForm(request.POST or None if may_start else None)
    if may_start and request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        length = timedelta(minutes=given["minutes"])
        try:
            begun = drills.start_drill(
                given["title"], given["level"], length, username_of(request), now()
            )
        except ConfigError:
            messages.error(request, "Đang có một cuộc diễn tập; hãy kết thúc trước.")
        else:
            until = f"{to_local(begun.ends_at):%H:%M %d/%m}"
            messages.success(request, f"Diễn tập bắt đầu và tự kết thúc lúc {until}.")
        return redirect("drill")
    values = {"form": form, "outcomes": drills.drill_outcomes()}
    return render(request, "drills/drill.html", values)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End the running drill before its time."""
    if drills.end_drill(username_of(request), now()):
        messages.success(request, "Đã kết thúc diễn tập; từ giờ thư là thật.")
    else:
        messages.info(request, "Không có cuộc diễn tập nào đang chạy.")
    return redirect("drill")
