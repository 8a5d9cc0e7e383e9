"""Response clocks: started by people, stopped by a statement; questions of the press; figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from alerts.clocks import KINDS, length_in_words, length_of, passed_mark
from langnghe.clock import local_day_bounds, to_local, to_utc
from langnghe.errors import ConfigError
from langnghe.url import is_web_url
from ledger import announcements, clocks, queries
from web.reader import Reader, username_of
from web.room import now, room
from web.views.board import sees_alert

_PRESS = {"request": "Câu hỏi của báo chí", "forwarded": "Ý kiến công dân do báo chí chuyển đến"}
_WARNED = {0: "", 1: "Đã quá nửa thời hạn", 2: "Sắp hết hạn", 3: "Đã quá hạn"}
_COUNTED = {
    "started": "Đã bắt đầu",
    "in_time": "Đúng hạn",
    "late": "Trễ hạn",
    "overdue": "Quá hạn, chưa trả lời",
    "running": "Đang chạy",
}
_LOCAL_INPUT = "%Y-%m-%dT%H:%M"


class ClockForm(forms.Form):
    """An event that starts a clock, marked by a person."""

    kind = forms.ChoiceField(label="Việc")
    title = forms.CharField(label="Về vụ việc", max_length=300)
    started_at = forms.DateTimeField(
        label="Bắt đầu lúc",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL_INPUT),
        input_formats=[_LOCAL_INPUT],
        help_text="Lúc cơ quan tiếp nhận hoặc xác định sự việc, không phải lúc báo đăng.",
    )
    department = forms.ChoiceField(label="Cơ quan phụ trách", required=False)
    alert_id = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, departments: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        settings = room().settings
        _offer(
            self.fields["kind"],
            [
                (k.id, f"{k.name}: {length_in_words(k.id, settings)} ({k.reference})")
                for k in KINDS.values()
            ],
        )
        _offer_departments(self.fields["department"], departments)


class PressForm(forms.Form):
    """A question of the press."""

    kind = forms.ChoiceField(label="Loại", choices=list(_PRESS.items()))
    outlet = forms.CharField(label="Cơ quan báo chí", max_length=200)
    question = forms.CharField(
        label="Nội dung", widget=forms.Textarea(attrs={"rows": 4}), max_length=4000
    )
    received_at = forms.DateTimeField(
        label="Nhận lúc",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL_INPUT),
        input_formats=[_LOCAL_INPUT],
    )
    department = forms.ChoiceField(label="Cơ quan trả lời", required=False)

    def __init__(self, *args: Any, departments: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_departments(self.fields["department"], departments)


def _offer(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _offer_departments(field: forms.Field, departments: list[str]) -> None:
    _offer(field, [("", "Chưa chọn"), *((name, name) for name in departments)])


def clock_list(request: HttpRequest) -> HttpResponse:
    """Show the clocks that run, the most urgent first, and the last statements."""
    return _page(request)


def _page(
    request: HttpRequest,
    form: ClockForm | None = None,
    press_form: PressForm | None = None,
    refused: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show the page; a form that was refused, and a statement, as they were typed."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    moment = now()
    running = [c for c in clocks.running_clocks() if reader.sees(department=c.department)]
    stopped = [c for c in clocks.stopped_clocks() if reader.sees(department=c.department)]
    values = {
        "clocks": [
            (c, KINDS[c.clock.kind].name, _WARNED[passed_mark(c.clock, moment)], _left(c, moment))
            for c in running
        ],
        "stopped": [(c, KINDS[c.kind].name) for c in stopped],
        "followed": announcements.statements_followed(),
        "refused": refused or {},
        "form": form
        or ClockForm(
            initial={
                "started_at": moment,
                "title": request.GET.get("title", "")[:300],
                "alert_id": request.GET.get("canh_bao", "")[:40],
            },
            departments=_departments(),
        ),
        "press_form": press_form
        or PressForm(initial={"received_at": moment}, prefix="press", departments=_departments()),
    }
    return render(request, "answering/clocks.html", values)


@require_POST
def clock_start(request: HttpRequest) -> HttpResponse:
    """Start a clock."""
    form = ClockForm(request.POST, departments=_departments())
    if not form.is_valid():
        messages.error(request, "Hãy điền đủ việc, vụ việc và lúc bắt đầu.")
        return _page(request, form=form)
    given = form.cleaned_data
    view = _seen_alert(request, given["alert_id"])
    try:
        clocks.start_clock(
            given["kind"],
            given["title"],
            username_of(request),
            to_utc(given["started_at"]),
            now(),
            department=given["department"],
            amount=length_of(given["kind"], room().settings),
            alert_id=view.alert.id if view else "",
            story_id=view.alert.story_id if view else "",
        )
    except ConfigError:
        form.add_error("started_at", "Lúc bắt đầu không thể ở tương lai.")
        return _page(request, form=form)
    messages.success(request, "Đồng hồ đã chạy; phòng sẽ nhắc ở nửa thời hạn và khi còn 20 %.")
    return redirect("clocks")


@require_POST
def clock_stop(request: HttpRequest, number: int) -> HttpResponse:
    """Stop a clock by recording the statement."""
    running = [c for c in clocks.running_clocks() if c.number == number]
    if not all(request.reader.sees(department=c.department) for c in running):  # type: ignore[attr-defined]
        raise Http404
    statement = request.POST.get("statement", "").strip()[:8000]
    url = request.POST.get("url", "").strip()
    if not statement or (url and not is_web_url(url)):
        messages.error(request, "Cần ghi nội dung đã phát ngôn; liên kết phải là địa chỉ web.")
        return _page(request, refused={"number": number, "statement": statement, "url": url})
    if clocks.stop_clock(number, username_of(request), statement, url, now()):
        messages.success(request, "Đã ghi phát ngôn và dừng đồng hồ.")
    else:
        messages.info(request, "Đồng hồ này đã dừng trước đó.")
    return redirect("clocks")


def figures(request: HttpRequest) -> HttpResponse:
    """Show the annual report's figures, 15 December to 14 December, by kind."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    today = to_local(now()).date()
    this_year = _report_year(today)
    asked = request.GET.get("nam", "")
    year = int(asked) if asked.isdecimal() and 2000 < int(asked) <= this_year else this_year
    first, last = date(year - 1, 12, 15), date(year, 12, 14)
    own = None if reader.scope is None else reader.departments
    found = clocks.clock_figures(
        local_day_bounds(first)[0], local_day_bounds(last)[1], now(), departments=own
    )
    values = {
        "rows": [(KINDS[kind], shown) for kind, shown in found.items()],
        "total": [
            (title, sum(getattr(f, name) for f in found.values()))
            for name, title in _COUNTED.items()
        ],
        "year": year,
        "years": range(this_year, this_year - 5, -1),
        "first": first,
        "last": min(last, today),
        "is_whole": today > last,
    }
    return render(request, "answering/figures.html", values)


@require_POST
def press_add(request: HttpRequest) -> HttpResponse:
    """Record a question of the press, with its deadline."""
    form = PressForm(request.POST, prefix="press", departments=_departments())
    if not form.is_valid():
        messages.error(request, "Hãy điền đủ cơ quan báo chí, nội dung và lúc nhận.")
        return _page(request, press_form=form)
    given = form.cleaned_data
    try:
        clocks.add_press_request(
            given["kind"],
            given["outlet"],
            given["question"],
            to_utc(given["received_at"]),
            username_of(request),
            now(),
            department=given["department"],
            amount=length_of(clocks.PRESS_KINDS[given["kind"]], room().settings),
        )
    except ConfigError:
        form.add_error("received_at", "Lúc nhận không thể ở tương lai.")
        return _page(request, press_form=form)
    messages.success(request, "Đã ghi yêu cầu của báo chí và tính hạn trả lời.")
    return redirect("clocks")


def _report_year(day: date) -> int:
    """Return the year of the annual report that counts ``day``."""
    return day.year + (day >= date(day.year, 12, 15))


def _seen_alert(request: HttpRequest, alert_id: str) -> queries.AlertView | None:
    """Return the alert that a clock is about, where this reader may see it."""
    view = queries.alert_view(alert_id) if alert_id else None
    return view if view and sees_alert(request.reader, view) else None  # type: ignore[attr-defined]


def _left(running: clocks.RunningClock, moment: datetime) -> str:
    """Return what is left until the deadline, or how long it is over, in words."""
    seconds = (running.clock.due_at - moment).total_seconds()
    hours, days = abs(seconds) // 3600, abs(seconds) // 86_400
    length = f"{days:.0f} ngày" if days >= 3 else f"{hours:.0f} giờ"
    return f"còn {length}" if seconds >= 0 else f"quá {length}"


def _departments() -> list[str]:
    return [department.name for department in room().profile.departments]
