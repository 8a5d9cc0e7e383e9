"""Silences: what is paused, why, by whom and until when; each ends by itself or earlier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from alerts.mute import Silence
from langnghe import wording
from langnghe.errors import ConfigError
from ledger import rules, silences, stories
from ledger.silences import KnownSilence
from web.forms import PlaceField
from web.reader import Reader, username_of
from web.room import now, room

PAUSES = {"2": "2 giờ", "12": "12 giờ", "24": "1 ngày", "72": "3 ngày", "168": "7 ngày"}
_LONG_PAUSES = {**PAUSES, "336": "14 ngày", "720": "30 ngày"}


@dataclass(frozen=True)
class ShownSilence:
    """A silence as the page shows it: what it is about, in words."""

    known: KnownSilence
    about: str
    story_id: str


class SilenceForm(forms.Form):
    """A pause about a rule, a topic or a place; what is left empty does not narrow it."""

    rule_id = forms.ChoiceField(label="Quy tắc", required=False)
    topic = forms.ChoiceField(
        label="Lĩnh vực",
        required=False,
        choices=[("", "Mọi lĩnh vực"), *wording.TOPIC_LABELS.items()],
    )
    place = PlaceField(
        label="Địa bàn",
        help_text="Tên như trên tin bài, ví dụ: phường Lam Thành. Để trống là mọi địa bàn.",
    )
    hours = forms.TypedChoiceField(
        label="Trong", coerce=int, choices=list(_LONG_PAUSES.items()), initial="24"
    )
    reason = forms.CharField(label="Lý do", max_length=500)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        field = self.fields["rule_id"]
        assert isinstance(field, forms.ChoiceField)
        known = [(rule.id, rule.name) for rule in rules.current_rules()]
        field.choices = [("", "Mọi quy tắc"), *known]


def listing(request: HttpRequest) -> HttpResponse:
    """Show what is paused now and what was lately; pause something more."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    return _page(request, SilenceForm() if "silence-add" in reader.routes else None)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Pause messages about a rule, a topic or a place; what is refused is shown as it was typed."""
    form = SilenceForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    given, moment = form.cleaned_data, now()
    wanted = Silence(
        reason=given["reason"],
        created_by=username_of(request),
        starts_at=moment,
        ends_at=moment + timedelta(hours=given["hours"]),
        rule_id=given["rule_id"],
        topic=given["topic"],
        place=given["place"],
    )
    try:
        silences.silence(wanted, moment)
    except ConfigError:
        form.add_error(None, "Hãy chọn quy tắc, lĩnh vực hoặc địa bàn cần tạm ngưng.")
        return _page(request, form)
    messages.success(request, "Đã tạm ngưng gửi thư; cảnh báo vẫn hiện trong phòng.")
    return redirect("silences")


@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End a pause before its time."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    moment = now()
    if not any(s.known.number == number for s in shown(reader, silences.running_silences(moment))):
        raise Http404
    silences.end_silence(number, username_of(request), moment)
    messages.success(request, "Đã kết thúc tạm ngưng; thư lại được gửi như thường.")
    return redirect("silences")


def _page(request: HttpRequest, form: SilenceForm | None) -> HttpResponse:
    reader: Reader = request.reader  # type: ignore[attr-defined]
    moment = now()
    values = {
        "running": shown(reader, silences.running_silences(moment)),
        "past": shown(reader, silences.past_silences(moment)),
        "form": form,
        "communes": room().profile.communes,
    }
    return render(request, "silences/list.html", values)


def shown(reader: Reader, known: list[KnownSilence]) -> list[ShownSilence]:
    """Return the silences that are this reader's business, in words."""
    names = {rule.id: rule.name for rule in rules.current_rules()}
    wanted = [s.silence.story_id for s in known if s.silence.story_id]
    titles = {story.id: story.title for story in stories.load_stories(wanted)}
    return [
        ShownSilence(s, _about(s.silence, names, titles), _living(s.silence.story_id, titles))
        for s in known
        if _sees(reader, s.silence)
    ]


def _about(silence: Silence, names: dict[str, str], titles: dict[str, str]) -> str:
    story = titles.get(silence.story_id, "đã gộp hoặc đã xóa")
    parts = (
        silence.story_id and f"vụ việc “{story or 'chưa đặt tên'}”",
        silence.rule_id and f"quy tắc “{names.get(silence.rule_id, silence.rule_id)}”",
        silence.topic and f"lĩnh vực {wording.label(wording.TOPIC_LABELS, silence.topic)}",
        silence.place and f"địa bàn {silence.place}",
    )
    said = ", ".join(part for part in parts if part)
    return said[:1].upper() + said[1:]


def _living(story_id: str, titles: dict[str, str]) -> str:
    return story_id if story_id in titles else ""


def _sees(reader: Reader, silence: Silence) -> bool:
    """A limited reader sees the pauses of what is theirs, and of no whole rule."""
    if reader.scope is None:
        return True
    if silence.story_id:
        return reader.sees_story(silence.story_id)
    places = (silence.place,) if silence.place else ()
    return reader.sees(topic=silence.topic, places=places)
