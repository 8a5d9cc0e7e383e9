"""Whom messages may go to: the room's users, the profile's people, the set-up of channels."""

from __future__ import annotations

from alerts.channels.setup import CHANNELS_NAME, load_channels
from alerts.model import Recipient
from ledger.users import Member, members
from runtime.wiring import Runtime


def reachable_people(runtime: Runtime) -> list[Recipient]:
    """Return everybody with an address, each user and address once; nobody who was kept out."""
    setup = load_channels(runtime.settings.data_dir / CHANNELS_NAME)
    known = {user.email.casefold() for user in members()}
    users = [recipient_of(user) for user in members(only_active=True) if user.email]
    others = [
        Recipient(
            person.name,
            "email",
            person.email,
            person.role,
            person.departments,
            communes=person.communes,
        )
        for person in runtime.profile.people
        if person.email and person.email.casefold() not in known
    ]
    return [*users, *others, *setup.recipients]


def recipient_of(user: Member) -> Recipient:
    """Return a user as messages reach them: by e-mail, outside their quiet hours."""
    return Recipient(
        user.username,
        "email",
        user.email,
        user.role,
        user.departments,
        user.quiet.from_hour,
        user.quiet.to_hour,
        user.quiet.route,
        user.communes,
    )
