"""A poll of the mailbox: every new mail into the inbox, the cursor only after it is stored."""

from __future__ import annotations

from datetime import datetime

from crawlers.mailbox.client import new_mails
from crawlers.mailbox.mapping import document_of_mail
from crawlers.ports import CrawlJob, Inbox
from langnghe.errors import ConfigError, FetchError, InvalidDocument
from langnghe.source import FetchReport


def read_mailbox(
    job: CrawlJob, inbox: Inbox, password: str, *, now: datetime, author_key: bytes
) -> FetchReport:
    """Read the mails that are new and return the report; blocks. A mail that cannot be read is
    quarantined and passed by."""
    source, state = job.source, job.state
    cursor, count, new, outcome, error = state.etag, 0, 0, "ok", ""
    try:
        for mail in new_mails(source.id, source.url, cursor, password):
            count += 1
            try:
                doc = document_of_mail(mail.payload, source, now, author_key)
            except InvalidDocument as problem:
                inbox.quarantine(source.id, "", str(problem), mail.payload[:200_000])
            else:
                new += len(inbox.put([doc]).new)
            cursor = mail.cursor
    except FetchError as problem:
        outcome, error = "network-error", f"network-error: {problem}"
    except ConfigError as problem:
        outcome, error = "refused", f"refused: {problem}"
    # A report that is not "ok" keeps the old cursor; what was stored is then read again, once,
    # and changes nothing.
    return FetchReport(
        source_id=source.id,
        started_at=now,
        finished_at=now,
        outcome=outcome,
        item_count=count,
        new_count=new,
        etag=cursor,
        error=error,
    )
