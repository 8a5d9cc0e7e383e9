"""One source within a batch: what was asked, what came of it, and the one report at its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawlers.ports import CrawlJob
from langnghe.source import FetchReport


@dataclass
class SourceRun:
    """Counts a source's open requests; the report is due when none is open any more."""

    job: CrawlJob
    started_at: datetime
    open_requests: int = 0
    fetch_count: int = 1
    was_answered: bool = False
    outcome: str = ""
    status: int = 0
    item_count: int = 0
    new_count: int = 0
    etag: str = ""
    last_modified: str = ""
    retry_after_s: float | None = None
    ttl_s: float | None = None
    hub_url: str = ""
    topic_url: str = ""
    error: str = ""
    postponed_pages: int = 0
    is_listing_read: bool = False
    has_failed: bool = False
    is_reported: bool = False

    def settle(self, outcome: str, error: str = "") -> None:
        """Take the outcome of one of the source's own fetches; the first that failed stays."""
        if self.outcome in ("", "ok", "not-modified"):
            self.outcome = outcome
            self.error = f"{outcome}: {error}" if error else ""

    def fail(self, error: str) -> None:
        """Note a failure of ours (the inbox, a parser); the source itself may be well."""
        self.has_failed = True
        if not self.outcome:
            self.settle("parse-error", error)
        self.error = self.error or error

    def report(self, now: datetime) -> FetchReport:
        """Return the report. Where pages were left over or something failed, the validators are
        not kept, so that the next poll sees the feed's items again."""
        is_complete = self.outcome == "ok" and not (self.postponed_pages or self.has_failed)
        return FetchReport(
            source_id=self.job.source.id,
            started_at=self.started_at,
            finished_at=now,
            outcome=self.outcome or "network-error",
            status=self.status,
            item_count=self.item_count,
            new_count=self.new_count,
            etag=self.etag if is_complete else "",
            last_modified=self.last_modified if is_complete else "",
            retry_after_s=self.retry_after_s,
            ttl_s=self.ttl_s,
            error=self.error[:500],
            hub_url=self.hub_url[:2000],
            topic_url=self.topic_url[:2000],
        )
