"""When a source is read next, and whether it is well: pure decisions, each with its reason.

A source's rhythm is the typical gap between its items in waking hours. Figures are ours: they were
chosen so that a busy paper is read every five minutes and a quiet portal a few times a day.
"""

from __future__ import annotations

import hashlib
import statistics
from dataclasses import replace
from datetime import datetime, timedelta

from langnghe.clock import to_local
from langnghe.source import FetchReport, FetchState, Health, Source

MIN_INTERVAL = timedelta(minutes=5)
MAX_INTERVAL = timedelta(hours=24)
_FIRST_INTERVAL = timedelta(minutes=10)
_SILENT_GROWTH = 4
_FLOOR_CAP = timedelta(hours=1)
_PUSHED_GROWTH = 4
_PUSHED_LEAST, _PUSHED_MOST = timedelta(minutes=30), timedelta(hours=6)
_GAPS_KEPT = 30
_MIN_GAPS = 5
_UNCONDITIONAL_EVERY = 8
_ROBOTS_INTERVAL = timedelta(hours=12)
_BACK_OFF_CAP = timedelta(hours=12)
_NIGHT_ENDS = 6
_NIGHT_BEGINS = 23

# How much one failure weighs: what is likely to pass by itself counts less.
_WEIGHTS = {
    "network-error": 0.5,
    "empty": 0.5,
    "refused": 1.0,
    "parse-error": 1.0,
    "challenge": 1.0,
    "robots": 1.0,
}
_HTTP_WEIGHTS = {429: 0.25, 408: 0.25, 503: 0.5, 502: 0.5, 504: 0.5, 500: 0.5, 404: 1.0, 410: 2.0}
_FAILING_SCORE = 2.0
_PROBLEMS = {
    "network-error": "không kết nối được",
    "empty": "trả lời nhưng không có tin nào",
    "refused": "địa chỉ bị từ chối vì lý do an toàn",
    "parse-error": "trả lời nhưng không đọc được",
    "challenge": "trả về trang kiểm tra trình duyệt thay cho tin",
    "robots": "không cho phép máy đọc (robots.txt)",
    "http-error": "máy chủ báo lỗi",
}


def next_fetch(
    source: Source, state: FetchState, report: FetchReport, *, is_pushed: bool = False
) -> FetchState:
    """Return the state after ``report``, with the next fetch time and, in Vietnamese, why then.

    ``is_pushed``: a hub pushes what is new, so the source is read only to be sure.
    """
    state = replace(
        state,
        last_attempt_at=report.finished_at,
        fetch_count=state.fetch_count + 1,
        last_status=report.status,
        last_error=report.error,
        etag=report.etag if report.outcome == "ok" else state.etag,
        last_modified=report.last_modified if report.outcome == "ok" else state.last_modified,
    )
    if report.outcome in ("ok", "not-modified"):
        state = _learn(state, report)
        interval, reason = _rhythm(state, report)
        if is_pushed:
            interval = min(max(_PUSHED_GROWTH * interval, _PUSHED_LEAST), _PUSHED_MOST)
            reason = f"{reason}; hub đẩy tin tới, chỉ đọc để chắc"
    else:
        state = replace(state, failure_score=state.failure_score + _weight(report))
        interval, reason = _back_off(state, report)
    interval, reason = _floors(interval, reason, report)
    interval *= _jitter(source.id, state.fetch_count)
    return replace(state, next_fetch_at=report.finished_at + interval, reason=reason)


def wants_unconditional(state: FetchState) -> bool:
    """Return whether the next poll ignores ETag and Last-Modified: some servers lie about them."""
    return state.fetch_count % _UNCONDITIONAL_EVERY == _UNCONDITIONAL_EVERY - 1


def health(source: Source, state: FetchState, now: datetime) -> tuple[Health, str]:
    """Return how a source is doing and one Vietnamese sentence that says why."""
    if not source.is_enabled:
        return Health.DISABLED, "Đã tắt, không đọc."
    if state.failure_score >= _FAILING_SCORE:
        return Health.FAILING, f"Đang lỗi: {_problem(state)}. {_last_success(state)}"
    if state.last_success_at is None:
        if state.last_attempt_at is None:
            return Health.UNTRIED, "Chưa kiểm tra: chưa đọc lần nào."
        return Health.UNTRIED, f"Chưa kiểm tra: lần đọc đầu {_problem(state)}, sẽ thử lại."
    if limit := _silence_limit(state):
        quiet_s = waking_seconds(state.last_item_at or state.last_success_at, now)
        if quiet_s > limit:
            usual = statistics.fmean(state.item_gaps_s)
            return (
                Health.SILENT,
                f"Thường có tin mới mỗi {_span(usual)}, nay đã im lặng {_span(quiet_s)} "
                "(không tính ban đêm).",
            )
    pace = (
        f", thường có tin mới mỗi {_span(statistics.fmean(state.item_gaps_s))}"
        if (len(state.item_gaps_s) >= _MIN_GAPS)
        else ""
    )
    trouble = f" Lần đọc gần nhất {_problem(state)}." if state.failure_score else ""
    return Health.GOOD, f"Đọc tốt lúc {_clock(state.last_success_at)}{pace}.{trouble}"


def waking_seconds(start: datetime, end: datetime) -> float:
    """Return the seconds between two moments without the Vietnamese nights (23:00–06:00)."""
    if end <= start:
        return 0.0
    total, moment, last = 0.0, to_local(start), to_local(end)
    if (last - moment).days > 60:
        return (last - moment).total_seconds() * (_NIGHT_BEGINS - _NIGHT_ENDS) / 24
    while moment < last:
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        dawn, dusk = (
            midnight + timedelta(hours=_NIGHT_ENDS),
            midnight + timedelta(hours=_NIGHT_BEGINS),
        )
        total += max(0.0, (min(last, dusk) - max(moment, dawn)).total_seconds())
        moment = midnight + timedelta(days=1)
    return total


def _learn(state: FetchState, report: FetchReport) -> FetchState:
    """Take what a good fetch teaches: recovery at once, and the rhythm from what was new."""
    now = report.finished_at
    state = replace(
        state,
        last_success_at=now,
        failure_score=0.0,
        unchanged_count=0 if report.new_count else state.unchanged_count + 1,
    )
    if not report.new_count:
        return state
    gaps = state.item_gaps_s
    if state.last_item_at is not None:
        gap = waking_seconds(state.last_item_at, now) / report.new_count
        gaps = (*gaps, max(gap, 1.0))[-_GAPS_KEPT:]
    return replace(state, last_item_at=now, item_gaps_s=gaps)


def _rhythm(state: FetchState, report: FetchReport) -> tuple[timedelta, str]:
    gaps = state.item_gaps_s
    if len(gaps) < 2:
        return _FIRST_INTERVAL, "chưa rõ nhịp đăng"
    usual_s = statistics.median(gaps)
    quiet_s = waking_seconds(state.last_item_at or report.finished_at, report.finished_at)
    # A silent source is asked less often, but never so seldom that its waking up is missed.
    wanted_s = min(max(usual_s, quiet_s / _SILENT_GROWTH), max(2 * usual_s, 1200.0))
    interval = min(max(timedelta(seconds=wanted_s), MIN_INTERVAL), MAX_INTERVAL)
    if interval == MIN_INTERVAL:
        return interval, f"{_pace(usual_s)}: đọc dày nhất mà vẫn lịch sự"
    if wanted_s > usual_s:
        return interval, f"im lặng {_span(quiet_s)}, {_pace(usual_s)}"
    return interval, _pace(usual_s)


def _back_off(state: FetchState, report: FetchReport) -> tuple[timedelta, str]:
    if report.outcome == "robots":
        return _ROBOTS_INTERVAL, "robots.txt không cho đọc; hỏi lại phòng khi thay đổi"
    factor = 2 ** min(state.failure_score, 10.0)
    interval = min(MIN_INTERVAL * factor, _BACK_OFF_CAP)
    what = _PROBLEMS.get(report.outcome, report.outcome)
    what = f"{what} {report.status}" if report.outcome == "http-error" else what
    return interval, f"giãn ra sau lỗi: {what} (điểm lỗi {state.failure_score:g})"


def _floors(interval: timedelta, reason: str, report: FetchReport) -> tuple[timedelta, str]:
    """Respect what the server asked for: Retry-After up to a day, a feed's TTL up to an hour."""
    if report.ttl_s and (ttl := min(timedelta(seconds=report.ttl_s), _FLOOR_CAP)) > interval:
        interval, reason = ttl, f"{reason}; nguồn đề nghị cách {_span(report.ttl_s)}"
    if report.retry_after_s:
        wish = min(timedelta(seconds=report.retry_after_s), MAX_INTERVAL)
        if wish > interval:
            interval, reason = wish, f"máy chủ đề nghị chờ {_span(wish.total_seconds())}"
    return interval, reason


def _weight(report: FetchReport) -> float:
    if report.outcome == "http-error":
        return _HTTP_WEIGHTS.get(report.status, 1.0)
    return _WEIGHTS.get(report.outcome, 1.0)


def _jitter(source_id: str, count: int) -> float:
    """Return 1 to 1.1, so that sources do not all come due in one second; the same every time."""
    digest = hashlib.sha256(f"{source_id}/{count}".encode()).digest()
    return 1 + digest[0] / 2550


def _silence_limit(state: FetchState) -> float:
    """Return the waking seconds beyond which silence is unusual: mean + 2 deviations, ≥ 2 hours."""
    gaps = state.item_gaps_s
    if len(gaps) < _MIN_GAPS:
        return 0.0
    return max(statistics.fmean(gaps) + 2 * statistics.pstdev(gaps), 7200.0)


def _problem(state: FetchState) -> str:
    error = state.last_error
    outcome, _, detail = error.partition(": ")
    said = _PROBLEMS.get(outcome, "")
    if outcome == "http-error" and state.last_status:
        return f"{said} {state.last_status}"
    return said or detail or error or "không rõ nguyên nhân"


def _last_success(state: FetchState) -> str:
    if state.last_success_at is None:
        return "Chưa đọc được lần nào."
    return f"Lần đọc tốt gần nhất: {_clock(state.last_success_at)}."


def _clock(moment: datetime) -> str:
    return f"{to_local(moment):%H:%M %d/%m}"


def _pace(seconds: float) -> str:
    return f"thường {_span(seconds)} một tin"


def _span(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return f"{minutes} phút"
    hours = seconds / 3600
    return f"{hours:.0f} giờ" if hours < 48 else f"{hours / 24:.0f} ngày"
