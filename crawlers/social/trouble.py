"""What a network's service means when it says no, and what a person can do about it."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Any

from langnghe.source import FetchState, Source, SourceKind

_SHOWN = 200


class Trouble(StrEnum):
    """Why a service does not answer as wanted."""

    TOKEN = "token"  # noqa: S105 - a kind of trouble
    RIGHTS = "rights"
    QUOTA = "quota"
    ABSENT = "absent"


ADVICE: dict[Trouble, str] = {
    Trouble.TOKEN: "Mã truy cập sai, thiếu hoặc đã hết hạn. {where} Sau đó dán mã mới ở trang này; "
    "nguồn được đọc lại ngay.",
    Trouble.RIGHTS: "Mã truy cập còn hạn nhưng thiếu quyền đọc. {where}",
    Trouble.QUOTA: "Đã hết lượt gọi mà dịch vụ cho phép. Không cần làm gì: LangNghe tự chờ rồi đọc "
    "tiếp. Nếu lặp lại mỗi ngày, hãy bớt nguồn cùng dùng mã này.",
    Trouble.ABSENT: "Dịch vụ nói không có trang, kênh hay tài khoản này. Hãy kiểm tra mã hoặc tên "
    "đã nhập; nếu trang đã đổi tên hay đóng, hãy tắt nguồn và thêm lại.",
}
_WHERE: dict[SourceKind, str] = {
    SourceKind.YOUTUBE: "Mở Google Cloud Console, bật “YouTube Data API v3”, tạo khóa API mới "
    "(không giới hạn theo trang web gọi tới).",
    SourceKind.FACEBOOK: "Người quản lý trang mở Meta for Developers, tạo mã truy cập trang dài "
    "hạn với quyền pages_read_engagement và pages_read_user_content.",
    SourceKind.ZALO: "Quản trị viên OA mở developers.zalo.me, cấp lại quyền cho ứng dụng và lấy mã "
    "truy cập mới (mã của Zalo chỉ sống khoảng 25 giờ).",
    SourceKind.MASTODON: "Máy chủ này đòi đăng nhập để xem thẻ: hãy chọn máy chủ khác còn mở công "
    "khai.",
}
# What services call it: Google's reasons, Facebook's and Zalo's codes, atproto's names.
_TOKEN = re.compile(
    r"access token|invalid.?token|expired.?token|api key (?:not valid|expired)|keyinvalid|"
    r"keyexpired|oauthexception 190\b|^-(?:216|220|14014)\b|authenticated user|unauthorized|"
    r"authmissing|authrequired",
    re.I,
)
_QUOTA = re.compile(
    r"quota|rate.?limit|too many|request limit|oauthexception (?:4|17|32|613)\b", re.I
)
_RIGHTS = re.compile(
    r"permission|forbidden|not (?:have|been) (?:access|used)|accessnotconfigured|"
    r"oauthexception (?:10|2\d\d)\b",
    re.I,
)
_ABSENT = re.compile(
    r"not ?found|could not (?:find|resolve)|profile not|does not exist|unknown (?:alias|path)|"
    r"record not",
    re.I,
)
# It concerns one post, not the source: a video without comments, a post that was taken back.
_OF_ONE_ITEM = re.compile(r"commentsdisabled|videonotfound|not ?found|does not exist", re.I)
_REFUSALS = frozenset({400, 403, 404, 410})


def service_words(payload: bytes) -> str:
    """Return what the error in a service's answer says, "" where there is none to read."""
    try:
        data = json.loads(payload)
    except (ValueError, RecursionError):
        return ""
    return error_words(data) if isinstance(data, dict) else ""


def error_words(data: dict[str, Any]) -> str:
    """Return the code and the message of an answer's ``error``, "" where it tells of none."""
    problem = data.get("error")
    if not problem:
        return ""
    if not isinstance(problem, dict):
        return _joined(problem, data.get("message") or data.get("error_description"))
    details = problem.get("errors")
    first = details[0] if isinstance(details, list) and details else {}
    reason = first.get("reason") if isinstance(first, dict) else ""
    return _joined(problem.get("type"), problem.get("code"), reason, problem.get("message"))


def trouble_of(status: int, words: str) -> Trouble | None:
    """Return what a status and the service's words mean, None for what passes by itself."""
    if _QUOTA.search(words) or status == 429:
        return Trouble.QUOTA
    if _TOKEN.search(words) or status == 401:
        return Trouble.TOKEN
    if _RIGHTS.search(words) or (status == 403 and not _ABSENT.search(words)):
        return Trouble.RIGHTS
    if _ABSENT.search(words) or status in (404, 410):
        return Trouble.ABSENT
    return None


def is_of_one_item(status: int, words: str) -> bool:
    """Whether a refusal concerns the one post that was asked about."""
    return status in _REFUSALS and bool(_OF_ONE_ITEM.search(words) or status in (404, 410))


def advice(source: Source, state: FetchState) -> str:
    """Return in Vietnamese what to do about a network's last refusal, "" where there is none."""
    if source.kind in (SourceKind.FEED, SourceKind.SECTION, SourceKind.SITEMAP):
        return ""
    if not state.last_error:
        return ""
    trouble = trouble_of(state.last_status, state.last_error)
    if trouble is None:
        return ""
    return ADVICE[trouble].format(where=_WHERE.get(source.kind, "")).replace("  ", " ")


def _joined(*parts: object) -> str:
    return " ".join(str(part) for part in parts if part)[:_SHOWN]
