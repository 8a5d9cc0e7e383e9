"""The office's own topics: those of the profile, as the room has changed them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from langnghe.errors import LangNgheError
from langnghe.profile import OwnTopic, Profile
from langnghe.query import parse
from langnghe.text import normalize
from ledger import audit
from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import OwnTopicRow

LONGEST_NAME, LONGEST_QUERY = 80, 2000


class TopicError(LangNgheError):
    """There is no such topic, or its name is taken; the message says which."""

    code = "topic"


@dataclass(frozen=True)
class KnownTopic:
    """A topic with who changed it last ("" = as the profile has it) and whether it is retired."""

    topic: OwnTopic
    is_retired: bool = False
    changed_by: str = ""
    changed_at: datetime | None = None


@reading
def own_topics(profile: Profile) -> tuple[OwnTopic, ...]:
    """Return the topics in use, by name."""
    return tuple(known.topic for known in known_topics(profile) if not known.is_retired)


@reading
def known_topics(profile: Profile) -> list[KnownTopic]:
    """Return every topic, by name; a row of the room stands for the profile's of its name."""
    found = {topic.name: KnownTopic(topic) for topic in profile.own_topics}
    for row in OwnTopicRow.objects.all():
        topic = OwnTopic(row.name, row.query)
        found[row.name] = KnownTopic(topic, row.is_retired, row.changed_by, row.changed_at)
    return sorted(found.values(), key=lambda known: known.topic.name.lower())


@writing
def save_topic(
    topic: OwnTopic, actor: str, now: datetime, profile: Profile, *, before: str = ""
) -> None:
    """Record a new topic, or the one named ``before`` under its new name and query.

    Raises TopicError for a name that another topic has, QueryError for a query that nobody
    understands. A profile's topic that was renamed is retired under its old name.
    """
    parse(topic.query)
    names = {known.topic.name for known in known_topics(profile)}
    if before and before not in names:
        raise TopicError(f"unknown topic {before!r}")
    # However its marks are typed, a name is one name.
    if normalize(topic.name) in map(normalize, names - {before}):
        raise TopicError(f"topic {topic.name!r} is there already")
    if before and before != topic.name:
        old = OwnTopicRow.objects.filter(name=before)
        if any(own.name == before for own in profile.own_topics):
            _write(OwnTopic(before, _query_of(before, profile)), actor, now, is_retired=True)
        else:
            old.delete()
    _write(topic, actor, now, is_retired=False)
    detail: dict[str, audit.Detail] = {"query": topic.query, "before": before}
    audit.record(actor, "topic.save", topic.name, now, detail)


@writing
def retire_topic(
    name: str, actor: str, now: datetime, profile: Profile, *, is_retired: bool = True
) -> None:
    """Show a topic no longer, or again. Raises TopicError for an unknown one."""
    _write(OwnTopic(name, _query_of(name, profile)), actor, now, is_retired=is_retired)
    audit.record(actor, "topic.retire" if is_retired else "topic.restore", name, now)


def _query_of(name: str, profile: Profile) -> str:
    for known in known_topics(profile):
        if known.topic.name == name:
            return known.topic.query
    raise TopicError(f"unknown topic {name!r}")


def _write(topic: OwnTopic, actor: str, now: datetime, *, is_retired: bool) -> None:
    OwnTopicRow.objects.update_or_create(
        name=storable(topic.name),
        defaults={
            "query": storable(topic.query),
            "is_retired": is_retired,
            "changed_by": actor,
            "changed_at": now,
        },
    )
