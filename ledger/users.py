"""People who use the product: roles, limits, and the one-time link of the first administrator."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models import QuerySet

from langnghe.errors import ConfigError
from langnghe.profile import ROLES, Person
from ledger import audit
from ledger.border import reading, writing
from ledger.models import MemberRow, OneTimeLinkRow

FIRST_ADMIN = "first-admin"
INVITATION = "invitation"
FIRST_ADMIN_HOURS = 24
QUIET_ROUTES = ("later", "duty")


@dataclass(frozen=True)
class QuietHours:
    """From which to which local hour a user is not to be disturbed (None = never); ``route`` is
    "later" or "duty", see :class:`alerts.model.Recipient`."""

    from_hour: int | None = None
    to_hour: int | None = None
    route: str = "later"


@dataclass(frozen=True)
class Member:
    """A user of the product; empty limits mean everything."""

    username: str
    name: str
    email: str
    role: str
    departments: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    is_active: bool = True
    has_password: bool = False
    quiet: QuietHours = QuietHours()

    @property
    def is_limited(self) -> bool:
        """Whether this person sees only departments or communes."""
        return bool(self.departments or self.communes)


@writing
def save_member(person: Person, actor: str, now: datetime) -> Member:
    """Add a user, or change role, name and limits of the one with this e-mail address.

    The address in lower case is the user name. Raises ConfigError for an unknown role, an empty
    address, or when nobody would administer any more.
    """
    username = person.email.strip().lower()
    if not username or person.role not in ROLES:
        raise ConfigError(f"user {person.email!r}: unknown role {person.role!r} or no address")
    user = get_user_model().objects.filter(username=username).first()
    is_new = user is None
    if user is None:
        user = User(username=username)
        user.set_unusable_password()
    user.email, user.first_name = username, person.name[:150]
    user.save()
    MemberRow.objects.update_or_create(
        user=user,
        defaults={
            "role": person.role,
            "departments": list(person.departments),
            "communes": list(person.communes),
        },
    )
    if not is_new:
        _require_admin(username)
    detail: dict[str, audit.Detail] = {
        "role": person.role,
        "departments": list(person.departments),
        "communes": list(person.communes),
    }
    audit.record(actor, "user.add" if is_new else "user.change", username, now, detail)
    return _member(user)


@writing
def save_quiet_hours(username: str, quiet: QuietHours, actor: str, now: datetime) -> None:
    """Keep a user's quiet hours. Raises ConfigError for anything but two different hours from 0 to
    23, or none, and a known route."""
    hours = {quiet.from_hour, quiet.to_hour}
    if (hours != {None} and not (len(hours) == 2 and hours <= set(range(24)))) or (
        quiet.route not in QUIET_ROUTES
    ):
        raise ConfigError(f"quiet hours of {username!r}: {quiet}")
    MemberRow.objects.filter(user=_user(username)).update(
        quiet_from_hour=quiet.from_hour, quiet_to_hour=quiet.to_hour, quiet_route=quiet.route
    )
    detail: dict[str, audit.Detail] = {
        "from": quiet.from_hour,
        "to": quiet.to_hour,
        "route": quiet.route,
    }
    audit.record(actor, "user.quiet-hours", username, now, detail)


@writing
def set_active(username: str, is_active: bool, actor: str, now: datetime) -> None:
    """Let a user in or keep them out; users are never deleted, their decisions name them."""
    user = _user(username)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    _require_admin(username)
    audit.record(actor, "user.activate" if is_active else "user.deactivate", username, now)


@writing
def set_password(username: str, password: str, actor: str, now: datetime) -> None:
    """Set a password (its quality is checked by the form that asks for it)."""
    user = _user(username)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(actor, "user.password", username, now)


@reading
def member(username: str) -> Member | None:
    """Return the active user of this name, None if there is none."""
    user = _users().filter(username=username, is_active=True).first()
    return _member(user) if user else None


@reading
def members(*, only_active: bool = False) -> list[Member]:
    """Return the users by name."""
    users = _users().order_by("username")
    return [_member(user) for user in (users.filter(is_active=True) if only_active else users)]


@reading
def has_admin() -> bool:
    """Return whether an active administrator can log in."""
    return any(m.role == "admin" and m.has_password for m in members(only_active=True))


@writing
def make_link(
    purpose: str, now: datetime, *, username: str = "", hours: float = FIRST_ADMIN_HOURS
) -> str:
    """Return a new token that works once until it expires; older ones of the same purpose die.

    Only its hash is kept: the token cannot be read from the database or a backup.
    """
    token = secrets.token_urlsafe(32)
    OneTimeLinkRow.objects.filter(purpose=purpose, username=username, used_at=None).delete()
    OneTimeLinkRow.objects.create(
        token_hash=_hash(token),
        purpose=purpose,
        username=username,
        created_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    return token


def first_admin_link(now: datetime) -> str | None:
    """Return a fresh token for the first administrator, None once there is one."""
    return None if has_admin() else make_link(FIRST_ADMIN, now)


@reading
def link_username(token: str, purpose: str, now: datetime) -> str | None:
    """Return whom a token was made for ("" = the first administrator), None if it is no good."""
    row = OneTimeLinkRow.objects.filter(
        token_hash=_hash(token), purpose=purpose, used_at=None, expires_at__gt=now
    ).first()
    return row.username if row else None


@writing
def claim_first_admin(token: str, email: str, name: str, password: str, now: datetime) -> Member:
    """Use the one-time link: make the first administrator. Raises ConfigError if it is no good."""
    _use(token, FIRST_ADMIN, now)
    username = email.strip().lower()
    save_member(Person(name=name, email=username, role="admin"), username, now)
    set_password(username, password, username, now)
    return _member(_user(username))


@writing
def accept_invitation(token: str, password: str, now: datetime) -> Member:
    """Use an invitation: set the first password. Raises ConfigError if the link is no good."""
    username = _use(token, INVITATION, now)
    set_password(username, password, username, now)
    return _member(_user(username))


def _use(token: str, purpose: str, now: datetime) -> str:
    """Use up a link in one statement, so that it works once however often it is clicked."""
    live = OneTimeLinkRow.objects.filter(
        token_hash=_hash(token), purpose=purpose, used_at=None, expires_at__gt=now
    )
    if not live.update(used_at=now):
        raise ConfigError("the link was used before or has expired")
    return OneTimeLinkRow.objects.get(token_hash=_hash(token)).username


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _users() -> QuerySet[User]:
    return User.objects.filter(member__isnull=False).select_related("member")


def _user(username: str) -> User:
    found = _users().filter(username=username).first()
    if found is None:
        raise ConfigError(f"unknown user {username!r}")
    return found


def _member(user: User) -> Member:
    row: MemberRow = user.member
    return Member(
        username=user.username,
        name=user.first_name,
        email=user.email,
        role=row.role,
        departments=tuple(row.departments),
        communes=tuple(row.communes),
        is_active=user.is_active,
        has_password=user.has_usable_password(),
        quiet=QuietHours(row.quiet_from_hour, row.quiet_to_hour, row.quiet_route),
    )


def _require_admin(changed: str) -> None:
    """Raise ConfigError when a change would leave the office without an administrator."""
    admins: Sequence[Member] = [m for m in members(only_active=True) if m.role == "admin"]
    had_admin = MemberRow.objects.exclude(user__username=changed).exists()
    if not admins and had_admin:
        raise ConfigError("the last administrator cannot be taken away")
