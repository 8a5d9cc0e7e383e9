"""Who is looking: the member behind a request, and what this person may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from langnghe.profile import Profile
from langnghe.scope import Scope, scope_of
from ledger import queries
from ledger.queries import DocumentFilter
from web.permissions import WALL, allowed_routes


@dataclass(frozen=True)
class Reader:
    """A signed-in member with the role's routes and the limits of what they may see.

    ``scope`` None means everything.
    """

    username: str
    name: str
    role: str
    routes: frozenset[str]
    departments: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    scope: Scope | None = None

    def sees(self, *, department: str = "", topic: str = "", places: tuple[str, ...] = ()) -> bool:
        """Return whether a matter of this department, topic or place is this person's business."""
        if self.scope is None:
            return True
        return department in self.departments or self.scope.covers(topic, places)

    def sees_story(self, story_id: str) -> bool:
        """Return whether a living story is this person's business: some document of it."""
        if self.scope is None:
            return True
        return queries.count(DocumentFilter(story_ids=(story_id,), scope=self.scope)) > 0

    def seen_documents(self, ids: Sequence[str]) -> set[str]:
        """Return which of the documents this person may see."""
        if self.scope is None or not ids:
            return set(ids)
        return queries.matching_ids(DocumentFilter(ids=tuple(ids), scope=self.scope))


WALL_DAYS = 30
_WALL = "wall"


def hang_on_wall(request: HttpRequest) -> None:
    """Make this session show the board for WALL_DAYS days, and nothing else, until signed out."""
    request.session[_WALL] = True
    request.session.set_expiry(WALL_DAYS * 24 * 3600)


def is_wall(request: HttpRequest) -> bool:
    """Return whether this session hangs on the wall."""
    return bool(request.session.get(_WALL))


def reader_of(request: HttpRequest, profile: Profile) -> Reader | None:
    """Return who is signed in, None for a stranger or a user without a role."""
    user = request.user
    row = getattr(user, "member", None) if user.is_authenticated else None
    if row is None or not user.is_active:
        return None
    departments, communes = tuple(row.departments), tuple(row.communes)
    scope = scope_of(departments, communes, profile)
    routes = allowed_routes(row.role, is_limited=scope is not None)
    return Reader(
        username=user.get_username(),
        name=user.first_name or user.get_username(),
        role=row.role,
        routes=routes & WALL if is_wall(request) else routes,
        departments=departments,
        communes=communes,
        scope=scope,
    )


def username_of(request: HttpRequest) -> str:
    """Return the login name of whoever asks, for the log of what people did."""
    return str(request.reader.username)  # type: ignore[attr-defined]
