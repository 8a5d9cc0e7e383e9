"""What the service does before it starts: its sources, its people, its first administrator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from langnghe.links import RoomLinks
from ledger import sources, users
from runtime.wiring import Runtime

_ACTOR = "profile"


def prepare(runtime: Runtime) -> None:
    """Seed what the profile implies: the starter sources and the office's people.

    Safe to repeat: what a person has changed since stays as it is. A recorded stream brings its
    own sources.
    """
    if not runtime.settings.replay_recorded_start:
        from crawlers.starter import starter_sources

        sources.seed_sources(starter_sources(runtime.profile), runtime.clock.now())
    prepare_people(runtime)


def prepare_people(runtime: Runtime) -> None:
    """Add the profile's people who are not users yet; nobody's role is changed."""
    for person in runtime.profile.people:
        if users.member(person.email.strip().lower()) is None:
            users.save_member(person, _ACTOR, runtime.clock.now())


def welcome(runtime: Runtime, say: Callable[[str], object]) -> None:
    """Print the room's address, and the one-time link while there is no administrator yet."""
    settings = runtime.settings
    say(f"Dữ liệu: {settings.data_dir}")
    say(f"Cơ quan: {runtime.profile.office}")
    token = users.first_admin_link(datetime.now(UTC))
    if token:
        link = RoomLinks(settings.room_url).one_time(token)
        say(f"Mở liên kết này một lần để đặt mật khẩu quản trị:\n  {link}")
