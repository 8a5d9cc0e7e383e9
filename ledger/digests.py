"""Digests in the ledger: their facts, one row per (period, recipient), the analyst's edits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from alerts.model import Attachment, Delivery, Message, Recipient, delivery_id
from langnghe.analysis import Stance, Tone
from langnghe.clock import to_local
from langnghe.document import DocumentKind
from langnghe.links import RoomLinks
from langnghe.profile import Profile
from ledger import audit, deliveries, stories
from ledger.border import reading, writing
from ledger.models import (
    AlertRow,
    ClockRow,
    DigestEditRow,
    DigestRow,
    DocumentRow,
    FeedbackRow,
    SuggestionRow,
)
from ledger.queries import coverage
from reports.digest import (
    DayVolume,
    Digest,
    DigestFacts,
    Headline,
    Period,
    StoryFacts,
    usual_total,
)
from reports.render import CHART_ID, RenderedDigest

_STORIES_CONSIDERED = 30
_CHART_DAYS = 14
_USUAL_PERIODS = 14


@dataclass(frozen=True)
class DigestEdits:
    """What the analyst changed in a draft: a remark, an order, stories left out, or a hold."""

    remark: str = ""
    story_order: tuple[str, ...] = ()
    hidden_story_ids: tuple[str, ...] = ()
    is_held: bool = False


@reading
def digest_facts(period: Period, profile: Profile, links: RoomLinks, now: datetime) -> DigestFacts:
    """Return what a digest of ``period`` stands on; every count equals the list behind its link."""
    seen = _seen(period.start_at, period.end_at)
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
        stories=_story_facts(period, profile, links),
        days=_days(period),
        usual_total=_usual(period),
        open_alerts=AlertRow.objects.filter(state="open").count(),
        feedback_waiting=FeedbackRow.objects.filter(state__in=("new", "assigned")).count(),
        claims_waiting=SuggestionRow.objects.filter(state="suggested").count(),
        clocks_running=ClockRow.objects.filter(stopped_at=None).count(),
        sources_total=heard.enabled,
        sources_silent=heard.silent + heard.failing,
        sources_untried=heard.untried,
        links=_links(period, links),
    )


@reading
def missing_recipients(period: Period, recipients: Sequence[Recipient]) -> list[Recipient]:
    """Return who has not got a digest of ``period`` yet, each address once."""
    served = set(DigestRow.objects.filter(period_key=period.key).values_list("address", flat=True))
    wanted = {r.address: r for r in recipients if r.address not in served}
    return list(wanted.values())


@reading
def has_documents_before(moment: datetime) -> bool:
    """Return whether anything at all was collected before ``moment``."""
    return DocumentRow.objects.filter(first_seen_at__lt=moment).exists()


@writing
def record_digest(
    digest: Digest, mail: RenderedDigest, recipient: Recipient, links: RoomLinks, now: datetime
) -> bool:
    """Store a recipient's digest and put its mail in the outbox, both or neither.

    Returns False, changing nothing, when the recipient already has the period's digest.
    """
    period = digest.facts.period
    _row, is_new = DigestRow.objects.get_or_create(
        period_key=period.key,
        address=recipient.address,
        defaults={
            "kind": period.kind,
            "period_start_at": period.start_at,
            "period_end_at": period.end_at,
            "recipient": recipient.name,
            "subject": mail.subject,
            "html": mail.html,
            "text": mail.text,
            "chart_png": mail.chart_png,
            "story_ids": [story.story_id for story in digest.top],
            "made_at": now,
        },
    )
    if is_new:
        message = digest_message(digest, mail, recipient, links, now)
        sending = Delivery(
            id=delivery_id(period.key, period.kind, recipient.channel, recipient.address),
            message=message,
            recipient=recipient,
            due_at=now,
        )
        deliveries.add_deliveries([sending], now, digest_key=period.key)
    return is_new


def digest_message(
    digest: Digest, mail: RenderedDigest, recipient: Recipient, links: RoomLinks, now: datetime
) -> Message:
    """Return the channel-neutral message of a digest to one recipient."""
    chart = Attachment("bieu-do.png", "image/png", mail.chart_png, CHART_ID)
    return Message(
        key=f"{digest.facts.period.key}-{recipient.channel}-{recipient.address}",
        subject=mail.subject,
        level=0,
        what=digest.volume_sentence,
        why_now=(),
        how_big=(),
        where=(),
        headlines=(),
        asked="",
        button_label="Mở phòng theo dõi",
        button_url=links.room(),
        made_at=now,
        attachments=(chart,) if mail.chart_png else (),
        html=mail.html,
        text=mail.text,
    )


@reading
def edits_of(period_key: str) -> DigestEdits:
    """Return what the analyst changed in the draft of a period."""
    row = DigestEditRow.objects.filter(pk=period_key).first()
    if row is None:
        return DigestEdits()
    return DigestEdits(row.remark, tuple(row.story_order), tuple(row.hidden_story_ids), row.is_held)


@writing
def save_edits(period_key: str, edits: DigestEdits, actor: str, now: datetime) -> None:
    """Keep the analyst's changes of a draft; the last one wins, each is audited."""
    DigestEditRow.objects.update_or_create(
        pk=period_key,
        defaults={
            "remark": edits.remark,
            "story_order": list(edits.story_order),
            "hidden_story_ids": list(edits.hidden_story_ids),
            "is_held": edits.is_held,
            "edited_by": actor,
            "edited_at": now,
        },
    )
    audit.record(actor, "digest.edit", period_key, now)


def apply_edits(facts: DigestFacts, edits: DigestEdits) -> DigestFacts:
    """Return the facts without the stories that the analyst left out."""
    hidden = set(edits.hidden_story_ids)
    return replace(facts, stories=tuple(s for s in facts.stories if s.story.id not in hidden))


def _seen(start: datetime, end: datetime) -> QuerySet[DocumentRow]:
    return DocumentRow.objects.filter(first_seen_at__gte=start, first_seen_at__lt=end)


def _story_facts(period: Period, profile: Profile, links: RoomLinks) -> tuple[StoryFacts, ...]:
    new = {
        row["story"]: row["n"]
        for row in _seen(period.start_at, period.end_at)
        .exclude(story=None)
        .values("story")
        .annotate(n=Count("pk"))
        .order_by("-n")
    }
    alerts = _alerts_of(new)
    wanted = [*list(new)[:_STORIES_CONSIDERED], *(s for s in alerts if s in new)]
    departments = {topic: d.name for d in profile.departments for topic in d.topics}
    return tuple(
        StoryFacts(
            story=story,
            new_count=new[story.id],
            url=links.story(story.id),
            headlines=_headlines(story.id, period),
            alert_level=alerts[story.id].level if story.id in alerts else 0,
            reasons=tuple(alerts[story.id].reasons) if story.id in alerts else (),
            department=departments.get(story.topic, ""),
        )
        for story in stories.load_stories(wanted)
        if story.id in new
    )


def _alerts_of(story_ids: Mapping[str, int]) -> dict[str, AlertRow]:
    """Return the highest standing alert of each story, wherever its documents are now.

    Clustering may have moved an alerted story's documents since: the alert goes with them.
    """
    rows = AlertRow.objects.exclude(state="resolved").exclude(story_id="").order_by("level")
    alerts = list(rows)
    ids = {document_id for row in alerts for document_id in row.document_ids}
    story_of = dict(DocumentRow.objects.filter(pk__in=ids).values_list("pk", "story"))
    found: dict[str, AlertRow] = {}
    for row in alerts:
        held = Counter(story for i in row.document_ids if (story := story_of.get(i)))
        home = held.most_common(1)[0][0] if held else row.story_id
        if home in story_ids:
            found[home] = row
    return found


def _headlines(story_id: str, period: Period) -> tuple[Headline, ...]:
    rows = (
        _seen(period.start_at, period.end_at)
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


def _days(period: Period) -> tuple[DayVolume, ...]:
    last = to_local(period.end_at - timedelta(seconds=1)).date()
    first = last - timedelta(days=_CHART_DAYS - 1)
    rows = {
        row["published_day"]: row
        for row in DocumentRow.objects.filter(published_day__range=(first, last))
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


def _usual(period: Period) -> float | None:
    length = period.end_at - period.start_at
    totals = []
    for n in range(1, _USUAL_PERIODS + 1):
        start = period.start_at - n * length
        if not has_documents_before(start):
            break
        totals.append(_seen(start, start + length).count())
    return usual_total(totals)


def _links(period: Period, links: RoomLinks) -> dict[str, str]:
    def frozen(**filters: str) -> str:
        return links.documents(seen_from=period.start_at, seen_to=period.end_at, **filters)

    return {
        "total": frozen(),
        **{tone.value: frozen(tone=tone.value) for tone in Tone},
        "critical": frozen(stance=Stance.NEGATIVE.value),
        "alerts": links.alerts(),
        "feedback": links.feedback(),
        "claims": links.claims(),
        "sources": links.sources(),
        "room": links.room(),
    }
