"""The office's profile: whose communications office this is. Places, rules, routing and sources
follow from it; without one the whole country is watched."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langnghe.errors import ConfigError, QueryError
from langnghe.query import parse

PROFILE_NAME = "profile.toml"


@dataclass(frozen=True)
class Department:
    """A responsible department or commune: the sectors it answers for and where warnings go."""

    name: str
    topics: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    email: str = ""
    communes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """A user of the product (never somebody who is watched). ``role`` is one of ROLES."""

    name: str
    email: str
    role: str
    departments: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProfilePlace:
    """A unit to recognise beside the official gazetteer (a new unit, an old name, a quarter)."""

    name: str
    level: str = "commune"
    code: str = ""
    province: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnTopic:
    """A matter that the office follows beside the sectors: a name and a query that is saved."""

    name: str
    query: str


ROLES: dict[str, str] = {
    "admin": "Quản trị",
    "analyst": "Trực theo dõi",
    "approver": "Phê duyệt",
    "spokesperson": "Người phát ngôn",
    "leader": "Lãnh đạo",
}


@dataclass(frozen=True)
class Profile:
    """The office. ``province`` is a province code ("" for a ministry or the whole country)."""

    office: str = "Cả nước (chưa chọn cơ quan)"
    province: str = ""
    ministry: str = ""
    communes: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    departments: tuple[Department, ...] = ()
    people: tuple[Person, ...] = ()
    outlets: tuple[str, ...] = ()
    places: tuple[ProfilePlace, ...] = ()
    keywords: tuple[str, ...] = ()
    own_topics: tuple[OwnTopic, ...] = ()

    @property
    def is_national(self) -> bool:
        """Whether nothing narrower than the country was chosen."""
        return not self.province and not self.ministry


def load_profile(path: Path) -> Profile:
    """Return the profile in the TOML file ``path``; a missing file gives the national profile.

    Raises ConfigError naming the unknown or malformed key.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Profile()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    try:
        profile = profile_from(data)
    except (TypeError, AttributeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    for person in profile.people:
        if person.role not in ROLES:
            raise ConfigError(f"{path}: people: unknown role {person.role!r}")
    for topic in profile.own_topics:
        try:
            parse(topic.query)
        except (QueryError, TypeError, AttributeError) as error:
            raise ConfigError(f"{path}: own_topics: {topic.name}: {error}") from error
    return profile


def profile_from(data: Mapping[str, Any]) -> Profile:
    """Return the profile that ``data`` (the TOML tables) describes; raises TypeError."""
    nested: dict[str, type] = {
        "departments": Department,
        "people": Person,
        "places": ProfilePlace,
        "own_topics": OwnTopic,
    }
    values: dict[str, Any] = {}
    for key, value in data.items():
        if key in nested:
            values[key] = tuple(nested[key](**_tuples(row)) for row in value)
        else:
            values[key] = tuple(value) if isinstance(value, list) else value
    return Profile(**values)


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
