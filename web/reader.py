"""Who is looking: the member behind a request, and what this person may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from langnghe.profile import Profile
from ledger.queries import Scope, scope_of
from web.permissions import allowed_routes


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
        return (
            department in self.departments
            or topic in self.scope.topics
            or any(place in self.scope.places for place in places)
        )


def reader_of(request: HttpRequest, profile: Profile) -> Reader | None:
    """Return who is signed in, None for a stranger or a user without a role."""
    user = request.user
    row = getattr(user, "member", None) if user.is_authenticated else None
    if row is None or not user.is_active:
        return None
    departments, communes = tuple(row.departments), tuple(row.communes)
    scope = scope_of(departments, communes, profile)
    return Reader(
        username=user.get_username(),
        name=user.first_name or user.get_username(),
        role=row.role,
        routes=allowed_routes(row.role, is_limited=scope is not None),
        departments=departments,
        communes=communes,
        scope=scope,
    )
