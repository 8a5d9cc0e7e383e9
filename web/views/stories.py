"""Stories: the list, one story's page, and what people decide about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from langnghe import wording
from langnghe.story import Story
from ledger import crises, queries, stories
from ledger.stories import StoryFilter, UnknownStory
from web.charts import growth_curve, share
from web.reader import Reader, username_of
from web.room import now
from web.views.board import sees_alert

PAGE, _RELATED = 30, 12
_SPANS = {"1": "24 giờ qua", "7": "7 ngày qua", "30": "30 ngày qua", "": "Từ trước tới nay"}
_DEFAULT_SPAN = "7"


def listing(request: HttpRequest) -> HttpResponse:
    """Show the stories by their latest report."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    asked = {
        "days": request.GET.get("days", _DEFAULT_SPAN),
        "topic": request.GET.get("topic", ""),
        "stance": request.GET.get("stance", ""),
        "single": request.GET.get("single", ""),
    }
    days = int(asked["days"]) if asked["days"] in _SPANS and asked["days"] else None
    wanted = StoryFilter(
        topics=(asked["topic"],) if asked["topic"] else (),
        stances=(asked["stance"],) if asked["stance"] else (),
        since=now() - timedelta(days=days) if days else None,
        min_documents=1 if asked["single"] else 2,
        scope=reader.scope,
    )
    try:
        page = stories.stories(wanted, limit=PAGE, after=request.GET.get("after", ""))
    except ValueError:
        page = stories.stories(wanted, limit=PAGE)
    values = {
        "page": page,
        "asked": asked,
        "spans": _SPANS,
        "topics": wording.TOPIC_LABELS,
        "stances": wording.STANCE_LABELS,
        "is_first_page": "after" not in request.GET,
    }
    return render(request, "stories/list.html", values)


def story(request: HttpRequest, story_id: str) -> HttpResponse:
    """Show one story; the address of a merged one leads to the one that lives."""
    detail = _seen(request, story_id)
    if detail.story.id != story_id:
        response = redirect("story", detail.story.id)
        if moved_id := request.GET.get("chuyen"):
            response["Location"] += "?" + urlencode({"chuyen": moved_id})
        return response
    reader: Reader = request.reader  # type: ignore[attr-defined]
    detail = replace(detail, related=_related(reader, detail))
    views = queries.alert_views(story_id=detail.story.id)
    values = {
        "detail": detail,
        "story": detail.story,
        "rows": [(doc, detail.links.get(doc.id)) for doc in detail.documents],
        "curve": growth_curve(detail.curve),
        "tones": share(detail.tones, wording.TONE_LABELS),
        "stances": share(detail.stances, wording.STANCE_LABELS),
        "alerts": [view for view in views if sees_alert(reader, view)],
        "candidates": _candidates(reader, detail),
        "decision_names": _DECISIONS,
        "moved": _just_moved(request),
        "crisis": crises.crisis_of_story(detail.story.id, now()),
    }
    return render(request, "stories/detail.html", values)


@require_POST
def merge(request: HttpRequest, story_id: str) -> HttpResponse:
    """Take another story into this one."""
    detail = _seen(request, story_id)
    other = request.POST.get("other", "").strip().rstrip("/").rsplit("/", 1)[-1]
    try:
        stories.merge(_seen_story(request, other).id, detail.story.id, username_of(request), now())
    except UnknownStory:
        messages.error(request, "Không có vụ việc nào như vậy để gộp.")
    else:
        messages.success(request, "Đã gộp. Máy sẽ không tách ra nữa.")
    return redirect("story", detail.story.id)


@require_POST
def split(request: HttpRequest, story_id: str) -> HttpResponse:
    """Take the ticked documents out into a story of their own."""
    detail = _seen(request, story_id)
    ticked = request.POST.getlist("document")
    if request.reader.seen_documents(ticked) != set(ticked):  # type: ignore[attr-defined]
        raise Http404
    try:
        new = stories.split(detail.story.id, ticked, username_of(request), now())
    except UnknownStory:
        messages.error(request, "Hãy chọn ít nhất một tin, nhưng không phải tất cả, để tách.")
        return redirect("story", detail.story.id)
    messages.success(request, f"Đã tách {len(ticked)} tin thành vụ việc này. Máy sẽ không gộp lại.")
    return redirect("story", new)


@require_POST
def rename(request: HttpRequest, story_id: str) -> HttpResponse:
    """Give the story a title of our own; an empty one gives the machine's back."""
    detail = _seen(request, story_id)
    title = " ".join(request.POST.get("title", "").split())[:200]
    stories.rename(detail.story.id, title, username_of(request), now())
    messages.success(request, "Đã đổi tên." if title else "Đã trả lại tên do máy chọn.")
    return redirect("story", detail.story.id)


@require_POST
def pin(request: HttpRequest, story_id: str) -> HttpResponse:
    """Keep the story at the top of the board, or let it go."""
    detail = _seen(request, story_id)
    stories.pin(detail.story.id, not detail.story.is_pinned, username_of(request), now())
    return redirect("story", detail.story.id)


def _just_moved(request: HttpRequest) -> tuple[str, Story] | None:
    """Return the document that was moved a moment ago with the story that holds it now."""
    moved = stories.last_move(request.GET.get("chuyen", ""))
    if moved is None:
        return None
    _seen(request, moved.went_to)
    return moved.document_id, stories.story(moved.went_to)


_DECISIONS = {
    "merge": "gộp", "split": "tách", "move": "chuyển tin", "rename": "đổi tên",
    "pin": "ghim", "unpin": "bỏ ghim",
}  # fmt: skip


def _seen(request: HttpRequest, story_id: str) -> queries.StoryDetail:
    reader: Reader = request.reader  # type: ignore[attr-defined]
    detail = queries.story_page(story_id, scope=reader.scope)
    if not reader.sees_story(detail.story.id):
        raise Http404
    return detail


def _related(reader: Reader, detail: queries.StoryDetail) -> tuple[Story, ...]:
    """Return the latest of the related stories that a reader may see."""
    latest = sorted(detail.related, key=lambda story: (story.last_report_at, story.id))[::-1]
    return tuple(islice((story for story in latest if reader.sees_story(story.id)), _RELATED))


def _seen_story(request: HttpRequest, story_id: str) -> Story:
    """Return a story that the reader may see; raises UnknownStory for any other."""
    found = stories.story(story_id)
    if not request.reader.sees_story(found.id):  # type: ignore[attr-defined]
        raise UnknownStory(f"unknown story {story_id!r}")
    return found


def _candidates(reader: Reader, detail: queries.StoryDetail) -> list[tuple[str, str]]:
    """Return the stories that one may want to merge: the related ones, then recent ones."""
    recent = stories.stories(
        StoryFilter(since=now() - timedelta(days=7), min_documents=2, scope=reader.scope), limit=60
    ).stories
    found = {s.id: s.title for s in (*detail.related, *recent) if s.id != detail.story.id}
    return list(found.items())
