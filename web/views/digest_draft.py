"""The digest before it leaves: read it, leave stories out, reorder, remark, or hold it."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from langnghe.links import RoomLinks
from ledger import digests
from ledger.digest_facts import digest_facts
from ledger.digests import DigestEdits, DraftChanged
from reports.digest import AS_WRITTEN, Digest, StoryFacts, StoryWords, TopStory, build_digest
from reports.periods import KINDS, Period, last_period, next_period
from runtime.digests import digest_readers, digest_times, preview
from web.room import now, room

_REMARK, _WORDS = 1000, 300


SOON = timedelta(minutes=45)


@dataclass(frozen=True)
class Written:
    """A top story with what the analyst wrote of it, the machine's words, and what a colleague
    saved meanwhile where it says something else."""

    top: TopStory
    words: StoryWords
    machine: StoryWords
    other: StoryWords


@dataclass(frozen=True)
class Line:
    """A story that may stand in the digest; ``place`` is its wanted position, 0 = by weight."""

    facts: StoryFacts
    is_shown: bool
    place: int


def draft(request: HttpRequest) -> HttpResponse:
    """Show and change the draft of a digest that leaves next, or of one held past its time."""
    offered = open_drafts(now())
    asked = {period.key: period for period in offered}
    key = request.POST.get("ky", "") or request.GET.get("ky", "")
    period = asked.get(key, offered[0])
    if request.method == "POST" and key not in asked:
        messages.error(request, "Bản này đã gửi hoặc đã quá hạn gửi: thay đổi vừa rồi không lưu.")
        return redirect("digest-draft")
    saved = digests.edits_of(period.key)
    if request.method != "POST":
        return _page(request, period, saved, saved, offered)
    edits = _edits(request, saved)
    machine = _machine_words(preview(room(), period, now())[0], saved)
    actor = request.reader.username  # type: ignore[attr-defined]
    began_from = request.POST.get("ban")
    try:
        digests.save_edits(period.key, edits, actor, now(), machine, began_from)
    except DraftChanged:
        return _page(request, period, edits, digests.edits_of(period.key), offered)
    messages.success(
        request, "Đã giữ lại, bản này chưa gửi." if edits.is_held else "Đã lưu bản nháp."
    )
    return redirect(f"{reverse('digest-draft')}?{urlencode({'ky': period.key})}")


def _page(
    request: HttpRequest,
    period: Period,
    edits: DigestEdits,
    saved: DigestEdits,
    offered: list[Period],
) -> HttpResponse:
    """Show ``edits`` of a draft; where a colleague ``saved`` others meanwhile, theirs beside."""
    digest, _ = preview(room(), period, now(), edits=edits)
    machine = _machine_words(digest, edits)
    order = {story_id: n for n, story_id in enumerate(edits.story_order, 1)}
    hidden = set(edits.hidden_story_ids)
    everything = digest_facts(period, room().profile, _links(), now()).stories
    shown = {top.story_id: n for n, top in enumerate(digest.top)}
    lines = [Line(f, f.story.id not in hidden, order.get(f.story.id, 0)) for f in everything]
    lines.sort(key=lambda line: (shown.get(line.facts.story.id, 99), -line.facts.new_count))
    values = {
        "digest": digest,
        "edits": edits,
        "saved": saved,
        "is_conflict": edits is not saved,
        "period": period,
        "others": [other for other in offered if other != period],
        "is_late": period.end_at <= now(),
        "lines": lines,
        "written": [_written(top, edits, saved, machine[top.story_id]) for top in digest.top],
        "unshown": _unshown(digest, edits, saved),
        "longest": _WORDS,
    }
    return render(request, "mails/draft.html", values)


def _written(top: TopStory, edits: DigestEdits, saved: DigestEdits, machine: StoryWords) -> Written:
    mine = edits.words.get(top.story_id, AS_WRITTEN)
    theirs = saved.words.get(top.story_id, AS_WRITTEN)
    other = [t if t != m else "" for m, t in zip(astuple(mine), astuple(theirs), strict=True)]
    return Written(top, mine, machine, StoryWords(*other))


def _unshown(digest: Digest, edits: DigestEdits, saved: DigestEdits) -> dict[str, StoryWords]:
    """Return unsaved words of stories that have left the top since they were written: the form
    carries them, so that saving again loses none."""
    shown = {top.story_id for top in digest.top}
    return {
        story_id: words
        for story_id, words in edits.words.items()
        if story_id not in shown and words != saved.words.get(story_id, AS_WRITTEN)
    }


def open_drafts(moment: datetime) -> list[Period]:
    """Return the periods whose digest can still be changed: those held past their time, then the
    next of each kind that somebody gets, the first to leave first; the daily one always stands.

    A digest whose period has not begun has no draft yet.
    """
    times = digest_times(room().settings)
    wanted = {"daily"}.union(*(reader.kinds for reader in digest_readers(room())))
    coming = [next_period(kind, moment, times) for kind in KINDS if kind in wanted]
    begun = [period for period in coming if period.start_at <= moment]
    return [*held_past_their_time(moment), *sorted(begun, key=lambda period: period.end_at)]


def drafts_that_leave_soon(moment: datetime) -> list[Period]:
    """Return the digests that leave by themselves within SOON, unless somebody holds them."""
    return [
        period
        for period in open_drafts(moment)
        if timedelta() < period.end_at - moment <= SOON and not digests.edits_of(period.key).is_held
    ]


def held_past_their_time(moment: datetime) -> list[Period]:
    """Return the digests that should have left and wait for their analyst."""
    times = digest_times(room().settings)
    last = [last_period(kind, moment, times) for kind in KINDS]
    return [p for p in last if moment < p.made_until and digests.edits_of(p.key).is_held]


def _machine_words(digest: Digest, edits: DigestEdits) -> dict[str, StoryWords]:
    """Return the words of the top stories as the machine puts them."""
    top = build_digest(digest.facts, story_order=edits.story_order).top
    return {story.story_id: StoryWords("", story.why, story.action) for story in top}


def _edits(request: HttpRequest, before: DigestEdits) -> DigestEdits:
    """Return what the form asks for; the words of stories that it does not show stay."""
    words = dict(before.words)
    for story_id in request.POST.getlist("written"):
        given = [" ".join(request.POST.get(f"{f}-{story_id}", "").split()) for f in digests.FIELDS]
        words[story_id] = StoryWords(*(text[:_WORDS] for text in given))
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
        words=words,
    )


def _links() -> RoomLinks:
    return RoomLinks(room().settings.room_url)
