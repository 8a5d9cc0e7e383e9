"""Which digests somebody gets, and of what: chosen by oneself, or by an administrator."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from langnghe import wording
from langnghe.scope import scope_of
from ledger import digests, users
from ledger.digests import DigestChoice
from ledger.users import Member
from reports.periods import KINDS, DigestTimes
from runtime.digests import choice_by_role, digest_times
from web.forms import DigestChoiceForm
from web.room import now, room

_DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def mine(request: HttpRequest) -> HttpResponse:
    """Show and change one's own digests."""
    return _choose(request, request.reader.username, "digests")  # type: ignore[attr-defined]


@never_cache
def of_user(request: HttpRequest, username: str) -> HttpResponse:
    """Show and change a colleague's digests."""
    return _choose(request, username, "users")


def _choose(request: HttpRequest, username: str, back: str) -> HttpResponse:
    member = next((m for m in users.members() if m.username == username), None)
    if member is None:
        raise Http404
    form = _form(request, member)
    if request.method == "POST" and form.is_valid():
        chosen = DigestChoice(
            kinds=tuple(form.cleaned_data["kinds"]),
            topics=tuple(form.cleaned_data["topics"]),
            places=tuple(form.cleaned_data["places"]),
        )
        actor = request.reader.username  # type: ignore[attr-defined]
        digests.save_choice(username, chosen, actor, now())
        messages.success(request, "Đã lưu. Bản điểm tin kế tiếp sẽ theo lựa chọn này.")
        return redirect(request.path)
    values = {"member": member, "form": form, "back": back, "is_admin_page": back == "users"}
    return render(request, "mails/choice.html", values)


def _form(request: HttpRequest, member: Member) -> DigestChoiceForm:
    profile = room().profile
    limit = scope_of(member.departments, member.communes, profile)
    topics = limit.topics if limit else tuple(wording.TOPIC_LABELS)
    known = digests.choices().get(member.username) or choice_by_role(member)
    return DigestChoiceForm(
        request.POST or None,
        initial={"kinds": known.kinds, "topics": known.topics, "places": known.places},
        kinds=_kinds(digest_times(room().settings)),
        topics=[(topic, wording.label(wording.TOPIC_LABELS, topic)) for topic in topics],
        places=limit.places if limit else profile.communes,
    )


def _kinds(times: DigestTimes) -> list[tuple[str, str]]:
    at = f"{times.hour:02}:{times.minute:02}"
    when = {
        "daily": at,
        "noon": f"{times.noon_hour:02}:00",
        "evening": f"{times.evening_hour:02}:00",
        "weekly": f"{_DAYS[times.weekday]}, {at}",
    }
    return [(kind, f"{KINDS[kind].name} ({when[kind]})") for kind in KINDS]
