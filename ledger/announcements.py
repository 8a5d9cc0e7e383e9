"""The register of our own announcements, who carried them, and what became of corrections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from alerts.corrections import CorrectionReach, Mention, reach_of
from alerts.watch import Announcement
from langnghe.errors import ConfigError
from ledger import audit
from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import AnnouncementRow, DocumentRow, SuggestionRow

FOLLOWED_DAYS = 14


@writing
def add_announcement(
    title: str,
    published_at: datetime,
    phrases: Sequence[str],
    actor: str,
    now: datetime,
    *,
    url: str = "",
    fact_check_id: str = "",
    story_id: str = "",
    expects_coverage: bool = True,
) -> int:
    """Register an announcement and return its number.

    ``phrases`` (one at least) are words by which coverage is recognised in title and lead.
    """
    wanted = [storable(phrase.strip()) for phrase in phrases if phrase.strip()]
    if not title.strip() or not wanted:
        raise ConfigError("announcement: a title and at least one phrase are needed")
    row = AnnouncementRow.objects.create(
        title=storable(title),
        url=storable(url),
        published_at=published_at,
        phrases=wanted,
        fact_check_id=fact_check_id,
        story_id=story_id,
        expects_coverage=expects_coverage,
        added_by=actor,
        added_at=now,
    )
    audit.record(actor, "announcement.add", str(row.pk), now)
    return row.pk


@reading
def followed_announcements(now: datetime) -> list[Announcement]:
    """Return the announcements of the last days that expect coverage, with who carried them."""
    rows = AnnouncementRow.objects.filter(
        expects_coverage=True,
        published_at__gt=now - timedelta(days=FOLLOWED_DAYS),
        published_at__lte=now,
    )
    return [
        Announcement(str(row.pk), row.title, row.url, row.published_at, _carried_by(row))
        for row in rows.order_by("published_at", "pk")
    ]


@reading
def correction_reach(number: int) -> CorrectionReach:
    """Return how a registered correction fared; raises LookupError where there is none.

    The claim's documents are the confirmed suggestions of its fact-check.
    """
    row = AnnouncementRow.objects.filter(pk=number).first()
    if row is None:
        raise LookupError(str(number))
    corrections = [
        Mention(doc.pk, doc.outlet, doc.published_at, True, doc.kind != "article")
        for doc in _coverage(row)
    ]
    told = {mention.document_id for mention in corrections}
    confirmed = SuggestionRow.objects.filter(
        fact_check_id=row.fact_check_id, state__in=("confirmed", "approved")
    ).values_list("document_id", flat=True)
    claims = [
        Mention(doc.pk, doc.outlet, doc.published_at, False, doc.kind != "article")
        for doc in DocumentRow.objects.filter(pk__in=list(confirmed) if row.fact_check_id else [])
        if doc.pk not in told
    ]
    return reach_of(row.published_at, [*corrections, *claims])


def _carried_by(row: AnnouncementRow) -> tuple[str, ...]:
    outlets = _coverage(row).filter(kind="article").values_list("outlet", flat=True)
    return tuple(dict.fromkeys(outlets))


def _coverage(row: AnnouncementRow) -> QuerySet[DocumentRow]:
    phrases = Q()
    for phrase in row.phrases:
        phrases |= Q(title__icontains=phrase) | Q(lead__icontains=phrase)
    until = row.published_at + timedelta(days=FOLLOWED_DAYS)
    rows = DocumentRow.objects.filter(phrases, published_at__range=(row.published_at, until))
    return rows.exclude(url=row.url).order_by("published_at", "pk")
