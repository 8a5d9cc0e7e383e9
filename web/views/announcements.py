"""The register of our own announcements: who carried them, and what became of corrections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from alerts.model import Rule, RuleType
from langnghe.claim import FactCheck
from langnghe.clock import local_day_bounds, to_local, to_utc
from langnghe.story import Story
from langnghe.url import is_web_url
from ledger import announcements, claims, clocks, queries, rules, stories
from ledger.announcements import AnnouncementCoverage, RegisteredAnnouncement
from web.reader import Reader
from web.room import now

_PAGE = 20
_SHOWN = 10
_LOCAL_INPUT = "%Y-%m-%dT%H:%M"


class AnnouncementForm(forms.Form):
    """A line of the register."""

    title = forms.CharField(label="Tên thông báo", max_length=300)
    published_at = forms.DateTimeField(
        label="Công bố lúc",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL_INPUT),
        input_formats=[_LOCAL_INPUT],
    )
    phrases = forms.CharField(
        label="Thông điệp chính",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text="Mỗi dòng một cụm từ mà bài báo đưa lại sẽ có trong tiêu đề hoặc sapo, ví dụ: "
        "“cấp nước trở lại”. Không phân biệt chữ hoa, chữ thường.",
    )
    url = forms.CharField(label="Liên kết tới thông báo", required=False, max_length=2000)
    expects_coverage = forms.BooleanField(
        label="Mong báo chí đưa tin",
        required=False,
        initial=True,
        help_text="Chưa báo nào đưa thì quy tắc “Thông báo không được đưa tin” sẽ báo.",
    )

    def clean_phrases(self) -> list[str]:
        phrases = [line.strip() for line in self.cleaned_data["phrases"].splitlines()]
        found = [phrase for phrase in phrases if phrase]
        if any(len(phrase) < 4 for phrase in found):
            raise forms.ValidationError("Cụm từ quá ngắn, sẽ trùng với tin không liên quan.")
        return found

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        if url and not is_web_url(url):
            raise forms.ValidationError("Liên kết phải là địa chỉ web (https://…).")
        return url

    def clean_published_at(self) -> datetime:
        published_at = to_utc(self.cleaned_data["published_at"])
        if published_at > now():
            raise forms.ValidationError("Lúc này chưa tới; hãy ghi sau khi công bố.")
        return published_at


@dataclass(frozen=True)
class Origin:
    """What an announcement answers, as the address of the form says."""

    fact_check_id: str = ""
    clock_number: int | None = None
    story_id: str = ""


def listing(request: HttpRequest) -> HttpResponse:
    """Show the register with who carried what, and which rule watches it."""
    only_corrections = request.GET.get("loai") == "dinh-chinh"
    page = int(request.GET.get("trang", "")) if request.GET.get("trang", "").isdecimal() else 0
    found = announcements.announcements(
        _PAGE + 1, min(page, 10_000) * _PAGE, only_corrections=only_corrections
    )
    watching, scope = _watching(), _reader(request).scope
    rows = [
        (known, coverage, _watch_sentence(known, coverage, watching))
        for known in found[:_PAGE]
        for coverage in [announcements.coverage(known.number, scope)]
    ]
    values = {
        "rows": rows,
        "only_corrections": only_corrections,
        "is_watched": bool(watching),
        "next": page + 1 if len(found) > _PAGE else None,
    }
    return render(request, "announcements/list.html", values)


def announcement(request: HttpRequest, number: int) -> HttpResponse:
    """Show one announcement: coverage by outlet, by message, and the claim that still stands."""
    known, scope = _found(number), _reader(request).scope
    coverage = announcements.coverage(number, scope)
    values: dict[str, Any] = {
        "known": known,
        "coverage": coverage,
        "watch": _watch_sentence(known, coverage, _watching()),
        "documents": {
            doc.id: doc
            for doc in queries.by_ids([i for o in coverage.outlets for i in o.document_ids])
        },
        "posts": queries.by_ids(coverage.post_ids[:_SHOWN]),
        "followed": None,
        "may_change": _may_change(_reader(request), known),
    }
    if known.story_id:
        values["story"] = next(iter(_seen_stories(request, known.story_id)), None)
    if known.fact_check_id:
        followed = announcements.follow_correction(number, scope)
        values["followed"] = followed
        values["claims"] = queries.by_ids(followed.claim_ids)
        values["check"] = next(iter(_checks(known.fact_check_id)), None)
    return render(request, "announcements/detail.html", values)


def new(request: HttpRequest) -> HttpResponse:
    """Register an announcement; ``?dinh-chinh=`` or ``?dong-ho=`` say what it answers."""
    origin, initial = _origin(request)
    form = AnnouncementForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        number = announcements.add_announcement(
            given["title"],
            given["published_at"],
            given["phrases"],
            _reader(request).username,
            now(),
            url=given["url"],
            fact_check_id=origin.fact_check_id,
            story_id=origin.story_id,
            clock_number=origin.clock_number,
            expects_coverage=given["expects_coverage"],
        )
        messages.success(request, "Đã ghi vào sổ; phòng bắt đầu theo dõi báo nào đưa.")
        return redirect("announcement", number)
    return render(request, "announcements/edit.html", {"form": form, "origin": origin})


def change(request: HttpRequest, number: int) -> HttpResponse:
    """Correct a line of the register."""
    known = _own(request, number)
    initial = {
        "title": known.title,
        "published_at": to_local(known.published_at),
        "phrases": "\n".join(known.phrases),
        "url": known.url,
        "expects_coverage": known.expects_coverage,
    }
    form = AnnouncementForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        announcements.change_announcement(
            number,
            given["title"],
            given["published_at"],
            given["phrases"],
            _reader(request).username,
            now(),
            url=given["url"],
            expects_coverage=given["expects_coverage"],
        )
        messages.success(request, "Đã sửa.")
        return redirect("announcement", number)
    return render(request, "announcements/edit.html", {"form": form, "known": known})


@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a line off the register."""
    _own(request, number)
    announcements.remove_announcement(number, _reader(request).username, now())
    messages.success(request, "Đã bỏ khỏi sổ; nhật ký vẫn giữ tên thông báo.")
    return redirect("announcements")


def _origin(request: HttpRequest) -> tuple[Origin, dict[str, Any]]:
    """Return what is answered and what is known of it; an unknown one is not found."""
    check_id, clock = request.GET.get("dinh-chinh", ""), request.GET.get("dong-ho", "")
    if check_id:
        return _from_fact_check(check_id)
    if clock.isdecimal():
        return _from_statement(request, int(clock))
    story = next(iter(_seen_stories(request, request.GET.get("vu-viec", ""))), None)
    origin = Origin(story_id=story.id if story else "")
    return origin, {"published_at": to_local(now()), "expects_coverage": True}


def _from_fact_check(check_id: str) -> tuple[Origin, dict[str, Any]]:
    for check in _checks(check_id):
        initial = {
            "title": check.correction[:300],
            "url": check.url,
            "published_at": to_local(local_day_bounds(check.dated)[0]),
            "expects_coverage": True,
        }
        return Origin(fact_check_id=check.id), initial
    raise Http404


def _from_statement(request: HttpRequest, number: int) -> tuple[Origin, dict[str, Any]]:
    try:
        clock = clocks.stopped_clock(number)
    except LookupError as error:
        raise Http404 from error
    if not _reader(request).sees(department=clock.department):
        raise Http404
    initial = {
        "title": clock.title,
        "url": clock.statement_url,
        "published_at": to_local(clock.stopped_at),
        "expects_coverage": True,
    }
    return Origin(clock_number=number, story_id=clock.story_id), initial


def _checks(check_id: str) -> Iterable[FactCheck]:
    return (c for c in claims.load_fact_checks(only_approved=False) if c.id == check_id)


def _seen_stories(request: HttpRequest, story_id: str) -> Iterable[Story]:
    for story in stories.load_stories([story_id]) if story_id else ():
        if _reader(request).sees_story(story.id):
            yield story


def _watching() -> list[Rule]:
    return [r for r in rules.current_rules() if r.type is RuleType.ABSENCE and r.is_enabled]


def _watch_sentence(
    known: RegisteredAnnouncement, coverage: AnnouncementCoverage, watching: list[Rule]
) -> str:
    """Return which rule of absence watches the announcement, and what it will do or did."""
    if not known.expects_coverage:
        return "Không theo dõi việc báo chí có đưa hay không."
    if not watching:
        return "Chưa có quy tắc nào theo dõi: quy tắc “Thông báo không được đưa tin” đang tắt."
    rule = min(watching, key=lambda rule: rule.number("hours", 24))
    due_at = known.published_at + timedelta(hours=rule.number("hours", 24))
    said = f"{to_local(due_at):%H:%M %d/%m}"
    if coverage.outlets:
        return f"Quy tắc “{rule.name}” theo dõi; đã có báo đưa."
    if due_at > now():
        return f"Quy tắc “{rule.name}” sẽ báo lúc {said} nếu chưa báo nào đưa."
    if due_at + timedelta(hours=rule.window_hours) > now():
        return f"Quy tắc “{rule.name}” báo từ {said}: chưa báo nào đưa."
    return "Đã quá hạn theo dõi mà chưa báo nào đưa."


def _found(number: int) -> RegisteredAnnouncement:
    try:
        return announcements.announcement(number)
    except LookupError as error:
        raise Http404 from error


def _own(request: HttpRequest, number: int) -> RegisteredAnnouncement:
    """Return a line that this reader may change: a limited one only what they registered."""
    known, reader = _found(number), _reader(request)
    if not _may_change(reader, known):
        raise Http404
    return known


def _may_change(reader: Reader, known: RegisteredAnnouncement) -> bool:
    return reader.scope is None or known.added_by == reader.username


def _reader(request: HttpRequest) -> Reader:
    reader: Reader = request.reader  # type: ignore[attr-defined]
    return reader
