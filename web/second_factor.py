"""When an administrator must show a second factor."""

from __future__ import annotations

from django.http import HttpRequest

from web.room import is_recorded, room


def needs_second_factor(request: HttpRequest, role: str) -> bool:
    """Return whether this session of an administrator still lacks its second factor.

    A recorded day on this machine holds nothing that needs it.
    """
    if role != "admin":
        return False
    if is_recorded() and room().settings.web_host in {"127.0.0.1", "localhost", "::1"}:
        return False
    return not request.user.is_verified()  # type: ignore[union-attr]
