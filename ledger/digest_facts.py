"""What a digest stands on: the documents first seen in a period, and what waits for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from langnghe.analysis import Stance, Tone
from langnghe.clock import to_local
from langnghe.document import DocumentKind
from langnghe.links import RoomLinks
from langnghe.profile import Profile
from langnghe.scope import Scope
from langnghe.wording import TOPIC_LABELS, label
from ledger import crises, stories
from ledger.border import reading
from ledger.feedback import is_asked_often
from ledger.models import AlertRow, ClockRow, DocumentRow, FeedbackRow, SuggestionRow
from ledger.queries import DocumentFilter, coverage
from ledger.queries.filters import documents
from reports.digest import CrisisFacts, DayVolume, DigestFacts, Headline, StoryFacts, usual_total
from reports.periods import WEEK, Period

_STORIES_CONSIDERED = 30
_CHART_DAYS = 14
_USUAL_PERIODS = {WEEK: 6}
_USUAL_DAYS = 14
_ENOUGH_WEEKS, _ENOUGH_DAYS = 3, 5


@dataclass(frozen=True)
class Interest:
    """What a reader's digest tells of; ``scope`` None means everything.

    ``is_limited``: the reader may see no more, so what waits for people is counted within it too,
    and of the clocks those of the reader's ``departments``. ``words`` say it in Vietnamese.
    """

    scope: Scope | None = None
    is_limited: bool = False
    words: str = ""
    departments: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """The same in the query language, for the lists behind the figures."""
        if self.scope is None:
            return ""
        named = [f"topic:{topic}" for topic in self.scope.topics]
        named += ['place:"' + place.replace('"', " ") + '"' for place in self.scope.places]
        return " OR ".join(named)

    def covers(self, topic: str, places: list[str]) -> bool:
        """Return whether a matter of this topic and these places is within."""
        return self.scope is None or self.scope.covers(topic, places)


EVERYTHING = Interest()


def interest_in(
    topics: tuple[str, ...],
    places: tuple[str, ...],
    limit: Scope | None,
    departments: tuple[str, ...] = (),
) -> Interest:
    """Return what somebody wants to read of who may see ``limit``: of what was chosen only that."""
    if limit is not None:
        topics = tuple(t for t in topics if t in limit.topics)
        places = tuple(p for p in places if p in limit.places)
    if not (topics or places):
        words = "phần việc của đơn vị" if limit is not None else ""
        return Interest(limit, limit is not None, words, departments)
    said = []
    if topics:
        said.append("lĩnh vực " + ", ".join(label(TOPIC_LABELS, t) for t in topics))
    if places:
        said.append("địa bàn " + ", ".join(places))
    return Interest(Scope(topics, places), limit is not None, "; ".join(said), departments)


@reading
def digest_facts(
    period: Period,
    profile: Profile,
    links: RoomLinks,
    now: datetime,
    interest: Interest = EVERYTHING,
) -> DigestFacts:
    """Return what a digest of ``period`` stands on; every count equals the list behind its link."""
    seen = _seen(period, interest)
    counts = seen.aggregate(
        total=Count("pk"),
        articles=Count("pk", filter=Q(kind=DocumentKind.ARTICLE)),
        critical=Count("pk", filter=Q(stance=Stance.NEGATIVE)),
        **{tone.value: Count("pk", filter=Q(tone=tone)) for tone in Tone},
    )
    heard = coverage(now)
    return DigestFacts(
        office=profile.office,
        period=period,
        total=counts["total"],
        articles=counts["articles"],
        posts=counts["total"] - counts["articles"],
        tones={tone.value: counts[tone.value] for tone in Tone},
        critical=counts["critical"],
        stories=_story_facts(period, profile, links, interest),
        days=_days(period, interest),
        usual_total=_usual(period, interest),
        **_waiting(interest),
        sources_total=heard.enabled,
        sources_silent=heard.silent + heard.failing,
        sources_untried=heard.untried,
        links=_links(period, links, interest),
        interest=interest.words,
        crises=_crises(period, links, now, interest),
    )


@reading
def has_documents_before(moment: datetime) -> bool:
    """Return whether anything at all was collected before ``moment``."""
    return DocumentRow.objects.filter(first_seen_at__lt=moment).exists()


def _seen(period: Period, interest: Interest) -> QuerySet[DocumentRow]:
    return documents(
        DocumentFilter(seen_from=period.start_at, seen_to=period.end_at, scope=interest.scope)
    )


def _waiting(interest: Interest) -> dict[str, Any]:
    """Return what waits for people; of somebody limited only what they can open. Clocks belong to
    departments: to who is limited to places alone, none is shown."""
    alerts = AlertRow.objects.filter(state="open", is_drill=False)
    matters = [
        matter
        for matter in FeedbackRow.objects.filter(state__in=("new", "assigned")).defer(
            "document_ids"
        )
        if not interest.is_limited or interest.covers(matter.topic, [matter.place])
    ]
    feedback = {
        "feedback_waiting": len(matters),
        "feedback_asked_often": sum(map(is_asked_often, matters)),
    }
    claims = SuggestionRow.objects.filter(state="suggested")
    clocks = ClockRow.objects.filter(stopped_at=None)
    if not interest.is_limited:
        return {
            "open_alerts": alerts.count(),
            **feedback,
            "claims_waiting": claims.count(),
            "clocks_running": clocks.count(),
        }
    seen = documents(DocumentFilter(scope=interest.scope))
    return {
        "open_alerts": sum(interest.covers(a.topic, a.places) for a in alerts),
        **feedback,
        "claims_waiting": claims.filter(document__in=seen).count(),
        "clocks_running": clocks.filter(department__in=interest.departments).count()
        if interest.departments
        else None,
    }


def _crises(
    period: Period, links: RoomLinks, now: datetime, interest: Interest
) -> tuple[CrisisFacts, ...]:
    """Return the declared crises that ran at the period's end, or ended in it; exercises are left
    out, and of the alerts under each somebody limited is told of theirs only."""
    known = crises.crises_of_period(period.start_at, min(period.end_at, now))
    told = []
    for each in known:
        theirs = [c for c in each.children if interest.covers(c.topic, list(c.places))]
        if theirs or interest.covers(each.crisis.topic, [each.crisis.place]):
            told.append(
                CrisisFacts(
                    title=each.crisis.title,
                    url=links.crisis(each.number),
                    declared_at=each.crisis.declared_at,
                    ends_at=each.crisis.ends_at,
                    is_over=not each.is_running,
                    grouped=len(theirs if interest.is_limited else each.children),
                )
            )
    return tuple(told)


def _story_facts(
    period: Period, profile: Profile, links: RoomLinks, interest: Interest
) -> tuple[StoryFacts, ...]:
    new = {
        row["story"]: row
        for row in _seen(period, interest)
        .exclude(story=None)
        .values("story")
        .annotate(
            n=Count("pk"),
            posts=Count("pk", filter=~Q(kind=DocumentKind.ARTICLE)),
            outlets=Count("outlet", filter=Q(kind=DocumentKind.ARTICLE), distinct=True),
        )
        .order_by("-n")
    }
    alerts = _alerts_of(new)
    wanted = [*list(new)[:_STORIES_CONSIDERED], *(s for s in alerts if s in new)]
    departments = {topic: d.name for d in profile.departments for topic in d.topics}
    return tuple(
        StoryFacts(
            story=story if story.title else replace(story, title=_title(alerts.get(story.id))),
            new_count=new[story.id]["n"],
            new_posts=new[story.id]["posts"],
            new_outlets=new[story.id]["outlets"],
            url=links.story(story.id),
            headlines=_headlines(story.id, period, interest),
            alert_level=alerts[story.id].level if story.id in alerts else 0,
            reasons=tuple(alerts[story.id].reasons) if story.id in alerts else (),
            department=departments.get(story.topic, ""),
        )
        for story in stories.load_stories(wanted)
        if story.id in new
    )


def _title(alert: AlertRow | None) -> str:
    """Return the title of a story that has none: its alert's."""
    return alert.title if alert is not None else "(chưa đặt tên)"


def _alerts_of(story_ids: Collection[str]) -> dict[str, AlertRow]:
    """Return the highest standing alert of each story, wherever its documents are now.

    Clustering may have moved an alerted story's documents since: the alert goes with them.
    """
    rows = AlertRow.objects.filter(is_drill=False).exclude(state="resolved").exclude(story_id="")
    alerts = list(rows.order_by("level"))
    ids = {document_id for row in alerts for document_id in row.document_ids}
    story_of = dict(DocumentRow.objects.filter(pk__in=ids).values_list("pk", "story"))
    found: dict[str, AlertRow] = {}
    for row in alerts:
        held = Counter(story for i in row.document_ids if (story := story_of.get(i)))
        home = held.most_common(1)[0][0] if held else row.story_id
        if home in story_ids:
            found[home] = row
    return found


def _headlines(story_id: str, period: Period, interest: Interest) -> tuple[Headline, ...]:
    rows = (
        _seen(period, interest)
        .filter(story=story_id, kind=DocumentKind.ARTICLE)
        .order_by("-weight", "published_at", "pk")
    )
    by_outlet: dict[str, DocumentRow] = {}
    for row in rows[:40]:
        by_outlet.setdefault(row.outlet, row)
    return tuple(
        Headline(row.title, row.outlet, row.url, row.published_at)
        for row in list(by_outlet.values())[:3]
    )


def _days(period: Period, interest: Interest) -> tuple[DayVolume, ...]:
    last = to_local(period.end_at - timedelta(seconds=1)).date()
    first = last - timedelta(days=_CHART_DAYS - 1)
    rows = {
        row["published_day"]: row
        for row in documents(DocumentFilter(first_day=first, last_day=last, scope=interest.scope))
        .values("published_day")
        .annotate(total=Count("pk"), negative=Count("pk", filter=Q(tone=Tone.NEGATIVE)))
    }
    days = [first + timedelta(days=n) for n in range(_CHART_DAYS)]
    volumes = [
        DayVolume(f"{d.day}/{d.month}", rows[d]["total"], rows[d]["negative"])
        if d in rows
        else DayVolume(f"{d.day}/{d.month}", 0, 0)
        for d in days
    ]
    known = [n for n, volume in enumerate(volumes) if volume.total]
    return tuple(volumes[known[0] :]) if known else ()


def _usual(period: Period, interest: Interest) -> float | None:
    """Return the median of the same hours of earlier days, or of earlier weeks."""
    step = period.digest.every
    totals = []
    for n in range(1, _USUAL_PERIODS.get(step, _USUAL_DAYS) + 1):
        earlier = Period(period.kind, period.start_at - n * step, period.end_at - n * step)
        if not has_documents_before(earlier.start_at):
            break
        totals.append(_seen(earlier, interest).count())
    return usual_total(totals, at_least=_ENOUGH_WEEKS if step == WEEK else _ENOUGH_DAYS)


def _links(period: Period, links: RoomLinks, interest: Interest) -> dict[str, str]:
    def frozen(**filters: str) -> str:
        return links.documents(
            query=interest.query, seen_from=period.start_at, seen_to=period.end_at, **filters
        )

    return {
        "total": frozen(),
        **{tone.value: frozen(tone=tone.value) for tone in Tone},
        "critical": frozen(stance=Stance.NEGATIVE.value),
        "alerts": links.alerts(),
        "feedback": links.feedback(),
        "asked_often": links.feedback(asked_often=True),
        "claims": links.claims(),
        "clocks": links.clocks(),
        "sources": links.sources(),
        "room": links.room(),
        "choice": links.digest_choice(),
    }
