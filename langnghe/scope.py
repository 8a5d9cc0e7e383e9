"""What somebody limited to departments or communes may see: the same on pages and in mails."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from langnghe.profile import Profile


@dataclass(frozen=True)
class Scope:
    """A matter of one of the departments' topics, or one that names one of the communes. There is
    no field for authors."""

    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def covers(self, topic: str, places: Collection[str]) -> bool:
        """Return whether a matter of this topic and these places is within."""
        return topic in self.topics or not set(self.places).isdisjoint(places)


def scope_of(
    departments: tuple[str, ...], communes: tuple[str, ...], profile: Profile
) -> Scope | None:
    """Return what somebody limited to these may see; None means everything."""
    if not departments and not communes:
        return None
    mine = [d for d in profile.departments if d.name in departments]
    places = [c for d in mine for c in d.communes]
    return Scope(
        topics=tuple(dict.fromkeys(t for d in mine for t in d.topics)),
        places=tuple(dict.fromkeys([*communes, *places])),
    )
