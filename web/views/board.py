"""The monitoring room: what needs a person now, what moves, what came in, what is not well."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from indexer.store import INDEX_VERSION
from langnghe.clock import to_local
from langnghe.errors import LangNgheError
from langnghe.story import Story
from ledger import audit, crises, deliveries, queries, stories
from ledger.crises import KnownCrisis
from ledger.queries import AlertView, DocumentFilter
from ledger.stories import StoryFilter
from runtime.health import index_gap
from runtime.people import reachable_people
from runtime.process import PROCESS_NAMES, silent_processes
from web import sample_day
from web.reader import Reader, hang_on_wall, is_wall
from web.room import now, room
from web.views.digest_draft import held_past_their_time
from web.views.duty import on_duty

_MOVING_SPAN = timedelta(hours=24)
_ALERTS, _STORIES, _DOCUMENTS = 5, 8, 25
_CONSIDERED = 60
_LONG_QUEUE = 500
_REINDEX = "Báo quản trị chạy: langnghe reindex."


@dataclass(frozen=True)
class Banner:
    """Something that is not well: what, and what to do."""

    sentence: str
    url: str = ""


def room_page(request: HttpRequest) -> HttpResponse:
    """Show the whole board; ``?man-hinh=1`` makes it readable from across a room."""
    is_large = is_wall(request) or request.GET.get("man-hinh") == "1"
    values = {**_board(request.reader), "is_wall": is_large, "is_hung": is_wall(request)}  # type: ignore[attr-defined]
    return render(request, "board/room.html", values)


@require_POST
def wall(request: HttpRequest) -> HttpResponse:
    """Hang this browser on the wall: the board stays, whatever else this person may do does not."""
    hang_on_wall(request)
    audit.record(request.reader.username, "wall.hang", "", now())  # type: ignore[attr-defined]
    return redirect("room")


def board(request: HttpRequest) -> HttpResponse:
    """Give only the board's content, for the page that renews itself."""
    response = render(request, "board/board.html", _board(request.reader))  # type: ignore[attr-defined]
    response["Cache-Control"] = "no-store"
    return response


def sample(request: HttpRequest) -> HttpResponse:
    """Start the sample day in a room of its own, and lead there once it is open."""
    settings = room().settings
    if not sample_day.can_offer(settings):
        raise Http404
    if request.method == "POST":
        sample_day.begin(settings)
        return redirect("sample-day")
    return render(request, "board/sample.html", {"day": sample_day.look(settings)})


def _board(reader: Reader) -> dict[str, Any]:
    moment = now()
    counters = queries.counters()
    running = crises_of(reader)
    waiting = open_alerts(reader, running)
    return {
        "counters": counters,
        "is_empty": counters.collected == 0,
        "has_sample": sample_day.can_offer(room().settings),
        "banners": _banners(reader, counters),
        "coverage": queries.coverage(moment),
        "crises": running,
        "open_alerts": waiting[:_ALERTS],
        "open_count": sum(not view.alert.is_drill for view in waiting),
        "open_rest": max(len(waiting) - _ALERTS, 0),
        "on_duty": [row for row in on_duty(reachable_people(room())) if row.people],
        "stories": _moving(reader),
        "documents": queries.newest(_DOCUMENTS, "", DocumentFilter(scope=reader.scope)).documents,
    }


def open_alerts(reader: Reader, running: Sequence[KnownCrisis]) -> list[AlertView]:
    """Return the alerts that nobody has taken over yet and that are this reader's business; those
    that a declared crisis speaks for stand under it."""
    grouped = {child.id for known in running for child in known.children}
    return [
        view
        for view in queries.alert_views(states=("open",))
        if sees_alert(reader, view) and not (view.held_reason and view.alert.id in grouped)
    ]


def crises_of(reader: Reader) -> list[KnownCrisis]:
    """Return the running crises that are this reader's business, with what of them is."""
    return [theirs for known in crises.running_crises(now()) if (theirs := seen_of(reader, known))]


def seen_of(reader: Reader, known: KnownCrisis) -> KnownCrisis | None:
    """Return a crisis with the alerts under it that a reader may see, None where it is none of
    their business."""
    if reader.scope is None:
        return known
    theirs = tuple(c for c in known.children if reader.sees(topic=c.topic, places=c.places))
    crisis = known.crisis
    places = (crisis.place,) if crisis.place else ()
    if not (theirs or reader.sees(topic=crisis.topic, places=places)):
        return None
    return replace(known, children=theirs)


def sees_alert(reader: Reader, view: AlertView) -> bool:
    """Return whether an alert is this reader's business."""
    alert = view.alert
    if alert.is_drill and not alert.document_ids:  # made up: nobody's business, everybody's drill
        return True
    return reader.sees(department=view.department, topic=alert.topic, places=alert.places)


def _moving(reader: Reader) -> list[Story]:
    """Return the stories with most going on lately: pinned first, then size against age."""
    moment = now()
    wanted = StoryFilter(since=moment - _MOVING_SPAN, min_documents=2, scope=reader.scope)
    found = stories.stories(wanted, limit=_CONSIDERED).stories

    def weight(story: Story) -> tuple[bool, float]:
        quiet_h = (moment - story.last_report_at).total_seconds() / 3600
        return story.is_pinned, story.document_count / (2.0 + max(quiet_h, 0.0))

    return sorted(found, key=weight, reverse=True)[:_STORIES]


def _banners(reader: Reader, counters: queries.Counters) -> list[Banner]:
    return [
        *_silent_processes(),
        *_waiting(counters),
        *_mail(reader),
        *_held_digests(reader),
        *_index(counters),
    ]


def _silent_processes() -> list[Banner]:
    silent = silent_processes(room().settings.data_dir / "run", time.time())
    return [
        Banner(
            f"Tiến trình “{PROCESS_NAMES.get(name, name)}” im lặng {age // 60:.0f} phút. "
            "Tin đã thu vẫn được giữ; nếu không tự chạy lại, báo quản trị."
        )
        for name, age in silent.items()
    ]


def _waiting(counters: queries.Counters) -> list[Banner]:
    if counters.index_waiting < _LONG_QUEUE:
        return []
    sentence = (
        f"{counters.index_waiting} tin đang chờ vào kho tìm kiếm: kết quả tìm tạm thời thiếu."
    )
    return [Banner(sentence)]


def _mail(reader: Reader) -> list[Banner]:
    outbox = deliveries.outbox_health()
    url = reverse("mails") if "mails" in reader.routes else ""
    found = []
    if outbox.failing:
        found.append(Banner(f"{outbox.failing} thư chưa gửi được, hệ thống đang gửi lại.", url))
    if outbox.dead:
        dead = f"{url}?state=dead" if url else ""
        found.append(Banner(f"{outbox.dead} thư không gửi được, cần người xem.", dead))
    return found


def _held_digests(reader: Reader) -> list[Banner]:
    url = reverse("digest-draft") if "digest-draft" in reader.routes else ""
    return [
        Banner(
            f"{period.digest.title} {to_local(period.end_at):%H:%M %d/%m} đang được giữ lại, "
            "chưa gửi.",
            f"{url}?{urlencode({'ky': period.key})}" if url else "",
        )
        for period in held_past_their_time(now())
    ]


def _index(counters: queries.Counters) -> list[Banner]:
    try:
        if room().store.version() != INDEX_VERSION:
            return [Banner(f"Kho tìm kiếm thuộc phiên bản khác. {_REINDEX}")]
        gap = index_gap(room().store, counters.indexed, now())
    except LangNgheError:
        return [Banner("Kho tìm kiếm chưa sẵn sàng: ô tìm tạm thời chưa dùng được.")]
    if not gap.is_wide:
        return []
    return [
        Banner(f"Kho tìm kiếm chỉ có {gap.held} trong {gap.expected} tin đã phân tích. {_REINDEX}")
    ]
