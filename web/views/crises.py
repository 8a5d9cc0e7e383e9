"""Declared crises: what is declared, by whom, until when; what stands under one; its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from alerts.declared import DeclaredCrisis
from langnghe import wording
from langnghe.clock import to_local
from langnghe.errors import ConfigError, QueryError
from langnghe.query import parse
from ledger import alerts, crises, queries, stories
from ledger.crises import KnownCrisis
from ledger.stories import UnknownStory
from nlp.places.typed import TypedPlace, typed_place
from web.forms import PlaceField
from web.reader import Reader, username_of
from web.room import now, room
from web.views.alerts import EVENTS
from web.views.board import crises_of, seen_of

_LENGTHS = {
    "6": "6 giờ", "12": "12 giờ", "24": "1 ngày", "48": "2 ngày", "72": "3 ngày",
    "168": "7 ngày", "336": "14 ngày",
}  # fmt: skip
_REPEATS = {"1": "1 giờ", "2": "2 giờ", "4": "4 giờ", "8": "8 giờ", "24": "1 ngày"}


class CrisisForm(forms.Form):
    """A crisis: what happened, why it is one, what belongs to it, until when."""

    title = forms.CharField(label="Khủng hoảng gì", max_length=200)
    reason = forms.CharField(
        label="Vì sao khai báo", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    stories = forms.MultipleChoiceField(
        label="Gồm các vụ việc", required=False, widget=forms.CheckboxSelectMultiple
    )
    topic = forms.ChoiceField(
        label="và mọi vụ việc thuộc lĩnh vực",
        required=False,
        choices=[("", "Không chọn"), *wording.TOPIC_LABELS.items()],
    )
    place = PlaceField(
        label="và ở địa bàn", help_text="Tên như trên tin bài, ví dụ: phường Lam Thành."
    )
    query = forms.CharField(
        label="và khớp câu tìm",
        required=False,
        max_length=500,
        help_text="Viết như ở ô tìm tin bài. Chọn nhiều ô thì vụ việc phải khớp tất cả các ô ấy.",
    )
    hours = forms.TypedChoiceField(
        label="Tự hết hạn sau", coerce=int, choices=list(_LENGTHS.items()), initial="48"
    )
    repeat_hours = forms.TypedChoiceField(
        label="Có diễn biến thì báo lại sau mỗi",
        coerce=int,
        choices=list(_REPEATS.items()),
        initial="4",
    )

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stories"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = offered
        if not offered:
            del self.fields["stories"]

    def clean_query(self) -> str:
        query = str(self.cleaned_data["query"]).strip()
        try:
            parse(query)
        except QueryError as error:
            raise forms.ValidationError(f"Câu tìm chưa đúng: {error.hint or error}") from error
        return query

    def clean(self) -> dict[str, Any]:
        values = {"stories": [], **(super().clean() or {})}
        if not self.errors and not any(
            values[name] for name in ("stories", "topic", "place", "query")
        ):
            raise forms.ValidationError("Hãy chọn vụ việc, lĩnh vực, địa bàn hoặc câu tìm.")
        return values


class PlaceForm(forms.Form):
    """The place that was meant by one that nobody knows."""

    place = PlaceField(label="Địa bàn đúng", help_text="Đủ cấp và tên.", is_required=True)


def listing(request: HttpRequest) -> HttpResponse:
    """Show the running and the past crises, and the form to declare one from a story or alert."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    past = [known for each in crises.past_crises(now()) if (known := seen_of(reader, each))]
    form = None
    if "crisis-declare" in reader.routes:
        form = _form(request, *_asked_story(request))
    return _page(request, past, form)


@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """Declare a crisis: from now on it speaks for the alerts under it."""
    form = _form(request)
    if not form.is_valid():
        return _page(request, [], form)
    given, moment = form.cleaned_data, now()
    wanted = DeclaredCrisis(
        title=given["title"],
        reason=given["reason"],
        declared_by=username_of(request),
        declared_at=moment,
        ends_at=moment + timedelta(hours=given["hours"]),
        story_ids=tuple(given["stories"]),
        query=given["query"],
        topic=given["topic"],
        place=given["place"],
        repeat_hours=given["repeat_hours"],
    )
    try:
        number = crises.declare(wanted, moment)
    except ConfigError:
        messages.error(request, "Khủng hoảng cần có tên, lý do, phạm vi và thời hạn.")
        return redirect("crises")
    messages.success(request, "Đã khai báo. Thư báo được gửi trong vòng nửa phút.")
    return redirect("crisis", number)


def crisis(request: HttpRequest, number: int) -> HttpResponse:
    """Show one crisis: what it covers, what it speaks for, what happened."""
    known = _seen(request, number)
    reader: Reader = request.reader  # type: ignore[attr-defined]
    named = stories.load_stories([_living(story_id) for story_id in known.crisis.story_ids])
    covered = [story for story in named if reader.sees_story(story.id)]
    meant = place_meant(known)
    may_cover = known.is_running and "crisis-cover" in reader.routes
    under = [child.id for child in known.children]
    values = {
        "known": known,
        "crisis": known.crisis,
        "own": queries.alert_view(known.alert_id),
        "children": queries.alert_views(ids=under, limit=len(under)),
        "covered": covered,
        "topic": wording.TOPIC_LABELS.get(known.crisis.topic, ""),
        "events": [(EVENTS.get(e.kind, e.kind), e) for e in alerts.events(known.alert_id)],
        "candidates": _offered({story.id for story in covered}) if may_cover else [],
        "lengths": _LENGTHS,
        "meant": meant,
        "place_form": PlaceForm(initial={"place": (meant.nearest or ("",))[0]}) if meant else None,
        "communes": room().profile.communes,
    }
    return render(request, "crises/detail.html", values)


@require_POST
def cover(request: HttpRequest, number: int) -> HttpResponse:
    """Take one more story under the crisis."""
    _seen(request, number)
    try:
        story = stories.story(request.POST.get("story", ""))
        crises.cover_story(number, story.id, username_of(request), now())
    except (UnknownStory, ConfigError):
        messages.error(request, "Hãy chọn một vụ việc; khủng hoảng phải còn đang mở.")
    else:
        messages.success(request, f"Đã đưa vào khủng hoảng: {story.title}")
    return redirect("crisis", number)


@require_POST
def correct_place(request: HttpRequest, number: int) -> HttpResponse:
    """Give the crisis the place that was meant."""
    _seen(request, number)
    form = PlaceForm(request.POST)
    try:
        if not form.is_valid():
            raise ConfigError("crisis: no known place")
        place = form.cleaned_data["place"]
        crises.correct_place(number, place, username_of(request), now())
    except ConfigError:
        wrong = form.errors.get("place", ["Khủng hoảng này đã kết thúc."])
        messages.error(request, str(wrong[0]))
    else:
        messages.success(request, f"Địa bàn nay là {place}; cảnh báo ở đó được gộp vào.")
    return redirect("crisis", number)


def place_meant(known: KnownCrisis) -> TypedPlace | None:
    """Return the names that may be meant by the place of a running crisis that no document gives
    it; None where documents do."""
    if not (known.is_running and known.crisis.place):
        return None
    found = typed_place(known.crisis.place, room().profile)
    if known.crisis.place in (found.name, *found.nearest):
        return None
    return TypedPlace("", (found.name,)) if found.name else found


@require_POST
def prolong(request: HttpRequest, number: int) -> HttpResponse:
    """Let the crisis last for so many hours from now."""
    _seen(request, number)
    hours, moment = request.POST.get("hours", ""), now()
    try:
        if hours not in _LENGTHS:
            raise ConfigError("crisis: unknown length")
        ends_at = moment + timedelta(hours=int(hours))
        crises.prolong(number, ends_at, username_of(request), moment)
    except ConfigError:
        messages.error(request, "Khủng hoảng này đã kết thúc, hoặc chưa chọn thời hạn.")
    else:
        messages.success(request, f"Khủng hoảng tự hết hạn lúc {_said(ends_at)}.")
    return redirect("crisis", number)


@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End the crisis now; what it held is told of."""
    _seen(request, number)
    if crises.end(number, username_of(request), now()):
        messages.success(
            request, "Đã kết thúc. Thư tổng kết các cảnh báo đã gộp được gửi trong vòng nửa phút."
        )
    else:
        messages.info(request, "Khủng hoảng này đã kết thúc trước đó.")
    return redirect("crisis", number)


def _page(request: HttpRequest, past: list[KnownCrisis], form: CrisisForm | None) -> HttpResponse:
    reader: Reader = request.reader  # type: ignore[attr-defined]
    running = crises_of(reader)
    values = {
        "running": running,
        "misplaced": {known.number for known in running if place_meant(known)},
        "past": past,
        "form": form,
        "communes": room().profile.communes,
    }
    return render(request, "crises/list.html", values)


def _form(request: HttpRequest, story_id: str = "", title: str = "") -> CrisisForm:
    """Return the form with the moving stories to choose from, ``story_id`` chosen and first."""
    offered = _offered(set())
    if story_id:
        offered = [(story_id, title), *(choice for choice in offered if choice[0] != story_id)]
    chosen = request.POST.getlist("stories")
    known = stories.load_stories([i for i in chosen if i not in dict(offered)])
    offered += [(story.id, story.title) for story in known]
    initial = {"title": title, "stories": [story_id] if story_id else []}
    return CrisisForm(request.POST or None, offered=offered, initial=initial)


def _offered(without: set[str]) -> list[tuple[str, str]]:
    """Return the stories with an alert that is not closed, as choices by their own title."""
    views = queries.alert_views(states=("open", "acknowledged"), limit=60)
    titles = {v.alert.story_id: v.alert.title for v in views}
    known = {story.id for story in stories.load_stories(list(titles))}
    lives = {i if i in known else _living(i): title for i, title in titles.items() if i}
    found = stories.load_stories([story_id for story_id in lives if story_id not in without])
    return [(story.id, story.title or lives[story.id]) for story in found][:20]


def _asked_story(request: HttpRequest) -> tuple[str, str]:
    view = queries.alert_view(request.GET.get("canh_bao", "")[:40])
    wanted = view.alert.story_id if view else request.GET.get("vu_viec", "")
    try:
        found = stories.story(wanted)
    except UnknownStory:
        return "", view.alert.title if view else ""
    return found.id, found.title


def _living(story_id: str) -> str:
    try:
        return stories.story(story_id).id
    except UnknownStory:
        return story_id


def _seen(request: HttpRequest, number: int) -> KnownCrisis:
    known = crises.crisis(number, now())
    seen = seen_of(request.reader, known) if known else None  # type: ignore[attr-defined]
    if seen is None:
        raise Http404
    return seen


def _said(moment: datetime) -> str:
    return f"{to_local(moment):%H:%M %d/%m}"
