"""The register of our own announcements, who carried them, and what became of corrections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Lookup, Q, QuerySet, TextField

from alerts.corrections import CorrectionReach, Mention, reach_of
from alerts.watch import Announcement
from langnghe.errors import ConfigError
from langnghe.scope import Scope
from langnghe.text import normalize
from ledger import audit
from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import AnnouncementRow, DocumentRow, SuggestionRow
from ledger.queries import DocumentFilter
from ledger.queries.filters import documents

FOLLOWED_DAYS = 14


@dataclass(frozen=True)
class RegisteredAnnouncement:
    """One line of the register. ``phrases`` are the key messages, found again in coverage.

    ``fact_check_id`` says which recorded correction it is, ``clock_number`` which response clock
    its statement stopped.
    """

    number: int
    title: str
    url: str
    published_at: datetime
    phrases: tuple[str, ...]
    fact_check_id: str
    story_id: str
    clock_number: int | None
    expects_coverage: bool
    added_by: str
    added_at: datetime

    @property
    def followed_until(self) -> datetime:
        """When the look for coverage ends."""
        return self.published_at + timedelta(days=FOLLOWED_DAYS)


@dataclass(frozen=True)
class OutletCoverage:
    """An outlet that carried an announcement: since when, how long after, in which documents."""

    outlet: str
    first_at: datetime
    after_hours: float
    document_ids: tuple[str, ...]


@dataclass(frozen=True)
class AnnouncementCoverage:
    """Who carried an announcement in the press, by time, and what became of its messages.

    ``post_ids`` are posts that mention it; ``by_phrase`` tells for each message how many outlets
    carried it; ``silent_outlets`` wrote about its story and did not carry it.
    """

    outlets: tuple[OutletCoverage, ...]
    post_ids: tuple[str, ...]
    by_phrase: tuple[tuple[str, int], ...]
    silent_outlets: tuple[str, ...]

    @property
    def since(self) -> datetime | None:
        """When the first outlet carried it."""
        return self.outlets[0].first_at if self.outlets else None


@dataclass(frozen=True)
class CorrectionFollowed:
    """What became of a correction, and the documents whose outlet still carries the claim."""

    reach: CorrectionReach
    claim_ids: tuple[str, ...]


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
    clock_number: int | None = None,
    expects_coverage: bool = True,
) -> int:
    """Register an announcement and return its number.

    ``phrases`` (one at least) are words by which coverage is recognised in title and lead.
    """
    row = AnnouncementRow.objects.create(
        **_words(title, phrases, url),
        published_at=published_at,
        fact_check_id=fact_check_id,
        story_id=story_id,
        clock_id=clock_number,
        expects_coverage=expects_coverage,
        added_by=actor,
        added_at=now,
    )
    audit.record(actor, "announcement.add", str(row.pk), now)
    return row.pk


@writing
def change_announcement(
    number: int,
    title: str,
    published_at: datetime,
    phrases: Sequence[str],
    actor: str,
    now: datetime,
    *,
    url: str = "",
    expects_coverage: bool = True,
) -> None:
    """Correct a line of the register; raises LookupError where there is none."""
    changed = AnnouncementRow.objects.filter(pk=number).update(
        **_words(title, phrases, url),
        published_at=published_at,
        expects_coverage=expects_coverage,
    )
    if not changed:
        raise LookupError(str(number))
    audit.record(actor, "announcement.change", str(number), now, {"title": storable(title)})


@writing
def remove_announcement(number: int, actor: str, now: datetime) -> bool:
    """Take a line off the register; the audit log keeps its title."""
    row = AnnouncementRow.objects.filter(pk=number).first()
    if row is None:
        return False
    audit.record(actor, "announcement.remove", str(number), now, {"title": row.title})
    row.delete()
    return True


@reading
def announcements(
    limit: int = 20, offset: int = 0, *, only_corrections: bool = False
) -> list[RegisteredAnnouncement]:
    """Return a page of the register, newest first; corrections answer a fact-check."""
    rows = AnnouncementRow.objects.order_by("-published_at", "-pk")
    if only_corrections:
        rows = rows.exclude(fact_check_id="")
    return [_registered(row) for row in rows[offset : offset + limit]]


@reading
def announcement(number: int) -> RegisteredAnnouncement:
    """Return one line of the register; raises LookupError where there is none."""
    return _registered(_row(number))


@reading
def corrections_followed() -> dict[str, int]:
    """Return the number of the announcement that follows each fact-check."""
    rows = AnnouncementRow.objects.exclude(fact_check_id="").order_by("-pk")
    return {row.fact_check_id: row.pk for row in rows}


@reading
def statements_followed() -> dict[int, int]:
    """Return the number of the announcement that follows each response clock's statement."""
    rows = AnnouncementRow.objects.filter(clock__isnull=False).order_by("-pk")
    return {int(row.clock_id): row.pk for row in rows if row.clock_id is not None}


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
def first_coverage(since: datetime) -> list[tuple[RegisteredAnnouncement, datetime | None]]:
    """Return what was announced since and expects coverage, with when the press first had it."""
    rows = AnnouncementRow.objects.filter(expects_coverage=True, published_at__gte=since)
    return [
        (_registered(row), press.published_at if press else None)
        for row in rows.order_by("published_at", "pk")
        for press in [_coverage(row).filter(kind="article").first()]
    ]


@reading
def coverage(number: int, scope: Scope | None = None) -> AnnouncementCoverage:
    """Return who carried an announcement, as far as ``scope`` sees; raises LookupError."""
    row = _row(number)
    found = list(_coverage(row, scope))
    press = [doc for doc in found if doc.kind == "article"]
    outlets: dict[str, list[DocumentRow]] = {}
    for doc in press:
        outlets.setdefault(doc.outlet, []).append(doc)
    return AnnouncementCoverage(
        outlets=tuple(_outlet(row, outlet, docs) for outlet, docs in outlets.items()),
        post_ids=tuple(doc.pk for doc in found if doc.kind != "article"),
        by_phrase=tuple((phrase, _outlets_with(phrase, press)) for phrase in row.phrases),
        silent_outlets=_silent_outlets(row, outlets, scope),
    )


@reading
def follow_correction(number: int, scope: Scope | None = None) -> CorrectionFollowed:
    """Return how a registered correction fared; raises LookupError where there is none.

    The claim's documents are the confirmed suggestions of its fact-check.
    """
    row = _row(number)
    told = list(_coverage(row, scope))
    ids = {doc.pk for doc in told}
    claims = [doc for doc in _claims(row, scope) if doc.pk not in ids]
    reach = reach_of(
        row.published_at,
        [*(_mention(doc, True) for doc in told), *(_mention(doc, False) for doc in claims)],
    )
    still = set(reach.still_claimed_by)
    standing = (
        doc.pk
        for doc in claims
        if doc.gone_at is None and (doc.kind != "article" or doc.outlet in still)
    )
    return CorrectionFollowed(reach, tuple(standing))


def _words(title: str, phrases: Sequence[str], url: str) -> dict[str, object]:
    wanted = [storable(" ".join(phrase.split())) for phrase in phrases if phrase.strip()]
    if not title.strip() or not wanted:
        raise ConfigError("announcement: a title and at least one phrase are needed")
    return {"title": storable(title), "url": storable(url), "phrases": wanted}


def _row(number: int) -> AnnouncementRow:
    row = AnnouncementRow.objects.filter(pk=number).first()
    if row is None:
        raise LookupError(str(number))
    return row


def _registered(row: AnnouncementRow) -> RegisteredAnnouncement:
    return RegisteredAnnouncement(
        number=row.pk,
        title=row.title,
        url=row.url,
        published_at=row.published_at,
        phrases=tuple(row.phrases),
        fact_check_id=row.fact_check_id,
        story_id=row.story_id,
        clock_number=row.clock_id,
        expects_coverage=row.expects_coverage,
        added_by=row.added_by,
        added_at=row.added_at,
    )


def _mention(doc: DocumentRow, is_correction: bool) -> Mention:
    return Mention(
        doc.pk,
        doc.outlet,
        doc.published_at,
        is_correction,
        doc.kind != "article",
        doc.gone_at is not None,
    )


def _claims(row: AnnouncementRow, scope: Scope | None) -> QuerySet[DocumentRow]:
    if not row.fact_check_id:
        return DocumentRow.objects.none()
    confirmed = SuggestionRow.objects.filter(
        fact_check_id=row.fact_check_id, state__in=("confirmed", "approved")
    ).values_list("document_id", flat=True)
    rows = documents(DocumentFilter(scope=scope)).filter(pk__in=list(confirmed))
    return rows.order_by("published_at", "pk")


def _outlet(row: AnnouncementRow, outlet: str, docs: Sequence[DocumentRow]) -> OutletCoverage:
    first = docs[0].published_at
    hours = (first - row.published_at) / timedelta(hours=1)
    return OutletCoverage(outlet, first, hours, tuple(doc.pk for doc in docs))


def _outlets_with(phrase: str, press: Sequence[DocumentRow]) -> int:
    pattern = re.compile(_pattern([phrase]), re.IGNORECASE)
    return len({doc.outlet for doc in press if pattern.search(f"{doc.title}\n{doc.lead}")})


def _silent_outlets(
    row: AnnouncementRow, carried: dict[str, list[DocumentRow]], scope: Scope | None
) -> tuple[str, ...]:
    if not row.story_id:
        return ()
    wanted = DocumentFilter(story_ids=(row.story_id,), kinds=("article",), scope=scope)
    outlets = documents(wanted).order_by("published_at").values_list("outlet", flat=True)
    return tuple(outlet for outlet in dict.fromkeys(outlets) if outlet not in carried)


def _carried_by(row: AnnouncementRow) -> tuple[str, ...]:
    outlets = _coverage(row).filter(kind="article").values_list("outlet", flat=True)
    return tuple(dict.fromkeys(outlets))


def _coverage(row: AnnouncementRow, scope: Scope | None = None) -> QuerySet[DocumentRow]:
    """Documents whose title or lead holds one of the phrases, whatever its capitals."""
    spellings = _spellings(row.phrases)
    pattern, near = _pattern(row.phrases), Q()
    for spelling in spellings:
        shape = _shape(spelling)
        near |= Q(title__shaped=shape) | Q(lead__shaped=shape)
    until = row.published_at + timedelta(days=FOLLOWED_DAYS)
    rows = documents(DocumentFilter(scope=scope)).filter(
        near,
        Q(title__iregex=pattern) | Q(lead__iregex=pattern),
        published_at__range=(row.published_at, until),
    )
    if row.url:
        rows = rows.exclude(url=row.url)
    return rows.order_by("published_at", "pk")


def _pattern(phrases: Sequence[str]) -> str:
    """One expression that SQLite's and PostgreSQL's engines read alike."""
    return "|".join(r"\s+".join(map(re.escape, s.split())) for s in _spellings(phrases))


def _spellings(phrases: Sequence[str]) -> list[str]:
    """The phrases with their tone marks in either place."""
    return list(dict.fromkeys(s for phrase in phrases for s in (phrase, normalize(phrase))))


def _shape(spelling: str) -> str:
    """What a database looks for at once: plain letters as they are, any character for the rest."""
    words = (re.sub(r"[^A-Za-z0-9]", "_", word) for word in spelling.split())
    return "%" + "%".join(words) + "%"


@TextField.register_lookup
class Shaped(Lookup):
    """LIKE, whatever the capitals: it spares most rows the expression, which is slow in SQLite."""

    lookup_name = "shaped"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        like = "ILIKE" if connection.vendor == "postgresql" else "LIKE"
        return f"{lhs} {like} {rhs}", (*lhs_params, *rhs_params)
