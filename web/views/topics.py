"""The office's own topics: made, renamed, changed and retired in the room."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from langnghe.errors import QueryError
from langnghe.profile import OwnTopic
from langnghe.query import parse
from ledger import topics
from ledger.topics import LONGEST_NAME, LONGEST_QUERY, TopicError
from web.reader import username_of
from web.room import now, room


class TopicForm(forms.Form):
    """A name and a query of the query language."""

    name = forms.CharField(label="Tên chủ đề", max_length=LONGEST_NAME)
    query = forms.CharField(
        label="Câu tìm",
        max_length=LONGEST_QUERY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Viết như ở ô tìm của trang Tin bài; thử ở đó trước rồi chép sang.",
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_query(self) -> str:
        query = " ".join(str(self.cleaned_data["query"]).split())
        try:
            parse(query)
        except QueryError as error:
            hint = error.hint or str(error)
            raise forms.ValidationError(
                f"Câu tìm chưa đúng ở chữ thứ {error.position + 1}: {hint}"
            ) from error
        return query


def listing(request: HttpRequest) -> HttpResponse:
    """Show every topic, and the form; ``?chu-de=`` fills it with one to change."""
    profile = room().profile
    known = topics.known_topics(profile)
    before = request.GET.get("chu-de", "")
    chosen = next((k.topic for k in known if k.topic.name == before), None)
    if before and chosen is None:
        raise Http404
    start = {"name": chosen.name, "query": chosen.query} if chosen else {}
    start.setdefault("query", request.GET.get("cau", ""))
    form = TopicForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        topic = OwnTopic(form.cleaned_data["name"], form.cleaned_data["query"])
        try:
            topics.save_topic(topic, username_of(request), now(), profile, before=before)
        except TopicError:
            form.add_error("name", "Đã có chủ đề tên này.")
        else:
            messages.success(request, f"Đã lưu chủ đề “{topic.name}”.")
            return redirect("own-topics")
    values = {"known": known, "form": form, "changed": chosen}
    return render(request, "topics/list.html", values)


@require_POST
def retire(request: HttpRequest) -> HttpResponse:
    """Show a topic no longer, or again."""
    is_retired = request.POST.get("on") != "1"
    name = request.POST.get("name", "")
    try:
        topics.retire_topic(
            name, username_of(request), now(), room().profile, is_retired=is_retired
        )
    except TopicError as error:
        raise Http404 from error
    messages.success(
        request, "Đã thôi dùng; có thể dùng lại bất cứ lúc nào." if is_retired else "Đã dùng lại."
    )
    return redirect("own-topics")
