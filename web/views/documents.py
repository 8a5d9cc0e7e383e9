"""Documents: the searchable list, its export, one document, and correcting its labels."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from crawlers.added import why_unread
from langnghe import wording
from langnghe.claim import ClaimSuggestion, FactCheck, SuggestionState
from langnghe.clock import to_local
from langnghe.document import Channel
from langnghe.errors import QueryError, StoreError
from langnghe.query.fields import closed_values
from langnghe.source import BY_HAND_ID, Source, beside_names
from langnghe.text import fold
from ledger import (
    added,
    analyses,
    audit,
    claims,
    documents,
    quarantine,
    queries,
    retention,
    stories,
    topics,
)
from ledger.queries import DocumentView
from ledger.sources import load_sources
from web.diff import title_edits
from web.listing import Listing, Wanted, every_document, list_documents, wanted_from
from web.reader import username_of
from web.room import now, room

MOST_EXPORTED = 10_000
_QUERY_SHOWN = 200
_LONGEST_REASON = 500
# What people brought, which is no source of the list.
_BY_PEOPLE = {BY_HAND_ID: "Thêm tay", "import": "Nhập tệp"}
_AWAITED_FOR = timedelta(minutes=10)
_LINK_WAITS = "Trang của liên kết đang chờ đọc; tiêu đề, sapo và ngày đăng sẽ có sau ít phút."
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_LABELS = {
    "topic": ("Lĩnh vực", wording.TOPIC_LABELS),
    "tone": ("Sắc thái", wording.TONE_LABELS),
    "stance": ("Với cơ quan nhà nước", wording.STANCE_LABELS),
    "intent": ("Người viết muốn", wording.INTENT_LABELS),
}
_CHOICES = (
    ("topic", "Lĩnh vực", wording.TOPIC_LABELS),
    ("tone", "Sắc thái", wording.TONE_LABELS),
    ("stance", "Với cơ quan nhà nước", wording.STANCE_LABELS),
    ("kind", "Loại", wording.KIND_LABELS),
    ("intent", "Người viết muốn", wording.INTENT_LABELS),
)


def listing(request: HttpRequest) -> HttpResponse:
    """Show the documents that the address asks for."""
    wanted = wanted_from(request.GET.dict())
    after, found = request.GET.get("after", ""), [source for source, _ in load_sources()]
    names = _source_names(found)
    values: dict[str, Any] = {
        "wanted": wanted,
        "asked": wanted.values(),
        "choices": _CHOICES,
        "chips": _chips(wanted, names),
        "own_topics": topics.own_topics(room().profile),
        "outlets": sorted({source.outlet for source in found}),
        "source_names": names,
        "page": Listing((), 0),
        "is_first_page": not after,
    }
    try:
        values["page"] = _page(request, wanted, after)
    except QueryError as error:
        values["mistake"] = error
        values["before"] = wanted.q[: error.position]
        values["at"] = wanted.q[error.position : error.position + 1] or " "
        values["rest"] = wanted.q[error.position + 1 :]
    if wanted.q and not after:
        audit.record(username_of(request), "search", wanted.q[:_QUERY_SHOWN], now())
    return render(request, "documents/list.html", values)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Give the list as CSV: headline, labels and link, never a text; the log keeps who took it."""
    wanted = wanted_from(request.POST.dict())
    reader = request.reader  # type: ignore[attr-defined]
    try:
        found = list(every_document(wanted, reader.scope, room().store, now(), MOST_EXPORTED))
    except QueryError as error:
        messages.error(request, f"Câu tìm kiếm chưa đúng: {error.hint or error}")
        return redirect("documents")
    detail: dict[str, audit.Detail] = {"count": len(found), **wanted.values()}
    audit.record(reader.username, "documents.export", "", now(), detail)
    response = HttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    name = f"tin-bai-{to_local(now()):%Y%m%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def document(request: HttpRequest, document_id: str) -> HttpResponse:
    """Show one document with the evidence of each label."""
    if original := retention.original_of(document_id):
        return redirect("document", original)
    if removed_at := retention.taken_back_at(document_id):
        told = {"removed_at": removed_at}
        return render(request, "documents/taken_back.html", told, status=HTTPStatus.GONE)
    detail = _seen_detail(request, document_id)
    about_link = _about_link(detail)
    story = stories.load_stories([detail.document.story_id])
    values = {
        "detail": detail,
        "doc": detail.document,
        "about_link": about_link,
        "is_awaited": _is_awaited(detail, about_link),
        "labels": [
            (name, title, detail.labels[name], tuple(labels.items()))
            for name, (title, labels) in _LABELS.items()
            if name in detail.labels
        ],
        "story": story[0] if story else None,
        "edits": title_edits(documents.revisions(document_id)),
        "suggestions": claims_of(document_id),
        "source_names": _source_names([source for source, _ in load_sources()]),
    }
    is_part = request.headers.get("X-Requested-With") == "room"
    return render(request, "documents/body.html" if is_part else "documents/detail.html", values)


@require_POST
def correct(request: HttpRequest, document_id: str) -> HttpResponse:
    """Let a person's word hold for one label."""
    _seen_detail(request, document_id)
    name, value = request.POST.get("label", ""), request.POST.get("value", "")
    if value not in closed_values(name) or name not in _LABELS:
        messages.error(request, "Nhãn này không có trong danh sách.")
    else:
        analyses.correct_label(document_id, name, value, username_of(request), now())
        title, labels = _LABELS[name]
        messages.success(request, f"{title}: đã sửa thành “{labels[value]}”. Máy không đổi lại.")
    return redirect("document", document_id)


@require_POST
def remove(request: HttpRequest, document_id: str) -> HttpResponse:
    """Delete one document on somebody's request, from the ledger and from the index."""
    _seen_detail(request, document_id)
    reason = request.POST.get("reason", "").strip()[:_LONGEST_REASON]
    if not reason or request.POST.get("sure") != "1":
        messages.error(request, "Cần ghi lý do và đánh dấu vào ô xác nhận.")
        return redirect("document", document_id)
    retention.remove_on_request(document_id, reason, username_of(request), now())
    try:
        room().store.delete([document_id])
    except StoreError:
        messages.warning(
            request, "Kho tìm kiếm chưa trả lời; tin sẽ được bỏ khỏi kho trong giờ tới."
        )
    else:
        retention.mark_unindexed([document_id], now())
    messages.success(request, "Đã xóa tin; số liệu đếm được giữ, và tin không được thu lại.")
    return redirect("documents")


def claims_of(document_id: str) -> list[tuple[ClaimSuggestion, FactCheck]]:
    """Return the open or decided suggestions of a document with the fact-check they cite."""
    checks = {check.id: check for check in claims.load_fact_checks()}
    states = [s for s in SuggestionState if s is not SuggestionState.REJECTED]
    found = claims.suggestions(states, document_id=document_id)
    return [(s, checks[s.fact_check_id]) for s in found if s.fact_check_id in checks]


def csv_safe(value: str) -> str:
    """Return ``value`` so that no spreadsheet takes it for a formula."""
    flat = " ".join(value.split())
    is_formula = any(text.startswith(_FORMULA_STARTS) for text in (value, flat))
    return f"'{flat}" if is_formula else flat


def _csv(found: list[DocumentView]) -> str:
    out = io.StringIO()
    out.write("\ufeff")  # Excel reads UTF-8 only with this mark
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(
        ("Thời gian", "Nguồn", "Loại", "Tiêu đề", "Lĩnh vực", "Sắc thái",
         "Với cơ quan nhà nước", "Liên kết")
    )  # fmt: skip
    for doc in found:
        cells = (
            f"{to_local(doc.published_at):%d/%m/%Y %H:%M}",
            doc.outlet,
            wording.label(wording.KIND_LABELS, doc.kind),
            doc.title or doc.parent_title or doc.snippet,
            wording.label(wording.TOPIC_LABELS, doc.topic),
            wording.label(wording.TONE_LABELS, doc.tone),
            wording.label(wording.STANCE_LABELS, doc.stance),
            doc.url,
        )
        writer.writerow([csv_safe(cell) for cell in cells])
    return out.getvalue()


def _page(request: HttpRequest, wanted: Wanted, after: str) -> Listing:
    reader = request.reader  # type: ignore[attr-defined]
    try:
        return list_documents(wanted, reader.scope, room().store, now(), after=after)
    except QueryError:
        if not after:
            raise
        # The cursor came from another order of the list; begin at its start.
        return list_documents(wanted, reader.scope, room().store, now())


def _seen_detail(request: HttpRequest, document_id: str) -> queries.DocumentDetail:
    if not request.reader.seen_documents([document_id]):  # type: ignore[attr-defined]
        raise Http404
    detail = queries.detail(document_id)
    if detail is None:
        raise Http404
    return detail


def _about_link(detail: queries.DocumentDetail) -> str:
    """Return what became of the link of a document that was added by hand."""
    doc = detail.document
    if doc.channel != Channel.MANUAL or doc.kind.is_social:
        return ""
    if reason := quarantine.why_unread(doc.id):
        return why_unread(reason)
    if added.is_waiting(doc.id) and room().settings.crawl_enabled and room().settings.fetch_pages:
        return _LINK_WAITS
    return ""


def _is_awaited(detail: queries.DocumentDetail, about_link: str) -> bool:
    """Return whether labels or the page of a link are still to come, for a while at least."""
    is_fresh = now() - detail.document.first_seen_at < _AWAITED_FOR
    return is_fresh and (not detail.labels or about_link == _LINK_WAITS)


def _chips(wanted: Wanted, source_names: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Return what is filtered in words, each with the address that leaves it out."""
    labels = {name: (title, names) for name, title, names in _CHOICES}
    labels["source"] = ("Nguồn cấp", source_names)
    labels["channel"] = ("Cách thu", wording.CHANNEL_LABELS)
    titles = {
        "outlet": "Nguồn", "place": "Địa bàn", "province": "Tỉnh", "agency": "Cơ quan",
        "story": "Vụ việc", "first_day": "Từ ngày", "last_day": "Đến ngày", "seen_from": "Thu từ",
        "seen_to": "Thu đến",
    }  # fmt: skip
    found: list[tuple[str, dict[str, str]]] = []
    for name, value in wanted.values().items():
        if name in ("q", "sort"):
            continue
        title, names = labels.get(name, (titles.get(name, name), {}))
        without = replace(wanted, **{name: ""}).values()
        found.append((f"{title}: {wording.label(names, value)}", without))
    return found


def _source_names(sources: Sequence[Source]) -> dict[str, str]:
    """Return what each source is called, by its id, so that no two are called alike."""
    apart = beside_names(sources)
    named = {s.id: f"{s.name} ({apart[s.id]})" if s.id in apart else s.name for s in sources}
    return _BY_PEOPLE | dict(sorted(named.items(), key=lambda item: fold(item[1])))
