"""Digests in the running service: made once per period and recipient, sent through the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.model import Recipient
from alerts.routing import ROOM, fallback
from langnghe.links import RoomLinks
from ledger import digests, users
from reports.digest import Digest, Period, build_digest, digest_due
from reports.render import RenderedDigest, render_digest
from runtime.wiring import Runtime

_READERS = ("leader", "spokesperson", "approver", "analyst")
_TOO_LATE = timedelta(hours=20)


def send_due_digest(runtime: Runtime) -> int:
    """Make the last period's digest for everybody who lacks it and return how many were made.

    A missed digest is made on the next start; one that is older than twenty hours is left, since
    the next is near. A draft on hold waits for its analyst.
    """
    settings, now = runtime.settings, runtime.clock.now()
    period = digest_due(now, settings.digest_hour, settings.digest_minute)
    if now - period.end_at > _TOO_LATE or not digests.has_documents_before(period.end_at):
        return 0
    missing = digests.missing_recipients(period, digest_readers(runtime))
    if not missing or digests.edits_of(period.key).is_held:
        return 0
    return _send(runtime, period, missing, now)


def send_digest_now(runtime: Runtime) -> int:
    """Make and queue a digest of the last 24 hours for every reader; returns how many."""
    now = runtime.clock.now()
    period = Period("now", now - timedelta(days=1), now)
    return _send(runtime, period, digest_readers(runtime), now)


def preview(runtime: Runtime, period: Period, now: datetime) -> tuple[Digest, RenderedDigest]:
    """Return the digest of ``period`` as it would leave at ``now``, with the analyst's edits."""
    edits = digests.edits_of(period.key)
    facts = digests.digest_facts(period, runtime.profile, _links(runtime), now)
    digest = build_digest(
        digests.apply_edits(facts, edits), remark=edits.remark, story_order=edits.story_order
    )
    return digest, render_digest(digest)


def digest_readers(runtime: Runtime) -> list[Recipient]:
    """Return who gets the digest: the users by role and the addresses of the settings.

    With nobody named, the mail is addressed to the room itself, so that it can be looked at.
    """
    people = [
        Recipient(m.name, "email", m.email, m.role, m.departments)
        for m in users.members(only_active=True)
        if m.role in _READERS and m.email
    ]
    found = [*people, *fallback(runtime.settings.mail_to)]
    return found or [ROOM]


def _send(runtime: Runtime, period: Period, readers: list[Recipient], now: datetime) -> int:
    digest, mail = preview(runtime, period, now)
    links = _links(runtime)
    return sum(digests.record_digest(digest, mail, reader, links, now) for reader in readers)


def _links(runtime: Runtime) -> RoomLinks:
    return RoomLinks(runtime.settings.room_url)
