"""How much a period holds of each of the office's own topics, for its digest."""

from __future__ import annotations

from datetime import datetime

from langnghe.links import RoomLinks
from langnghe.profile import Profile
from langnghe.query import matches, parse
from ledger import documents, queries
from ledger.border import reading
from ledger.digest_facts import EVERYTHING, Interest
from ledger.queries import DocumentFilter
from ledger.topics import own_topics
from reports.digest import TopicFacts
from reports.periods import Period

_BATCH = 500


@reading
def topic_facts(
    period: Period,
    profile: Profile,
    links: RoomLinks,
    now: datetime,
    interest: Interest = EVERYTHING,
) -> tuple[TopicFacts, ...]:
    """Return each topic in use that the period holds something of, the fullest first.

    A count equals the list behind its link: both match the query over the same frozen window.
    """
    topics = own_topics(profile)
    if not topics:
        return ()
    asked = {topic: parse(topic.query) for topic in topics}
    counts = dict.fromkeys(topics, 0)
    wanted = DocumentFilter(seen_from=period.start_at, seen_to=period.end_at, scope=interest.scope)
    cursor = ""
    while True:
        page = queries.newest(_BATCH, cursor, wanted)
        for item in documents.load_analysed([doc.id for doc in page.documents]):
            for topic, query in asked.items():
                counts[topic] += matches(query, item, now)
        cursor = page.next
        if not cursor:
            break
    found = [
        TopicFacts(topic.name, count, _link(topic.query, period, links, interest))
        for topic, count in counts.items()
        if count
    ]
    return tuple(sorted(found, key=lambda facts: (-facts.count, facts.name)))


def _link(query: str, period: Period, links: RoomLinks, interest: Interest) -> str:
    narrowed = f"({query}) AND ({interest.query})" if interest.query else query
    return links.documents(query=narrowed, seen_from=period.start_at, seen_to=period.end_at)
