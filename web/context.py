"""What every template may use: who is looking, the clock, the office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from langnghe.profile import ROLES
from ledger.drills import running_drill
from ledger.users import members
from web.room import is_recorded, now, room
from web.second_factor import needs_second_factor

_MENU = (
    ("room", "Phòng theo dõi", ("room",)),
    (
        "documents",
        "Tin bài",
        ("documents", "document", "document-add", "imports", "import", "import-mapping"),
    ),
    ("stories", "Vụ việc", ("stories", "story")),
    ("trends", "Xu hướng", ("trends",)),
    ("alerts", "Cảnh báo", ("alerts", "alert")),
    ("feedback", "Góp ý", ("feedback",)),
    (
        "sources",
        "Nguồn tin",
        ("sources", "source", "source-find", "source-found", "source-network"),
    ),
)
_MORE = (
    ("clocks", "Hạn phản hồi", ("clocks", "clock-figures")),
    (
        "announcements",
        "Sổ thông báo",
        ("announcements", "announcement", "announcement-new", "announcement-change"),
    ),
    ("claims", "Kiểm chứng", ("claims", "fact-checks", "fact-check-enter")),
    ("digests", "Điểm tin", ("digests", "digest-draft")),
    ("duty", "Lịch trực", ("duty",)),
    ("crises", "Khủng hoảng", ("crises", "crisis")),
    ("silences", "Tạm ngưng", ("silences",)),
    ("drill", "Diễn tập", ("drill",)),
    ("rules", "Quy tắc", ("rules", "rule", "rule-new")),
    ("mails", "Thư", ("mails", "mail")),
    ("models", "Mô hình", ("models",)),
    ("quarantine", "Giữ riêng", ("quarantine",)),
    ("users", "Người dùng", ("users", "user-change", "user-invite")),
    ("audit", "Sổ cái", ("audit",)),
)


@dataclass(frozen=True)
class Entry:
    """A line of the menu."""

    name: str
    url: str
    is_here: bool


def room_context(request: HttpRequest) -> dict[str, Any]:
    """Return the common values; without a reader no figure leaves."""
    reader = getattr(request, "reader", None)
    return {
        "reader": reader,
        "may": reader.routes if reader else frozenset(),
        "lacks_second_factor": reader is not None and needs_second_factor(request, reader.role),
        "menu": _entries(request, _MENU, reader),
        "more": _entries(request, _MORE, reader),
        "role_label": ROLES.get(reader.role, "") if reader else "",
        "now": now(),
        "is_recorded": is_recorded(),
        "drill": running_drill(now()) if reader else None,
        "office": room().profile.office,
        "names": SimpleLazyObject(_names),
    }


def _names() -> dict[str, str]:
    """Return what people are called, by user name; asked for only where a page names somebody."""
    return {member.username: member.name for member in members() if member.name}


def _entries(request: HttpRequest, menu: Any, reader: Any) -> list[Entry]:
    route = request.resolver_match.url_name if request.resolver_match else ""
    return [
        Entry(title, reverse(name), route in routes)
        for name, title, routes in menu
        if reader is not None and name in reader.routes
    ]
