"""Administration: people and their roles, the audit log, what was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from langnghe.errors import ConfigError
from langnghe.links import RoomLinks
from langnghe.profile import ROLES, Person
from ledger import audit, quarantine, users
from web.forms import MemberForm
from web.reader import username_of
from web.room import now, room

_LINK_HOURS = 72.0
_AUDIT_PAGE = 100
_STAGES = {
    "fetch": "Đọc nguồn",
    "analyse": "Phân tích",
    "index": "Đưa vào kho tìm kiếm",
    "match": "So với quy tắc cảnh báo",
}
_MACHINES = {"command-line": "dòng lệnh", "profile": "tệp hồ sơ", "schedule": "hẹn giờ"}
DETAILS = {
    "role": "vai trò",
    "departments": "cơ quan",
    "communes": "địa bàn",
    "person": "người",
    "count": "số ca",
    "kinds": "bản",
    "story": "vụ việc",
    "other": "vụ việc kia",
    "field": "mục",
    "before": "trước",
    "after": "sau",
    "title": "tên",
    "label": "nhãn",
    "value": "giá trị",
    "version": "bản số",
    "until": "đến",
    "reason": "lý do",
    "to": "giao cho",
    "url": "liên kết",
    "kind": "loại",
    "file": "tệp",
}
_LAST_ADMIN = "Phòng phải còn ít nhất một người quản trị."
ACTIONS = {
    "login": "Đăng nhập",
    "wall.hang": "Treo màn hình lớn",
    "search": "Tìm kiếm",
    "documents.export": "Tải bảng CSV",
    "second-factor.enrol": "Bật lớp bảo vệ thứ hai",
    "label.correct": "Sửa nhãn",
    "story.merge": "Gộp vụ việc",
    "story.split": "Tách vụ việc",
    "story.move": "Chuyển tin",
    "story.rename": "Đổi tên vụ việc",
    "story.pin": "Ghim vụ việc",
    "story.unpin": "Bỏ ghim vụ việc",
    "alert.acknowledge": "Tiếp nhận cảnh báo",
    "alert.assign": "Giao cảnh báo",
    "alert.resolve": "Đóng cảnh báo",
    "alert.silence": "Tạm ngưng gửi thư",
    "alert.unsilence": "Bỏ tạm ngưng",
    "alert.real": "Xác nhận việc thật trong giờ diễn tập",
    "crisis.declare": "Khai báo khủng hoảng",
    "crisis.cover": "Đưa vụ việc vào khủng hoảng",
    "crisis.prolong": "Gia hạn khủng hoảng",
    "crisis.place": "Sửa địa bàn khủng hoảng",
    "crisis.end": "Kết thúc khủng hoảng",
    "drill.start": "Bắt đầu diễn tập",
    "drill.end": "Kết thúc diễn tập sớm",
    "duty.set": "Xếp ca trực",
    "duty.copy": "Chép lịch trực",
    "duty.remove": "Bỏ ca trực",
    "announcement.add": "Ghi thông báo",
    "announcement.change": "Sửa thông báo",
    "announcement.remove": "Bỏ thông báo khỏi sổ",
    "clock.start": "Bắt đầu tính hạn",
    "clock.stop": "Ghi phát ngôn",
    "feedback.assign": "Giao góp ý",
    "feedback.answer": "Trả lời góp ý",
    "feedback.close": "Đóng góp ý",
    "document.remove": "Xóa tin theo yêu cầu",
    "import.receive": "Gửi tệp để nhập",
    "import.run": "Bắt đầu nhập tệp",
    "import.stop": "Dừng nhập tệp",
    "import.done": "Nhập xong tệp",
    "import.failed": "Không nhập được tệp",
    "source.add": "Thêm nguồn",
    "source.token": "Đổi mã truy cập của nguồn",
    "source.change": "Sửa nguồn",
    "source.enable": "Bật nguồn",
    "source.disable": "Tắt nguồn",
    "user.add": "Thêm người dùng",
    "user.change": "Đổi vai trò",
    "user.activate": "Mở khóa người dùng",
    "user.deactivate": "Khóa người dùng",
    "user.password": "Đặt mật khẩu",
    "user.quiet-hours": "Đặt giờ yên lặng",
    "user.invite": "Gửi liên kết một lần",
    "delivery.resend": "Gửi lại thư",
    "digest.edit": "Sửa bản nháp điểm tin",
    "digest.words": "Sửa lời trong bản nháp điểm tin",
    "digest.choose": "Chọn điểm tin nhận",
    "rule.save": "Lưu quy tắc",
    "topic.save": "Lưu chủ đề",
    "topic.retire": "Thôi dùng chủ đề",
    "topic.restore": "Dùng lại chủ đề",
    "claim.confirm": "Xác nhận cần kiểm chứng",
    "claim.approve": "Phê duyệt cần kiểm chứng",
    "claim.reject": "Bác gợi ý kiểm chứng",
    "fact-check.enter": "Ghi đính chính",
    "fact-check.approve": "Duyệt đính chính",
    "fact-check.withdraw": "Rút đính chính",
    "fact-check.drop": "Bỏ qua đính chính được gợi ý",
    "quarantine.requeue": "Cho chạy lại",
    "quarantine.dismiss": "Bỏ qua mục giữ riêng",
    "audit.verify": "Kiểm tra sổ cái",
}


@never_cache
def people(request: HttpRequest) -> HttpResponse:
    """Show who uses the room, and add somebody."""
    form = _member_form(request)
    if request.method == "POST" and form.is_valid():
        person = _person(form)
        if users.member(person.email) is not None:
            form.add_error("email", "Đã có người dùng với địa chỉ này; hãy sửa ở danh sách.")
        else:
            member = users.save_member(person, username_of(request), now())
            return _show_link(request, member.username)
    values = {"members": users.members(), "roles": ROLES, "form": form}
    return render(request, "admin/people.html", values)


@never_cache
def person(request: HttpRequest, username: str) -> HttpResponse:
    """Change a person's name, role and limits."""
    member = next((m for m in users.members() if m.username == username), None)
    if member is None:
        raise Http404
    known = {
        "email": member.email or member.username,
        "name": member.name,
        "role": member.role,
        "departments": member.departments,
        "communes": member.communes,
    }
    form = _member_form(request, known)
    form.fields["email"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            users.save_member(_person(form), username_of(request), now())
        except ConfigError:
            form.add_error("role", _LAST_ADMIN)
        else:
            messages.success(request, f"Đã lưu {member.name or username}.")
            return redirect("users")
    return render(request, "admin/person.html", {"member": member, "form": form})


@never_cache
@require_POST
def invite(request: HttpRequest, username: str) -> HttpResponse:
    """Make a one-time link with which the person sets a (new) password."""
    if users.member(username) is None:
        raise Http404
    return _show_link(request, username)


@require_POST
def switch(request: HttpRequest, username: str) -> HttpResponse:
    """Let a person in, or keep them out at once."""
    is_active = request.POST.get("on") == "1"
    if username == username_of(request):
        messages.error(request, "Không ai tự khóa chính mình.")
        return redirect("users")
    try:
        users.set_active(username, is_active, username_of(request), now())
    except ConfigError:
        messages.error(request, _LAST_ADMIN)
    else:
        if not is_active:
            _end_sessions(username)
        messages.success(request, "Đã mở khóa." if is_active else "Đã khóa và cho đăng xuất ngay.")
    return redirect("users")


def log(request: HttpRequest) -> HttpResponse:
    """Show the audit log, and check its chain when asked."""
    before = request.GET.get("before", "")
    entries = audit.entries(
        _AUDIT_PAGE,
        int(before) if before.isdecimal() else None,
        actor=request.GET.get("actor", ""),
        action=request.GET.get("action", ""),
    )
    values: dict[str, Any] = {
        "entries": [(ACTIONS.get(e.action, e.action), e, _told(e.detail)) for e in entries],
        "machines": _MACHINES,
        "next": entries[-1].number if len(entries) == _AUDIT_PAGE else None,
        "actors": [m.username for m in users.members()],
        "actions": ACTIONS,
        "asked": {k: request.GET.get(k, "") for k in ("actor", "action")},
    }
    if request.method == "POST":
        values["report"] = audit.verify()
    return render(request, "admin/log.html", values)


def _told(detail: Mapping[str, Any]) -> str:
    """Return the detail of an entry as a reader of the log should see it."""
    given = ((name, value) for name, value in detail.items() if value not in ("", None, [], {}))
    return "; ".join(f"{DETAILS.get(name, name)}: {_worded(value)}" for name, value in given)


def _worded(value: object) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, list):
        return ", ".join(map(_worded, value))
    return ROLES.get(str(value), str(value))


def set_aside(request: HttpRequest) -> HttpResponse:
    """Show what could not go on, and why."""
    entries = [(_STAGES.get(e.stage, e.stage), e) for e in quarantine.entries(200)]
    return render(request, "admin/quarantine.html", {"entries": entries})


@require_POST
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Try an entry again, or let it go."""
    act = quarantine.requeue if request.POST.get("act") == "again" else quarantine.dismiss
    try:
        act(number, username_of(request), now())
    except quarantine.UnknownEntry:
        messages.info(request, "Mục này đã được giải quyết trước đó.")
    else:
        messages.success(request, "Đã ghi nhận.")
    return redirect("quarantine")


def _member_form(request: HttpRequest, known: Mapping[str, object] | None = None) -> MemberForm:
    profile = room().profile
    return MemberForm(
        request.POST or None,
        initial=dict(known or {}),
        departments=tuple(d.name for d in profile.departments),
        communes=profile.communes,
    )


def _person(form: MemberForm) -> Person:
    given = form.cleaned_data
    return Person(
        name=given["name"].strip(),
        email=given["email"].strip().lower(),
        role=given["role"],
        departments=tuple(given["departments"]),
        communes=tuple(given["communes"]),
    )


def _show_link(request: HttpRequest, username: str) -> HttpResponse:
    """Show the link once: it is stored nowhere in a readable form."""
    moment = datetime.now(UTC)
    token = users.make_link(users.INVITATION, moment, username=username, hours=_LINK_HOURS)
    audit.record(username_of(request), "user.invite", username, moment)
    link = RoomLinks(room().settings.room_url).one_time(token)
    values = {"link": link, "username": username, "hours": round(_LINK_HOURS)}
    return render(request, "admin/link.html", values)


def _end_sessions(username: str) -> None:
    user_id = str(User.objects.values_list("pk", flat=True).get(username=username))
    for session in Session.objects.all():
        if session.get_decoded().get("_auth_user_id") == user_id:
            session.delete()
