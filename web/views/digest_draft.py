"""The digest before it leaves: read it, leave stories out, reorder, remark, or hold it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from langnghe.links import RoomLinks
from ledger import digests
from ledger.digest_facts import digest_facts
from ledger.digests import DigestEdits
from reports.digest import StoryFacts
from reports.periods import Period
from reports.periods import next_period as next_of
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
    """Show and change the draft of the next digest."""
    period = next_period(now())
    if request.method == "POST":
        edits = _edits(request)
        digests.save_edits(period.key, edits, request.reader.username, now())  # type: ignore[attr-defined]
        messages.success(
            request, "Đã giữ lại, bản này chưa gửi." if edits.is_held else "Đã lưu bản nháp."
        )
        return redirect("digest-draft")
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
        "lines": lines,
    }
    return render(request, "mails/draft.html", values)


def next_period(moment: datetime) -> Period:
    """Return the period of the digest that leaves next."""
    return next_of("daily", moment, digest_times(room().settings))


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
