"""Moving one document to the story where it belongs: search, one click, and a way back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from langnghe.errors import QueryError
from langnghe.scope import Scope
from langnghe.story import Story
from ledger import queries, stories
from ledger.queries import DocumentFilter
from ledger.stories import StoryFilter, UnknownStory
from web.listing import Wanted, list_documents
from web.reader import Reader
from web.room import now, room

_FOUND, _OFFERED = 100, 12


def move(request: HttpRequest, story_id: str, document_id: str) -> HttpResponse:
    """Find where a document belongs and put it there; ``into`` "" makes a story of its own."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    story, doc = _seen(reader.scope, story_id, document_id)
    if request.method == "POST":
        return _moved(request, reader, story, document_id)
    asked = " ".join(request.GET.get("q", "").split())
    values = {"story": story, "doc": doc, "asked": asked, "found": (), "mistake": ""}
    try:
        values["found"] = _targets(reader, story, asked)
    except QueryError as error:
        values["mistake"] = error.hint or str(error)
    return render(request, "stories/move.html", values)


@require_POST
def undo(request: HttpRequest, document_id: str) -> HttpResponse:
    """Put a document back into the story from which a person took it, if it is still there."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    if not reader.seen_documents([document_id]):
        raise Http404
    try:
        back = stories.undo_move(document_id, request.POST.get("tu", ""), reader.username, now())
    except UnknownStory:
        messages.info(request, "Tin không còn ở nơi vừa chuyển tới: không có gì để hoàn tác.")
        return redirect("document", document_id)
    messages.success(request, "Đã đưa tin trở lại.")
    return redirect("story", back)


def _moved(request: HttpRequest, reader: Reader, story: Story, document_id: str) -> HttpResponse:
    into = request.POST.get("into", "").strip().rstrip("/").rsplit("/", 1)[-1]
    try:
        if into:
            if not reader.sees_story(stories.story(into).id):
                raise UnknownStory(f"unknown story {into!r}")
            stories.move(document_id, into, reader.username, now())
        else:
            stories.split(story.id, [document_id], reader.username, now())
    except UnknownStory:
        messages.error(request, "Không chuyển được: không có vụ việc ấy, hoặc tin đã đứng riêng.")
        return redirect("story-move", story.id, document_id)
    return redirect(f"{reverse('story', args=[story.id])}?chuyen={document_id}")


def _targets(reader: Reader, story: Story, asked: str) -> list[Story]:
    """Return where a document may go: what a search finds, else related and recent stories."""
    if asked:
        wanted = Wanted(q=asked)
        page = list_documents(wanted, reader.scope, room().store, now(), limit=_FOUND)
        ids = list(dict.fromkeys(row.doc.story_id for row in page.rows if row.doc.story_id))
    else:
        ids = list(story.related_ids)
        moving = StoryFilter(min_documents=2, scope=reader.scope)
        page_of_stories = stories.stories(moving, limit=_OFFERED)
        ids += [other.id for other in page_of_stories.stories]
    found = stories.load_stories([i for i in ids if i != story.id])
    return [other for other in found if reader.sees_story(other.id)][:_OFFERED]


def _seen(
    scope: Scope | None, story_id: str, document_id: str
) -> tuple[Story, queries.DocumentView]:
    """Return the story and its document; not found for whoever may not see them."""
    try:
        story = stories.story(story_id)
    except UnknownStory as error:
        raise Http404 from error
    wanted = DocumentFilter(ids=(document_id,), story_ids=(story.id,), scope=scope)
    found = queries.newest(1, wanted=wanted).documents
    if not found:
        raise Http404
    return story, found[0]
