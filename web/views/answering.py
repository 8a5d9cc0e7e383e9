"""Answering people: feedback by matter, assigned, answered and closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from langnghe import wording
from langnghe.story import Story
from langnghe.url import is_web_url
from ledger import feedback, queries, stories
from ledger.queries import DocumentView
from runtime.giving import give_feedback
from web.reader import Reader, username_of
from web.room import now, room
from web.views.alerts import told_sentence

_SAMPLES = 3
_HEADING = 80
_PAGE = 20
_KNOWN = 10_000
_OFTEN = "hoi-nhieu"


@dataclass(frozen=True)
class Matter:
    """A matter of feedback as the page shows it; ``samples`` are masked posts."""

    row: Any
    title: str
    story_id: str
    samples: tuple[DocumentView, ...]
    is_asked_often: bool
    is_overdue: bool


def feedback_list(request: HttpRequest) -> HttpResponse:
    """Show what people ask, suggest or complain of, the most asked first."""
    return _page(request)


def _page(request: HttpRequest, refused: Mapping[str, str] | None = None) -> HttpResponse:
    """Show the list; an answer that was ``refused`` as it was typed."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    state = request.GET.get("state", "")
    states = (state,) if state in feedback.STATES else ("new", "assigned")
    known = [row for row in feedback.feedback(feedback.STATES, _KNOWN) if _sees(reader, row)]
    is_often = state == _OFTEN
    rows = [row for row in known if row.state in states]
    if is_often:
        rows = [row for row in rows if feedback.is_asked_often(row)]
    counts = feedback.feedback_counts(known, now())
    page = Paginator(rows, _PAGE).get_page(request.GET.get("trang"))
    values = {
        "counts": counts,
        "often": _OFTEN,
        "page": page,
        "refused": refused or {},
        "matters": _matters(list(page.object_list)),
        "state": state,
        "states": _tabs(counts),
        "departments": _departments(),
        "feedback_states": feedback.STATES,
    }
    return render(request, "answering/feedback.html", values)


@require_POST
def feedback_assign(request: HttpRequest, matter_id: str) -> HttpResponse:
    """Give a matter to a department, with its due date."""
    row = _found(request, matter_id)
    department = request.POST.get("department", "")
    if department not in _departments():
        messages.error(request, "Hãy chọn cơ quan phụ trách.")
    else:
        (matter,) = _matters([row])
        told = give_feedback(room(), row, matter.title, department, username_of(request))
        messages.success(request, f"Đã giao {department}." + told_sentence(told, department))
    return _back(request)


@require_POST
def feedback_answer(request: HttpRequest, matter_id: str) -> HttpResponse:
    """Record the official answer with its link."""
    _found(request, matter_id)
    answer, url = request.POST.get("answer", "").strip()[:4000], request.POST.get("url", "").strip()
    if not answer or (url and not is_web_url(url)):
        messages.error(request, "Cần có nội dung trả lời; liên kết phải là địa chỉ web.")
        return _page(request, {"id": matter_id, "answer": answer, "url": url})
    feedback.answer_feedback(matter_id, answer, url, username_of(request), now())
    messages.success(request, "Đã ghi câu trả lời.")
    return _back(request)


@require_POST
def feedback_close(request: HttpRequest, matter_id: str) -> HttpResponse:
    """Close a matter; new posts about an answered one open it again."""
    _found(request, matter_id)
    feedback.close_feedback(matter_id, username_of(request), now())
    messages.success(request, "Đã đóng.")
    return _back(request)


def _tabs(counts: feedback.FeedbackCounts) -> dict[str, tuple[str, int]]:
    """Return the lists to choose from, each with how many matters stand in it."""
    states = counts.states
    return {
        "": ("Cần trả lời", states["new"] + states["assigned"]),
        _OFTEN: ("Hỏi nhiều, chưa có trả lời chính thức", counts.asked_often),
        **{state: (title, states[state]) for state, title in feedback.STATES.items()},
    }


def _matters(rows: Sequence[Any]) -> list[Matter]:
    known = {story.id: story for story in stories.load_stories([row.matter for row in rows])}
    wanted = {row.pk: row.document_ids[-_SAMPLES:] for row in rows}
    docs = {doc.id: doc for doc in queries.by_ids([i for ids in wanted.values() for i in ids])}
    return [
        _matter(row, known.get(row.matter), [docs[i] for i in wanted[row.pk] if i in docs])
        for row in rows
    ]


def _matter(row: Any, story: Story | None, samples: Sequence[DocumentView]) -> Matter:
    topic = wording.label(wording.TOPIC_LABELS, row.topic or row.matter)
    # Posts have no headline: what one of them says tells more than the sector alone.
    words = " ".join(samples[0].snippet.split()) if samples else ""
    said = f"“{words[:_HEADING].rsplit(' ', 1)[0]}…”" if len(words) > _HEADING else f"“{words}”"
    by_words = said if words else f"Về lĩnh vực {topic.lower()}"
    return Matter(
        row=row,
        title=(story.title if story else "") or by_words,
        story_id=story.id if story else "",
        samples=tuple(samples),
        is_asked_often=feedback.is_asked_often(row),
        is_overdue=feedback.is_overdue(row, now()),
    )


def _sees(reader: Reader, row: Any) -> bool:
    places = (row.place,) if row.place else ()
    return reader.sees(department=row.department, topic=row.topic, places=places)


def _found(request: HttpRequest, matter_id: str) -> Any:
    for row in feedback.feedback(feedback.STATES, _KNOWN):
        if row.pk == matter_id and _sees(request.reader, row):  # type: ignore[attr-defined]
            return row
    raise Http404


def _back(request: HttpRequest) -> HttpResponse:
    """Return to the state and the page of the list from which something was done."""
    place = {name: request.GET[name] for name in ("state", "trang") if request.GET.get(name)}
    return redirect(f"{reverse('feedback')}{f'?{urlencode(place)}' if place else ''}")


def _departments() -> list[str]:
    return [department.name for department in room().profile.departments]
