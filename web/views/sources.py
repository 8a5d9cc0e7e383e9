"""Sources: how each one is doing, and switching it on or off."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from crawlers.social.adding import way_of
from crawlers.social.trouble import advice
from langnghe.source import Health, beside_names
from ledger import queries, sources
from ledger.queries import SourceHealth
from runtime.crawl_child import open_spool, tokens_folder
from runtime.health import spool_sentence
from web.room import now, room

_ORDER = (Health.FAILING, Health.SILENT, Health.UNTRIED, Health.GOOD, Health.DISABLED)
_OUTCOMES = {
    "ok": "Đọc được",
    "not-modified": "Không có gì mới",
    "empty": "Trả lời nhưng không có tin",
    "challenge": "Trang kiểm tra trình duyệt chắn",
    "http-error": "Máy chủ báo lỗi",
    "network-error": "Không kết nối được",
    "parse-error": "Không đọc được nội dung",
    "robots": "Trang không cho máy đọc",
    "refused": "Bị từ chối vì an toàn",
}


def listing(request: HttpRequest) -> HttpResponse:
    """Show every source, those that need attention first."""
    found = queries.source_health(now())
    wanted = request.GET.get("health", "")
    waiting = open_spool(room().settings).waiting()
    counts = {health: sum(1 for s in found if s.health is health) for health in _ORDER}
    shown = [s for s in found if not wanted or s.health == wanted]
    values = {
        "beside": beside_names([s.source for s in found]),
        "sources": sorted(shown, key=lambda s: (_ORDER.index(s.health), s.source.name)),
        "counts": counts.items(),
        "wanted": wanted,
        "coverage": queries.coverage(now()),
        "spool": spool_sentence(waiting) if waiting.size_bytes else "",
    }
    return render(request, "sources/list.html", values)


def source(request: HttpRequest, source_id: str) -> HttpResponse:
    """Show one source: its rhythm, why it is read next when it is, its last fetches."""
    found = _found(source_id)
    gaps = sorted(found.state.item_gaps_s)
    way = way_of(found.source)
    values = {
        "item": found,
        "source": found.source,
        "state": found.state,
        "advice": advice(found.source, found.state) if found.source.is_enabled else "",
        "way": way,
        "has_token": way is not None and (tokens_folder(room().settings) / source_id).is_file(),
        "rhythm_minutes": gaps[len(gaps) // 2] / 60 if gaps else None,
        "log": [
            (_OUTCOMES.get(e.report.outcome, e.report.outcome), e)
            for e in sources.fetch_log(source_id)
        ],
    }
    return render(request, "sources/detail.html", values)


@require_POST
def switch(request: HttpRequest, source_id: str) -> HttpResponse:
    """Read the source, or leave it."""
    found = _found(source_id)
    is_on = request.POST.get("on") == "1"
    sources.set_enabled(source_id, is_on, request.reader.username, now())  # type: ignore[attr-defined]
    name = found.source.name
    messages.success(request, f"Đã bật {name}, sẽ đọc ngay." if is_on else f"Đã tắt {name}.")
    return redirect("source", source_id)


def _found(source_id: str) -> SourceHealth:
    for item in queries.source_health(now()):
        if item.source.id == source_id:
            return item
    raise Http404
