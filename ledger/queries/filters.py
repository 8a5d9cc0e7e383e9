"""Which documents a list, a count or a chart speaks of: one filter, so that they always agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from langnghe.scope import Scope
from ledger.models import AgencyRow, DocumentRow, PlaceRow

_FEW = 1000
_PLAIN = {
    "ids": "pk",
    "kinds": "kind",
    "topics": "topic",
    "tones": "tone",
    "stances": "stance",
    "intents": "intent",
    "outlets": "outlet",
    "outlet_kinds": "outlet_kind",
    "channels": "channel",
    "source_ids": "source_id",
    "story_ids": "story_id",
}


@dataclass(frozen=True)
class DocumentFilter:
    """Documents that fulfil every field that is set; a field's values are alternatives.

    ``first_day`` and ``last_day`` are Vietnamese days of publication, both included; ``places``
    are names or codes; ``seen_from`` and ``seen_to`` freeze a list by arrival: it never grows;
    ``scope`` is what the reader may see at all.
    """

    ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    tones: tuple[str, ...] = ()
    stances: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    outlet_kinds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()
    story_ids: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    published_from: datetime | None = None
    published_to: datetime | None = None
    seen_from: datetime | None = None
    seen_to: datetime | None = None
    scope: Scope | None = None


def documents(wanted: DocumentFilter) -> QuerySet[DocumentRow]:
    """Return the rows that ``wanted`` means, in no order."""
    rows = DocumentRow.objects.all()
    for name, column in _PLAIN.items():
        values = getattr(wanted, name)
        if values:
            rows = rows.filter(**{f"{column}__in": values})
    if wanted.first_day:
        rows = rows.filter(published_day__gte=wanted.first_day)
    if wanted.last_day:
        rows = rows.filter(published_day__lte=wanted.last_day)
    if wanted.published_from:
        rows = rows.filter(published_at__gte=wanted.published_from)
    if wanted.published_to:
        rows = rows.filter(published_at__lt=wanted.published_to)
    if wanted.seen_from:
        rows = rows.filter(first_seen_at__gte=wanted.seen_from)
    if wanted.seen_to:
        rows = rows.filter(first_seen_at__lt=wanted.seen_to)
    if wanted.provinces:
        named = PlaceRow.objects.filter(document=OuterRef("pk"), province__in=wanted.provinces)
        rows = rows.filter(Q(province__in=wanted.provinces) | Exists(named))
    if wanted.places:
        rows = rows.filter(_named_by(_place_rows(wanted.places)))
    if wanted.agencies:
        rows = rows.filter(_named_by(AgencyRow.objects.filter(name__in=wanted.agencies)))
    if wanted.scope is not None:
        named = _place_rows(wanted.scope.places).filter(document=OuterRef("pk"))
        rows = rows.filter(Q(topic__in=wanted.scope.topics) | Exists(named))
    return rows


def _place_rows(places: tuple[str, ...]) -> QuerySet[PlaceRow]:
    return PlaceRow.objects.filter(Q(name__in=places) | Q(code__in=places))


def _named_by(mentions: QuerySet[PlaceRow] | QuerySet[AgencyRow]) -> Q | Exists:
    """Documents with one of these mentions: by their ids where they are few, else by looking.

    No planner guesses this well: walking all documents for a hamlet's ninety took 0.3 s of
    300,000, and listing a capital's hundred thousand ids is no better.
    """
    ids = list(mentions.order_by().values_list("document_id", flat=True)[: _FEW + 1])
    if len(ids) <= _FEW:
        return Q(pk__in=set(ids))
    return Exists(mentions.filter(document=OuterRef("pk")))
