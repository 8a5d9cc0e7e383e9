"""What of the past a rule could have looked at, so that only that is replayed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from langnghe.analysis import AnalysedDocument
from langnghe.profile import Profile
from ledger.border import reading
from ledger.documents import load_analysed
from ledger.models import AgencyRow, DocumentRow, PlaceRow

_BATCH = 500
_MANY_STORIES = 5_000


@reading
def stories_close_to(profile: Profile, since: datetime) -> frozenset[str] | None:
    """Return the stories with a document seen since that may touch the office.

    It finds what :func:`alerts.closeness.is_close` says yes to, and some more; None: too many to
    be worth naming.
    """
    names = [*profile.communes, *(place.name for place in profile.places)]
    places = PlaceRow.objects.filter(document=OuterRef("pk"))
    agencies = AgencyRow.objects.filter(document=OuterRef("pk"), name__in=profile.agencies)
    close = Q(Exists(places.filter(name__in=names))) | Q(Exists(agencies))
    if profile.province:
        close |= Q(province=profile.province)
        close |= Q(Exists(places.filter(province=profile.province)))
    words = (*profile.agencies, *profile.communes, *profile.keywords, profile.ministry)
    pattern = "|".join(re.escape(word) for word in words if word)
    if pattern:
        close |= Q(title__iregex=pattern) | Q(lead__iregex=pattern)
        close |= Q(parent_title__iregex=pattern)
        close |= Q(lead="", revisions__text__iregex=pattern)
    return _few(_seen(since).filter(close))


@reading
def stories_of(document_ids: Sequence[str]) -> frozenset[str] | None:
    """Return the stories of these documents; None: too many to be worth naming."""
    found: set[str] = set()
    for start in range(0, len(document_ids), _BATCH):
        rows = DocumentRow.objects.filter(pk__in=document_ids[start : start + _BATCH])
        found |= {str(s) for s in rows.values_list("story", flat=True) if s}
    return frozenset(found) if len(found) <= _MANY_STORIES else None


@reading
def document_ids(since: datetime, most: int, story_ids: Iterable[str] | None) -> list[str]:
    """Return the newest ``most`` documents seen since, of these stories alone, oldest first."""
    rows = _seen(since)
    if story_ids is not None:
        rows = rows.filter(story__in=list(story_ids))
    newest = rows.order_by("-first_seen_at", "-pk").values_list("pk", flat=True)
    return list(newest[:most])[::-1]


@reading
def seen_count(since: datetime) -> int:
    """Return how many documents with a story were seen since."""
    return _seen(since).count()


def replayed(ids: Sequence[str]) -> Iterator[AnalysedDocument]:
    """Yield the documents of ``ids`` in their order."""
    for start in range(0, len(ids), _BATCH):
        yield from load_analysed(ids[start : start + _BATCH])


def _seen(since: datetime) -> QuerySet[DocumentRow]:
    return DocumentRow.objects.filter(first_seen_at__gte=since, story__isnull=False)


def _few(rows: QuerySet[DocumentRow]) -> frozenset[str] | None:
    found = set(rows.order_by().values_list("story", flat=True).distinct()[: _MANY_STORIES + 1])
    return frozenset(map(str, found)) if len(found) <= _MANY_STORIES else None
