"""Alerts: what is open, why, who has it; taking over, giving on, closing, pausing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from alerts import tokens
from alerts.baseline import WARM_DAYS
from alerts.declared import CRISIS_RULE
from alerts.model import Alert, RuleType
from alerts.mute import Silence
from alerts.watch import CLOCK_RULE
from langnghe.errors import ConfigError
from ledger import alerts, crises, queries, rules, silences, users
from ledger.queries import AlertView
from runtime.giving import give_alert
from runtime.telling import sector_size
from web.reader import Reader, username_of
from web.room import now, room
from web.views.board import sees_alert
from web.views.silences import PAUSES, shown

_STATES = {
    "": ("Chưa xong", ("open", "acknowledged")),
    "open": ("Chưa tiếp nhận", ("open",)),
    "acknowledged": ("Đã tiếp nhận", ("acknowledged",)),
    "resolved": ("Đã đóng", ("resolved",)),
}
_DOCUMENTS = 20
EVENTS = {
    "opened": "Mở cảnh báo",
    "held": "Ghi nhận, chưa gửi thư",
    "released": "Không giữ thư nữa",
    "prolonged": "Gia hạn khủng hoảng",
    "placed": "Sửa địa bàn khủng hoảng",
    "raised": "Nâng mức",
    "acknowledged": "Tiếp nhận",
    "assigned": "Giao xử lý",
    "escalated": "Chuyển cấp",
    "updated": "Vụ việc tiếp diễn",
    "real": "Xác nhận là việc thật, không phải diễn tập",
    "resolved": "Đóng",
    "replied": "Thư trả lời",
}


def listing(request: HttpRequest) -> HttpResponse:
    """Show the alerts: those that wait for somebody first."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    state = request.GET.get("state", "")
    state = state if state in _STATES else ""
    least = request.GET.get("level", "1")
    least = least if least in ("1", "2", "3") else "1"
    views = queries.alert_views(states=_STATES[state][1], least_level=int(least))
    values = {
        "views": [view for view in views if sees_alert(reader, view)],
        "state": state,
        "states": {key: title for key, (title, _) in _STATES.items()},
        "least": least,
        "silences": shown(reader, silences.running_silences(now())),
        "young_history": young_history(),
    }
    return render(request, "alerts/list.html", values)


def alert(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Show one alert: the reasons with their numbers, and what happened to it."""
    view = _seen(request, alert_id)
    reader: Reader = request.reader  # type: ignore[attr-defined]
    first = view.alert.document_ids[:_DOCUMENTS]
    shown = reader.seen_documents(first)
    values = {
        "view": view,
        "alert": view.alert,
        "events": [(EVENTS.get(e.kind, e.kind), e) for e in alerts.events(alert_id)],
        "documents": queries.by_ids([i for i in first if i in shown]),
        "people": users.members(only_active=True),
        "departments": [d.name for d in room().profile.departments],
        "pauses": PAUSES,
        "about": _about(view.alert),
        "usual": _usual(view.alert),
        "crisis": crises.crisis(view.crisis, now()) if view.crisis else None,
        "is_crisis": view.alert.rule_id == CRISIS_RULE,
    }
    return render(request, "alerts/detail.html", values)


@require_POST
def acknowledge(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Take the alert over: it is now this person's."""
    view = _seen(request, alert_id)
    if alerts.acknowledge(alert_id, username_of(request), now()):
        messages.success(request, f"Bạn đã tiếp nhận: {view.alert.title}")
    else:
        messages.info(request, "Cảnh báo này đã có người tiếp nhận.")
    return redirect("alert", alert_id)


@require_POST
def assign(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Give the alert to a colleague or a department."""
    view = _seen(request, alert_id)
    person, department = request.POST.get("person", ""), request.POST.get("department", "")
    known = {m.username for m in users.members(only_active=True)}
    names = {d.name for d in room().profile.departments}
    if (person and person not in known) or (department and department not in names):
        messages.error(request, "Không có người hoặc cơ quan này.")
    elif person or department:
        told = give_alert(room(), view.alert, person, department, username_of(request))
        messages.success(request, "Đã giao xử lý." + told_sentence(told, department))
    return redirect("alert", alert_id)


@require_POST
def resolve(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Close the alert; a higher level of its story opens it again."""
    if _seen(request, alert_id).alert.rule_id == CRISIS_RULE:
        messages.info(request, "Khủng hoảng được kết thúc ở trang của nó.")
        return redirect("alert", alert_id)
    alerts.resolve(
        alert_id, username_of(request), request.POST.get("reason", "").strip()[:500], now()
    )
    messages.success(request, "Đã đóng cảnh báo. Nếu vụ việc nặng lên, cảnh báo sẽ mở lại.")
    return redirect("alert", alert_id)


@require_POST
def take_for_real(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Say that what a drill's alert tells of is real."""
    _seen(request, alert_id)
    if alerts.take_for_real(alert_id, username_of(request), now()):
        messages.success(
            request, "Đã chuyển thành cảnh báo thật; chưa ai tiếp nhận thì chuyển cấp."
        )
    else:
        messages.info(request, "Cảnh báo này là tình huống giả định, hoặc đã là cảnh báo thật.")
    return redirect("alert", alert_id)


@require_POST
def silence(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Pause messages about the alert's story for a while; the pause always ends."""
    view = _seen(request, alert_id)
    hours = request.POST.get("hours", "")
    moment = now()
    try:
        silences.silence(
            Silence(
                reason=request.POST.get("reason", "").strip()[:500],
                created_by=username_of(request),
                starts_at=moment,
                ends_at=moment + timedelta(hours=int(hours) if hours in PAUSES else 0),
                story_id=view.alert.story_id,
                rule_id="" if view.alert.story_id else view.alert.rule_id,
            ),
            moment,
        )
    except ConfigError:
        messages.error(request, "Tạm ngưng cần có lý do và thời hạn.")
    else:
        messages.success(request, "Đã tạm ngưng gửi thư; cảnh báo vẫn hiện trong phòng.")
    return redirect("alert", alert_id)


@never_cache
def acknowledge_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for confirmation of the button in a message. Opening the page acknowledges nothing.

    The signed link stands for its addressee, so that a phone outside the office needs no login.
    """
    settings = room().settings
    # A replay's messages were signed on its clock.
    try:
        read = tokens.read(token, settings.secret_key, now())
    except tokens.InvalidToken as error:
        return render(request, "alerts/link_dead.html", {"sentence": str(error)}, status=410)
    view = queries.alert_view(read.alert_id)
    if view is None:
        raise Http404
    is_done = False
    if request.method == "POST":
        alerts.acknowledge(read.alert_id, read.person, now())
        view = queries.alert_view(read.alert_id) or view
        is_done = True
    values = {
        "alert": view.alert,
        "view": view,
        "person": read.person,
        "is_done": is_done,
    }
    return render(request, "alerts/confirm.html", values)


def young_history() -> str:
    """Return what is missing while there is too little history to say what is usual, else ""."""
    days = queries.history_days(now())
    if days >= WARM_DAYS:
        return ""
    so_far = f"Mới có {days} ngày lịch sử." if days else "Phòng mới chạy ngày đầu."
    return (
        f"{so_far} Tới khi đủ {WARM_DAYS} ngày, cảnh báo chỉ dựa vào nội dung "
        "nghiêm trọng và số tin tối thiểu, chưa so được với thường ngày."
    )


def told_sentence(told: Sequence[str], department: str) -> str:
    """Return who is told of what was given, or that the department must be told otherwise."""
    if told:
        return f" Thư báo gửi tới {', '.join(told)}."
    if department:
        return " Hồ sơ chưa có địa chỉ thư của cơ quan này: hãy báo trực tiếp."
    return ""


def _usual(alert: Alert) -> str:
    """Return how much its sector was written about against usual when it was told of, as its
    messages say it."""
    if not alert.topic or not alert.document_ids:
        return ""
    return sector_size(alert.topic, alert.told_at or alert.opened_at)


def _about(alert: Alert) -> tuple[str, str] | None:
    """Return (address, words) of what an alert without a story is about."""
    if alert.rule_id == CLOCK_RULE:
        return reverse("clocks"), "Mở hạn phản hồi"
    if alert.rule_id == CRISIS_RULE:
        return reverse("crisis", args=[int(alert.subject)]), "Mở khủng hoảng"
    absences = {rule.id for rule in rules.current_rules() if rule.type is RuleType.ABSENCE}
    if alert.rule_id in absences and alert.subject.isdecimal():
        return reverse("announcement", args=[int(alert.subject)]), "Mở thông báo trong sổ"
    return None


def _seen(request: HttpRequest, alert_id: str) -> AlertView:
    view = queries.alert_view(alert_id)
    if view is None or not sees_alert(request.reader, view):  # type: ignore[attr-defined]
        raise Http404
    return view
