"""Nothing is kept longer than the office may keep it; counts stay (responsible-use.md 4).

1. Expired documents are counted into DailyCountRow and deleted with all that hangs on them.
2. In the same transaction each leaves a RemovalRow, so that it is not collected again and so that
   the index is told even if we are killed now.
3. The caller deletes the returned ids from the index, then calls ``mark_unindexed``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from ledger import clustering
from ledger.border import reading, writing
from ledger.models import (
    AlertRow,
    DailyCountRow,
    DeliveryRow,
    DigestRow,
    DocumentRow,
    FetchLogRow,
    QuarantineRow,
    QuarantineState,
    RemovalRow,
    StoryRow,
)

_BATCH = 500
_LOG_DAYS = 90
_PAYLOAD_DAYS = 30


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


def _remove(rows: QuerySet[DocumentRow], reason: str, now: datetime) -> None:
    ids = list(rows.values_list("pk", flat=True))
    story_ids = {s for s in rows.values_list("story_id", flat=True) if s}
    _keep_counts(rows)
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


@writing
def _forget_logs(now: datetime) -> None:
    FetchLogRow.objects.filter(started_at__lt=now - timedelta(days=_LOG_DAYS)).delete()
    old = QuarantineRow.objects.filter(quarantined_at__lt=now - timedelta(days=_PAYLOAD_DAYS))
    old.exclude(payload=None).update(payload=None)
    old.exclude(state=QuarantineState.OPEN).delete()
