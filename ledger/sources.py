"""Sources in the ledger: seeding, switching on and off, what is due, and what each fetch taught."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from crawlers.polling import next_fetch
from crawlers.ports import CrawlJob
from langnghe.errors import ConfigError
from langnghe.source import FetchReport, FetchState, Source
from ledger import audit, subscriptions
from ledger.border import reading, writing
from ledger.mapping import (
    fetch_state_columns,
    fetch_state_from,
    source_columns,
    source_from,
    source_row,
    storable,
)
from ledger.models import FetchLogRow, FetchStateRow, SourceRow

FETCHES_KEPT = 100
CRAWL_LEASE_S = 300.0


@dataclass(frozen=True)
class FetchEntry:
    """One line of a source's log; ``reason`` says when it is read next, and why."""

    report: FetchReport
    reason: str


@writing
def seed_sources(sources: Iterable[Source], now: datetime) -> int:
    """Bring the shipped sources up to date and return how many are new.

    Safe to repeat. Whether a source is on stays as people set it, and a source that a person
    edited stays as it is.
    """
    wanted = {source.id: source for source in sources}
    rows = {row.pk: row for row in SourceRow.objects.filter(pk__in=wanted)}
    for row in rows.values():
        columns = source_columns(wanted[row.pk])
        del columns["is_enabled"]
        if not row.is_edited and any(getattr(row, k) != v for k, v in columns.items()):
            for name, value in columns.items():
                setattr(row, name, value)
            row.save()
    added = [source_row(source, now) for source in wanted.values() if source.id not in rows]
    SourceRow.objects.bulk_create(added)
    FetchStateRow.objects.bulk_create(FetchStateRow(source_id=row.pk) for row in added)
    return len(added)


@writing
def save_source(source: Source, actor: str, now: datetime) -> None:
    """Add or change one source by hand; it is due at once."""
    row, is_new = SourceRow.objects.update_or_create(
        pk=source.id,
        defaults={**source_columns(source), "is_edited": True},
        create_defaults={**source_columns(source), "is_edited": True, "added_at": now},
    )
    FetchStateRow.objects.update_or_create(source=row, defaults={"next_fetch_at": None})
    audit.record(actor, "source.add" if is_new else "source.change", source.id, now)


@writing
def set_enabled(source_id: str, is_enabled: bool, actor: str, now: datetime) -> None:
    """Switch a source on (due at once) or off; raises ConfigError for an unknown one."""
    if not SourceRow.objects.filter(pk=source_id).update(is_enabled=is_enabled):
        raise ConfigError(f"unknown source {source_id!r}")
    if is_enabled:
        FetchStateRow.objects.filter(source_id=source_id).update(next_fetch_at=None)
    audit.record(actor, "source.enable" if is_enabled else "source.disable", source_id, now)


@reading
def load_sources(ids: Sequence[str] | None = None) -> list[tuple[Source, FetchState]]:
    """Return sources with what their fetches taught us, by id; all of them without ``ids``."""
    rows = SourceRow.objects.select_related("fetch_state").order_by("pk")
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return [(source_from(row), fetch_state_from(row.fetch_state)) for row in rows]


@reading
def fetch_log(source_id: str, limit: int = 20) -> list[FetchEntry]:
    """Return the last fetches of a source, newest first."""
    rows = FetchLogRow.objects.filter(source_id=source_id).order_by("-started_at", "-pk")
    return [
        FetchEntry(
            FetchReport(
                source_id=row.source_id,
                started_at=row.started_at,
                finished_at=row.finished_at,
                outcome=row.outcome,
                status=row.status,
                item_count=row.item_count,
                new_count=row.new_count,
                error=row.error,
            ),
            row.reason,
        )
        for row in rows[:limit]
    ]


@reading
def has_due(now: datetime) -> bool:
    """Return whether a source may be read now."""
    return _due(now).exists()


@writing
def make_due() -> int:
    """Make every enabled source due now, whatever its rhythm, and return how many there are."""
    states = FetchStateRow.objects.filter(source__is_enabled=True)
    return states.update(next_fetch_at=None)


@writing
def due_jobs(now: datetime, limit: int, *, lease_s: float = CRAWL_LEASE_S) -> list[CrawlJob]:
    """Return sources that are due, longest waiting first, leased to the caller.

    The lease ends with the report of the fetch, or after ``lease_s`` when the crawler died.
    """
    rows = list(
        _due(now)
        .select_related("source")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by(F("next_fetch_at").asc(nulls_first=True), "pk")[:limit]
    )
    FetchStateRow.objects.filter(pk__in=[row.pk for row in rows]).update(
        lease_until_at=now + timedelta(seconds=lease_s)
    )
    return [CrawlJob(source=source_from(r.source), state=fetch_state_from(r)) for r in rows]


@writing
def record_report(report: FetchReport, now: datetime) -> FetchState:
    """Keep what a fetch did, decide when the source is read next, and release its lease."""
    row = (
        FetchStateRow.objects.select_related("source")
        .select_for_update(of=("self",))
        .filter(pk=report.source_id)
        .first()
    )
    if row is None:
        raise ConfigError(f"unknown source {report.source_id!r}")
    if report.hub_url:
        subscriptions.note_hub(report.source_id, report.hub_url, report.topic_url)
    state = next_fetch(
        source_from(row.source),
        fetch_state_from(row),
        report,
        is_pushed=subscriptions.is_pushed(report.source_id, report.finished_at),
    )
    for name, value in fetch_state_columns(state).items():
        setattr(row, name, storable(value) if isinstance(value, str) else value)
    row.lease_until_at = None
    row.save()
    FetchLogRow.objects.create(
        source_id=report.source_id,
        started_at=report.started_at,
        finished_at=report.finished_at,
        outcome=report.outcome,
        status=report.status,
        item_count=report.item_count,
        new_count=report.new_count,
        error=storable(report.error)[:2000],
        reason=state.reason,
    )
    if row.fetch_count % 10 == 0:
        _trim_log(report.source_id)
    return state


def _trim_log(source_id: str) -> None:
    log = FetchLogRow.objects.filter(source_id=source_id).order_by("-started_at", "-pk")
    oldest_kept = log.values_list("started_at", flat=True)[FETCHES_KEPT - 1 : FETCHES_KEPT].first()
    if oldest_kept is not None:
        log.filter(started_at__lt=oldest_kept).delete()


def _due(now: datetime) -> QuerySet[FetchStateRow]:
    return FetchStateRow.objects.filter(
        Q(next_fetch_at=None) | Q(next_fetch_at__lte=now),
        Q(lease_until_at=None) | Q(lease_until_at__lte=now),
        source__is_enabled=True,
    )
