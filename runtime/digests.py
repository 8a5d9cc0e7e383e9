"""Digests in the running service: made once per period and recipient, sent through the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.model import Recipient
from alerts.routing import ROOM, fallback
from langnghe.links import RoomLinks
from langnghe.scope import scope_of
from langnghe.settings import Settings
from ledger import digest_facts as facts_of
from ledger import digests, users
from ledger.digest_facts import EVERYTHING, Interest, interest_in
from ledger.digest_topics import topic_facts
from ledger.digests import DigestChoice, DigestEdits
from ledger.users import Member
from reports.digest import Digest, build_digest
from reports.periods import KINDS, DigestTimes, Period, last_period
from reports.render import RenderedDigest, render_digest
from runtime.wiring import Runtime

_READERS = ("leader", "spokesperson", "approver", "analyst")
_BY_ROLE = DigestChoice(kinds=("daily",))
_NONE = DigestChoice()


@dataclass(frozen=True)
class DigestReader:
    """Somebody who gets digests: of which kinds, and of what."""

    recipient: Recipient
    kinds: tuple[str, ...] = ("daily",)
    interest: Interest = EVERYTHING


def send_due_digests(runtime: Runtime) -> int:
    """Make each kind's last digest for everybody who wants and lacks it; return how many.

    A missed digest is made on the next start, until the next one is near. A draft on hold waits
    for its analyst.
    """
    now, times = runtime.clock.now(), digest_times(runtime.settings)
    periods = [last_period(kind, now, times) for kind in KINDS]
    due = [p for p in periods if now < p.made_until and facts_of.has_documents_before(p.end_at)]
    readers = digest_readers(runtime) if due else []
    return sum(_send_due(runtime, period, readers, now) for period in due)


def send_digest_now(runtime: Runtime) -> int:
    """Make and queue a digest of the last 24 hours for every reader; returns how many."""
    now = runtime.clock.now()
    return _send(runtime, Period("now", now - timedelta(days=1), now), digest_readers(runtime), now)


def preview(
    runtime: Runtime,
    period: Period,
    now: datetime,
    interest: Interest = EVERYTHING,
    edits: DigestEdits | None = None,
) -> tuple[Digest, RenderedDigest]:
    """Return the digest of ``period`` as it would leave at ``now``, with the analyst's edits: the
    saved ones unless others are given."""
    edits = digests.edits_of(period.key) if edits is None else edits
    links = _links(runtime)
    facts = replace(
        facts_of.digest_facts(period, runtime.profile, links, now, interest),
        topics=topic_facts(period, runtime.profile, links, now, interest),
    )
    digest = build_digest(
        digests.apply_edits(facts, edits),
        remark=edits.remark,
        story_order=edits.story_order,
        words=edits.words,
    )
    return digest, render_digest(digest)


def digest_times(settings: Settings) -> DigestTimes:
    """Return when the office wants its digests."""
    return DigestTimes(
        settings.digest_hour,
        settings.digest_minute,
        settings.digest_noon_hour,
        settings.digest_evening_hour,
        settings.digest_weekday,
    )


def digest_readers(runtime: Runtime) -> list[DigestReader]:
    """Return who gets digests: users by their choice, else by role, and the settings' addresses.

    With nobody named, the mail is addressed to the room itself, so that it can be looked at.
    """
    chosen = digests.choices()
    people = [
        DigestReader(
            Recipient(m.name, "email", m.email, m.role, m.departments),
            choice.kinds,
            interest_of(runtime, m, choice),
        )
        for m in users.members(only_active=True)
        if m.email and (choice := chosen.get(m.username) or choice_by_role(m)).kinds
    ]
    theirs = {m.email.casefold() for m in users.members()}
    others = [r for r in fallback(runtime.settings.mail_to) if r.address.casefold() not in theirs]
    found = [*people, *map(DigestReader, others)]
    return found or [DigestReader(ROOM)]


def choice_by_role(member: Member) -> DigestChoice:
    """Return what a user gets who chose nothing."""
    return _BY_ROLE if member.role in _READERS else _NONE


def interest_of(runtime: Runtime, member: Member, choice: DigestChoice) -> Interest:
    """Return what a user's digests tell of: the choice, within what the user may see."""
    limit = scope_of(member.departments, member.communes, runtime.profile)
    return interest_in(choice.topics, choice.places, limit, member.departments)


def _send_due(
    runtime: Runtime, period: Period, readers: Iterable[DigestReader], now: datetime
) -> int:
    wanting = [reader for reader in readers if period.kind in reader.kinds]
    missing = digests.missing_recipients(period, [reader.recipient for reader in wanting])
    if not missing or digests.edits_of(period.key).is_held:
        return 0
    addresses = {recipient.address for recipient in missing}
    return _send(runtime, period, [r for r in wanting if r.recipient.address in addresses], now)


def _send(runtime: Runtime, period: Period, readers: list[DigestReader], now: datetime) -> int:
    """Make a digest once for all who want the same of it."""
    links, made = _links(runtime), 0
    for interest in dict.fromkeys(reader.interest for reader in readers):
        digest, mail = preview(runtime, period, now, interest)
        made += sum(
            digests.record_digest(digest, mail, reader.recipient, links, now)
            for reader in readers
            if reader.interest == interest
        )
    return made


def _links(runtime: Runtime) -> RoomLinks:
    return RoomLinks(runtime.settings.room_url)
