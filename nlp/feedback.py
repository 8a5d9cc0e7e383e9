"""Feedback of the people as work: complaints, suggestions and questions by matter and place.

Grouped by what they are about and where, never by who wrote them; criticism is feedback to
answer, not something to flag.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from langnghe.analysis import AnalysedDocument, Analysis, Intent
from langnghe.profile import Profile
from nlp.topics import responsible

ANSWERABLE = (Intent.COMPLAINT, Intent.SUGGESTION, Intent.QUESTION)


@dataclass(frozen=True)
class FeedbackGroup:
    """What people say of one matter in one place, and who answers for it."""

    matter: str
    """The story's id where the posts belong to one, else the topic."""
    topic: str
    place: str
    intents: tuple[tuple[str, int], ...]
    departments: tuple[str, ...]
    document_ids: tuple[str, ...]
    first_at: datetime
    last_at: datetime

    @property
    def count(self) -> int:
        return len(self.document_ids)


def group_feedback(items: Iterable[AnalysedDocument], profile: Profile) -> list[FeedbackGroup]:
    """Return the groups of posts and comments that want an answer, the largest first."""
    groups: dict[tuple[str, str], list[tuple[AnalysedDocument, Analysis]]] = {}
    for item in items:
        analysis = item.analysis
        if analysis is None or not item.document.kind.is_social:
            continue
        if analysis.value_of("intent") in ANSWERABLE:
            matter = item.story_id or analysis.value_of("topic")
            key = (matter, place_of(analysis, profile))
            groups.setdefault(key, []).append((item, analysis))
    found = [_group(matter, place, members, profile) for (matter, place), members in groups.items()]
    return sorted(found, key=lambda group: (-group.count, group.first_at, group.matter))


def place_of(analysis: Analysis, profile: Profile) -> str:
    """Return the narrowest unit that a document names, the office's own communes first."""
    own = set(profile.communes) | {place.name for place in profile.places}
    communes = [place for place in analysis.places if place.level != "province"]
    for place in communes:
        if place.code in own or place.name in own:
            return place.name
    for place in (*communes, *analysis.places):
        return place.name
    return ""


def _group(
    matter: str,
    place: str,
    members: list[tuple[AnalysedDocument, Analysis]],
    profile: Profile,
) -> FeedbackGroup:
    moments = [item.document.published_at for item, _ in members]
    intents = Counter(analysis.value_of("intent") for _, analysis in members)
    topics = Counter(analysis.value_of("topic") for _, analysis in members)
    departments = Counter(
        name for _, analysis in members for name in responsible(analysis, profile)
    )
    return FeedbackGroup(
        matter=matter,
        topic=topics.most_common(1)[0][0],
        place=place,
        intents=tuple(intents.most_common()),
        departments=tuple(name for name, _ in departments.most_common()),
        document_ids=tuple(item.document.id for item, _ in members),
        first_at=min(moments),
        last_at=max(moments),
    )
