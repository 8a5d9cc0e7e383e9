"""Which department answers for a matter: data that an office edits in its profile."""

from __future__ import annotations

from functools import lru_cache

from langnghe.analysis import Analysis
from langnghe.profile import Department, Profile
from nlp.resources import read_entries


@lru_cache(maxsize=1)
def default_departments() -> dict[str, tuple[str, ...]]:
    """Return for each topic the departments that usually answer for it in a province."""
    rows = (line.split("\t") for line in read_entries("topic-departments.tsv"))
    return {topic: tuple(names.split("|")) for topic, names in rows}


def responsible(analysis: Analysis, profile: Profile) -> tuple[str, ...]:
    """Return the names of those who answer for a document, the nearest first.

    Order: departments of the office that the text names, the communes that it names, departments
    whose sectors hold its topic; without any, the usual department of the topic.
    """
    topic = analysis.value_of("topic")
    agencies = {mention.name for mention in analysis.agencies}
    places = {value for place in analysis.places for value in (place.code, place.name) if value}
    named = [d for d in profile.departments if agencies & {d.name, *d.aliases}]
    local = [d for d in profile.departments if places.intersection(d.communes)]
    sector = [d for d in profile.departments if topic in d.topics]
    found: list[Department] = [*named, *local, *sector]
    if found:
        return tuple(dict.fromkeys(department.name for department in found))
    return default_departments().get(topic, ())
