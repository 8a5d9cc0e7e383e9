"""The digest before it leaves: read it, leave stories out, reorder, remark, or hold it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from langnghe.links import RoomLinks
from ledger import digests
from ledger.digest_facts import digest_facts
from ledger.digests import DigestEdits
from reports.digest import StoryFacts
from reports.periods import Period, last_period, next_period
from runtime.digests import digest_times, preview
from web.room import now, room

_REMARK = 1000


@dataclass(frozen=True)
class Line:
    """A story that may stand in the digest; ``place`` is its wanted position, 0 = by weight."""

    facts: StoryFacts
    is_shown: bool
    place: int


def draft(request: HttpRequest) -> HttpResponse:
    """Show and change the draft of the next digest, or of one that is held past its time."""
    offered = open_drafts(now())
    asked = {period.key: period for period in offered}
    key = request.POST.get("ky", "") or request.GET.get("ky", "")
    period = asked.get(key, offered[0])
    if request.method == "POST" and key not in asked:
        messages.error(request, "Bản này đã gửi hoặc đã quá hạn gửi: thay đổi vừa rồi không lưu.")
        return redirect("digest-draft")
    if request.method == "POST":
        edits = _edits(request)
        digests.save_edits(period.key, edits, request.reader.username, now())  # type: ignore[attr-defined]
        messages.success(
            request, "Đã giữ lại, bản này chưa gửi." if edits.is_held else "Đã lưu bản nháp."
        )
        return redirect(f"{reverse('digest-draft')}?{urlencode({'ky': period.key})}")
    digest, _ = preview(room(), period, now())
    edits = digests.edits_of(period.key)
    order = {story_id: n for n, story_id in enumerate(edits.story_order, 1)}
    hidden = set(edits.hidden_story_ids)
    everything = digest_facts(period, room().profile, _links(), now()).stories
    shown = {top.story_id: n for n, top in enumerate(digest.top)}
    lines = [Line(f, f.story.id not in hidden, order.get(f.story.id, 0)) for f in everything]
    lines.sort(key=lambda line: (shown.get(line.facts.story.id, 99), -line.facts.new_count))
    values = {
        "digest": digest,
        "edits": edits,
        "period": period,
        "others": [other for other in offered if other != period],
        "is_late": period.end_at <= now(),
        "lines": lines,
    }
    return render(request, "mails/draft.html", values)


def open_drafts(moment: datetime) -> list[Period]:
    """Return the periods whose digest can still be changed: one held past its time, then the one
    that leaves next."""
    times = digest_times(room().settings)
    held = held_past_its_time(moment)
    return [*([held] if held else []), next_period("daily", moment, times)]


def held_past_its_time(moment: datetime) -> Period | None:
    """Return the daily digest that should have left and waits for its analyst, if there is one."""
    last = last_period("daily", moment, digest_times(room().settings))
    is_held = moment < last.made_until and digests.edits_of(last.key).is_held
    return last if is_held else None


def _edits(request: HttpRequest) -> DigestEdits:
    listed = request.POST.getlist("listed")
    shown = set(request.POST.getlist("shown"))
    places: list[tuple[int, str]] = []
    for story_id in listed:
        wanted = request.POST.get(f"place-{story_id}", "")
        if story_id in shown and wanted.isdecimal() and 0 < int(wanted) < 100:
            places.append((int(wanted), story_id))
    return DigestEdits(
        remark=request.POST.get("remark", "").strip()[:_REMARK],
        story_order=tuple(story_id for _, story_id in sorted(places)),
        hidden_story_ids=tuple(s for s in listed if s not in shown),
        is_held=request.POST.get("act") == "hold",
    )


def _links() -> RoomLinks:
    return RoomLinks(room().settings.room_url)
