"""How much a period holds of each of the office's own topics, for its digest."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from langnghe.errors import QueryError
from langnghe.links import RoomLinks
from langnghe.profile import OwnTopic, Profile
from langnghe.query import Query, matches, parse
from ledger import documents, queries
from ledger.border import reading
from ledger.digest_facts import EVERYTHING, Interest
from ledger.queries import DocumentFilter
from ledger.topics import own_topics
from reports.digest import TopicFacts
from reports.periods import Period

logger = logging.getLogger(__name__)

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

    A count equals the list behind its link: both match the query over the same frozen window. A
    stored query that a later version no longer understands is logged; the digest leaves without it.
    """
    asked = dict(_parsed(own_topics(profile)))
    if not asked:
        return ()
    counts = dict.fromkeys(asked, 0)
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


def _parsed(topics: Iterable[OwnTopic]) -> Iterator[tuple[OwnTopic, Query]]:
    for topic in topics:
        try:
            yield topic, parse(topic.query)
        except QueryError as error:
            logger.warning("topic %r counts nothing until it is mended: %s", topic.name, error)


def _link(query: str, period: Period, links: RoomLinks, interest: Interest) -> str:
    narrowed = f"({query}) AND ({interest.query})" if interest.query else query
    return links.documents(query=narrowed, seen_from=period.start_at, seen_to=period.end_at)
