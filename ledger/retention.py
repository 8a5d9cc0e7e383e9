"""Nothing is kept longer than the office may keep it; counts stay (responsible-use.md 4).

1. Expired documents are counted into DailyCountRow and deleted with all that hangs on them.
2. In the same transaction each leaves a RemovalRow, so that it is not collected again and so that
   the index is told even if we are killed now.
3. The caller deletes the returned ids from the index, then calls ``mark_unindexed``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Count, F, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.html import escape

from langnghe.errors import ConfigError
from ledger import audit, clustering
from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import (
    AlertRow,
    DailyCountRow,
    DeliveryRow,
    DigestRow,
    DocumentRow,
    FeedbackRow,
    FetchLogRow,
    LedgerRow,
    QuarantineRow,
    QuarantineState,
    RemovalRow,
    StoryRow,
)

_BATCH = 500
_LOG_DAYS = 90
_PAYLOAD_DAYS = 30
_REMOVED = "Nội dung đã được xóa theo yêu cầu.\n"
REQUESTED = "request"
_TWIN_OF = "twin of "
_TAKEN_BACK = "deleted by its author"
R = TypeVar("R", bound=LedgerRow)


def delete_expired(
    now: datetime, *, social_days: int, press_days: int, batch: int = _BATCH
) -> list[str]:
    """Delete what is older than its days since we first saw it.

    Returns the ids that the index still has to drop, those of an earlier, interrupted run too.
    """
    while _delete_batch(now, social_days, press_days, batch) == batch:
        pass
    _forget_quotes(now, social_days, press_days)
    _forget_logs(now)
    return pending_removals()


@writing
def remove_on_request(document_id: str, reason: str, actor: str, now: datetime) -> None:
    """Delete one document with what quotes it; counts stay, and it is not collected again.

    The index is told by the caller, or by the next run of ``delete_expired``. Raises ConfigError
    without a reason, LookupError where there is no such document.
    """
    if not reason.strip() or not actor:
        raise ConfigError("removal: a person must give a reason")
    row = DocumentRow.objects.filter(pk=document_id).first()
    if row is None:
        raise LookupError(document_id)
    audit.record(actor, "document.remove", document_id, now, {"reason": storable(reason)})
    _forget_document(document_id, row.url)
    _remove(DocumentRow.objects.filter(pk=document_id), REQUESTED, now)


@reading
def pending_removals(limit: int = 10_000) -> list[str]:
    """Return ids that are deleted here and not yet in the index."""
    rows = RemovalRow.objects.filter(unindexed_at=None).order_by("removed_at", "pk")
    return list(rows.values_list("pk", flat=True)[:limit])


@writing
def mark_unindexed(document_ids: Iterable[str], now: datetime) -> None:
    """Note that the index has dropped these documents."""
    ids = list(document_ids)
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        RemovalRow.objects.filter(pk__in=part, unindexed_at=None).update(unindexed_at=now)


@reading
def overdue(now: datetime, *, social_days: int, press_days: int) -> int:
    """Return how many documents are kept too long; 0 is the promise."""
    return _expired(now, social_days, press_days).count()


def _expired(now: datetime, social_days: int, press_days: int) -> QuerySet[DocumentRow]:
    return DocumentRow.objects.filter(
        Q(kind__in=("post", "comment"), first_seen_at__lt=now - timedelta(days=social_days))
        | Q(kind="article", first_seen_at__lt=now - timedelta(days=press_days))
    )


@writing
def _delete_batch(now: datetime, social_days: int, press_days: int, batch: int) -> int:
    expired = _expired(now, social_days, press_days).order_by("first_seen_at", "pk")
    ids = list(expired.values_list("pk", flat=True)[:batch])
    _remove(DocumentRow.objects.filter(pk__in=ids), "retention", now)
    return len(ids)


@writing
def remove_taken_back(document_id: str, url: str, now: datetime) -> None:
    """Delete a post that its author deleted, with what quotes it; counts stay."""
    _forget_document(document_id, url)
    _remove(DocumentRow.objects.filter(pk=document_id), _TAKEN_BACK, now)


@reading
def taken_back_at(document_id: str) -> datetime | None:
    """Return when we saw that a post's author had deleted it, None for any other document."""
    rows = RemovalRow.objects.filter(pk=document_id, reason=_TAKEN_BACK)
    return rows.values_list("removed_at", flat=True).first()


@writing
def drop_twin(document_id: str, kept_id: str, now: datetime) -> None:
    """Delete a document whose original is held under ``kept_id``; its address leads there."""
    _delete(DocumentRow.objects.filter(pk=document_id), _TWIN_OF + kept_id, now)


@reading
def original_of(document_id: str) -> str:
    """Return where the address of a dropped twin leads, "" for any other document."""
    reasons = RemovalRow.objects.filter(pk=document_id, reason__startswith=_TWIN_OF)
    return (reasons.values_list("reason", flat=True).first() or "").removeprefix(_TWIN_OF)


def _remove(rows: QuerySet[DocumentRow], reason: str, now: datetime) -> None:
    _keep_counts(rows)
    _delete(rows, reason, now)


def _delete(rows: QuerySet[DocumentRow], reason: str, now: datetime) -> None:
    ids = list(rows.values_list("pk", flat=True))
    story_ids = {s for s in rows.values_list("story_id", flat=True) if s}
    QuarantineRow.objects.filter(document_id__in=ids).delete()
    rows.delete()
    RemovalRow.objects.bulk_create(
        [RemovalRow(document_id=i, reason=reason, removed_at=now) for i in ids],
        ignore_conflicts=True,
    )
    clustering.refresh(story_ids)
    _delete_empty_stories(story_ids)


def _delete_empty_stories(story_ids: set[str]) -> None:
    """Delete stories that lost their last document, with those that were merged into them."""
    empty = StoryRow.objects.filter(pk__in=story_ids, document_count=0, merged_into=None)
    gone = set(empty.values_list("pk", flat=True))
    layer = gone
    while layer:
        absorbed = StoryRow.objects.filter(merged_into__in=layer)
        layer = set(absorbed.values_list("pk", flat=True)) - gone
        gone |= layer
    StoryRow.objects.filter(pk__in=gone).delete()


def _keep_counts(rows: QuerySet[DocumentRow]) -> None:
    dimensions = ("published_day", "topic", "tone", "stance", "kind", "outlet")
    for group in rows.order_by().values(*dimensions).annotate(total=Count("pk")):
        total = group.pop("total")
        row, is_new = DailyCountRow.objects.get_or_create(**group, defaults={"count": total})
        if not is_new:
            DailyCountRow.objects.filter(pk=row.pk).update(count=F("count") + total)


@writing
def _forget_quotes(now: datetime, social_days: int, press_days: int) -> None:
    """Drop what messages quoted: of posts with the posts, of the press with the press."""
    social_limit = now - timedelta(days=social_days)
    AlertRow.objects.filter(opened_at__lt=social_limit, post_count__gt=0).update(headlines=[])
    old = DeliveryRow.objects.filter(created_at__lt=social_limit)
    old.exclude(state="waiting").delete()
    DigestRow.objects.filter(period_end_at__lt=now - timedelta(days=press_days)).delete()


def _forget_document(document_id: str, url: str) -> None:
    """Drop a document from the alerts and matters that name it, and from what messages quoted."""
    for alert in _naming(AlertRow.objects.all(), document_id):
        alert.document_ids = [i for i in alert.document_ids if i != document_id]
        alert.headlines = [h for h in alert.headlines if h.get("url") != url]
        alert.save(update_fields=["document_ids", "headlines"])
    for matter in _naming(FeedbackRow.objects.all(), document_id):
        matter.document_ids = [i for i in matter.document_ids if i != document_id]
        matter.document_count = len(matter.document_ids)
        matter.save(update_fields=["document_ids", "document_count"])
    links = {url, escape(url)} - {""}
    for delivery in _quoting(links):
        delivery.message = _without(delivery.message, links)
        delivery.save(update_fields=["message"])
    for link in links:
        DigestRow.objects.filter(html__contains=link).update(html="", text=_REMOVED)


def _naming(rows: QuerySet[R], document_id: str) -> list[R]:
    """Rows whose list of documents holds this one; both engines can search the list's text."""
    named = rows.alias(named=Cast("document_ids", TextField()))
    ids = named.filter(named__contains=f'"{document_id}"').values_list("pk", flat=True)
    return list(rows.filter(pk__in=list(ids)))


def _quoting(links: Iterable[str]) -> QuerySet[DeliveryRow]:
    """Messages that hold one of the links; one engine keeps JSON with escaped letters."""
    rows = DeliveryRow.objects.alias(said=Cast("message", TextField()))
    wanted = Q(pk__in=[])
    for link in links:
        wanted |= Q(said__contains=link) | Q(said__contains=json.dumps(link)[1:-1])
    return rows.filter(wanted)


def _without(message: Mapping[str, Any], links: Collection[str]) -> dict[str, Any]:
    kept = dict(message)
    kept["headlines"] = [h for h in message.get("headlines", ()) if h.get("url") not in links]
    if any(link in message.get(part, "") for part in ("html", "text") for link in links):
        kept.update(html="", text=_REMOVED, attachments=[])
    return kept


@writing
def _forget_logs(now: datetime) -> None:
    FetchLogRow.objects.filter(started_at__lt=now - timedelta(days=_LOG_DAYS)).delete()
    old = QuarantineRow.objects.filter(quarantined_at__lt=now - timedelta(days=_PAYLOAD_DAYS))
    old.exclude(payload=None).update(payload=None)
    old.exclude(state=QuarantineState.OPEN).delete()
