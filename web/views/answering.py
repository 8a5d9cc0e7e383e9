"""Answering people: feedback by matter, the response clocks, questions of the press."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from alerts.clocks import KINDS
from langnghe import wording
from langnghe.clock import to_utc
from langnghe.errors import ConfigError
from langnghe.url import is_web_url
from ledger import clocks, feedback, queries, stories
from ledger.queries import DocumentView
from web.reader import Reader
from web.room import now, room

_SAMPLES = 3
_MOST = 300
_PRESS = {"request": "Câu hỏi của báo chí", "forwarded": "Ý kiến công dân do báo chí chuyển đến"}
_WARNED = {0: "", 1: "Đã quá nửa thời hạn", 2: "Sắp hết hạn", 3: "Đã quá hạn"}
_LOCAL_INPUT = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Matter:
    """A matter of feedback as the page shows it; ``samples`` are masked posts."""

    row: Any
    title: str
    story_id: str
    samples: tuple[DocumentView, ...]
    is_asked_often: bool
    is_overdue: bool


class ClockForm(forms.Form):
    """An event that starts a clock, marked by a person."""

    kind = forms.ChoiceField(
        label="Việc", choices=[(k.id, f"{k.name} ({k.reference})") for k in KINDS.values()]
    )
    title = forms.CharField(label="Về vụ việc", max_length=300)
    started_at = forms.DateTimeField(
        label="Bắt đầu lúc",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL_INPUT),
        input_formats=[_LOCAL_INPUT],
        help_text="Lúc cơ quan tiếp nhận hoặc xác định sự việc, không phải lúc báo đăng.",
    )
    department = forms.ChoiceField(label="Cơ quan phụ trách", required=False)

    def __init__(self, *args: Any, departments: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Chưa chọn"), *((name, name) for name in departments)]


class PressForm(forms.Form):
    """A question of the press."""

    kind = forms.ChoiceField(label="Loại", choices=list(_PRESS.items()))
    outlet = forms.CharField(label="Cơ quan báo chí", max_length=200)
    question = forms.CharField(label="Nội dung", widget=forms.Textarea, max_length=4000)
    received_at = forms.DateTimeField(
        label="Nhận lúc",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL_INPUT),
        input_formats=[_LOCAL_INPUT],
    )


def feedback_list(request: HttpRequest) -> HttpResponse:
    """Show what people ask, suggest or complain of, the most asked first."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    state = request.GET.get("state", "")
    states = (state,) if state in feedback.STATES else ("new", "assigned")
    rows = [row for row in feedback.feedback(states, _MOST) if _sees(reader, row)]
    values = {
        "matters": [_matter(row) for row in rows],
        "state": state,
        "states": {"": "Cần trả lời", **feedback.STATES},
        "departments": _departments(),
        "feedback_states": feedback.STATES,
    }
    return render(request, "answering/feedback.html", values)


@require_POST
def feedback_assign(request: HttpRequest, matter_id: str) -> HttpResponse:
    """Give a matter to a department, with its due date."""
    _found(request, matter_id)
    department = request.POST.get("department", "")
    if department not in _departments():
        messages.error(request, "Hãy chọn cơ quan phụ trách.")
    else:
        feedback.assign_feedback(matter_id, department, _me(request), now())
        messages.success(request, f"Đã giao {department}.")
    return redirect("feedback")


@require_POST
def feedback_answer(request: HttpRequest, matter_id: str) -> HttpResponse:
    """Record the official answer with its link."""
    _found(request, matter_id)
    answer, url = request.POST.get("answer", "").strip()[:4000], request.POST.get("url", "").strip()
    if not answer or (url and not is_web_url(url)):
        messages.error(request, "Cần có nội dung trả lời; liên kết phải là địa chỉ web.")
    else:
        feedback.answer_feedback(matter_id, answer, url, _me(request), now())
        messages.success(request, "Đã ghi câu trả lời.")
    return redirect("feedback")


@require_POST
def feedback_close(request: HttpRequest, matter_id: str) -> HttpResponse:
    """Close a matter; new posts about an answered one open it again."""
    _found(request, matter_id)
    feedback.close_feedback(matter_id, _me(request), now())
    messages.success(request, "Đã đóng.")
    return redirect("feedback")


def clock_list(request: HttpRequest) -> HttpResponse:
    """Show the clocks that run, the most urgent first."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    moment = now()
    running = [c for c in clocks.running_clocks() if reader.sees(department=c.department)]
    values = {
        "clocks": [
            (c, KINDS[c.clock.kind].name, _WARNED[_warning(c, moment)], _left(c, moment))
            for c in running
        ],
        "form": ClockForm(
            initial={"started_at": moment, "title": request.GET.get("title", "")[:300]},
            departments=_departments(),
        ),
        "press_form": PressForm(initial={"received_at": moment}, prefix="press"),
    }
    return render(request, "answering/clocks.html", values)


@require_POST
def clock_start(request: HttpRequest) -> HttpResponse:
    """Start a clock."""
    form = ClockForm(request.POST, departments=_departments())
    if not form.is_valid():
        messages.error(request, "Hãy điền đủ việc, vụ việc và lúc bắt đầu.")
        return redirect("clocks")
    given = form.cleaned_data
    try:
        clocks.start_clock(
            given["kind"],
            given["title"],
            _me(request),
            to_utc(given["started_at"]),
            now(),
            department=given["department"],
        )
    except ConfigError:
        messages.error(request, "Lúc bắt đầu không thể ở tương lai.")
    else:
        messages.success(request, "Đồng hồ đã chạy; phòng sẽ nhắc ở nửa thời hạn và khi còn 20 %.")
    return redirect("clocks")


@require_POST
def clock_stop(request: HttpRequest, number: int) -> HttpResponse:
    """Stop a clock by recording the statement."""
    statement = request.POST.get("statement", "").strip()[:8000]
    url = request.POST.get("url", "").strip()
    if not statement or (url and not is_web_url(url)):
        messages.error(request, "Cần ghi nội dung đã phát ngôn; liên kết phải là địa chỉ web.")
    elif clocks.stop_clock(number, _me(request), statement, url, now()):
        messages.success(request, "Đã ghi phát ngôn và dừng đồng hồ.")
    else:
        messages.info(request, "Đồng hồ này đã dừng trước đó.")
    return redirect("clocks")


@require_POST
def press_add(request: HttpRequest) -> HttpResponse:
    """Record a question of the press, with its deadline."""
    form = PressForm(request.POST, prefix="press")
    if not form.is_valid():
        messages.error(request, "Hãy điền đủ cơ quan báo chí, nội dung và lúc nhận.")
        return redirect("clocks")
    given = form.cleaned_data
    try:
        clocks.add_press_request(
            given["kind"],
            given["outlet"],
            given["question"],
            to_utc(given["received_at"]),
            _me(request),
            now(),
        )
    except ConfigError:
        messages.error(request, "Lúc nhận không thể ở tương lai.")
    else:
        messages.success(request, "Đã ghi yêu cầu của báo chí và tính hạn trả lời.")
    return redirect("clocks")


def _matter(row: Any) -> Matter:
    known = stories.load_stories([row.matter])
    topic = wording.label(wording.TOPIC_LABELS, row.topic or row.matter)
    is_open = row.state in ("new", "assigned")
    return Matter(
        row=row,
        title=known[0].title if known else f"Về lĩnh vực {topic.lower()}",
        story_id=known[0].id if known else "",
        samples=tuple(queries.by_ids(row.document_ids[-_SAMPLES:])),
        is_asked_often=is_open and row.document_count >= feedback.ASKED_OFTEN,
        is_overdue=row.state == "assigned" and row.due_at is not None and row.due_at < now(),
    )


def _sees(reader: Reader, row: Any) -> bool:
    places = (row.place,) if row.place else ()
    return reader.sees(department=row.department, topic=row.topic, places=places)


def _found(request: HttpRequest, matter_id: str) -> Any:
    for row in feedback.feedback(feedback.STATES, 10_000):
        if row.pk == matter_id and _sees(request.reader, row):  # type: ignore[attr-defined]
            return row
    raise Http404


def _warning(running: clocks.RunningClock, moment: datetime) -> int:
    clock = running.clock
    return sum(moment >= due for due in (clock.half_at, clock.late_at, clock.due_at))


def _left(running: clocks.RunningClock, moment: datetime) -> str:
    """Return what is left until the deadline, or how long it is over, in words."""
    seconds = (running.clock.due_at - moment).total_seconds()
    hours, days = abs(seconds) // 3600, abs(seconds) // 86_400
    length = f"{days:.0f} ngày" if days >= 3 else f"{hours:.0f} giờ"
    return f"còn {length}" if seconds >= 0 else f"quá {length}"


def _departments() -> list[str]:
    return [department.name for department in room().profile.departments]


def _me(request: HttpRequest) -> str:
    return str(request.reader.username)  # type: ignore[attr-defined]
