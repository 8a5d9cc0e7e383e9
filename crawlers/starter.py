"""Source lists as data: the starter list that ships, and lists that people write."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from crawlers.safety import check_url
from langnghe.document import DocumentKind
from langnghe.errors import ConfigError
from langnghe.profile import Profile
from langnghe.source import OutletKind, Source, SourceKind
from langnghe.url import is_web_url

STARTER_FILE = Path(__file__).parent / "resources" / "sources.toml"

MIN_WEIGHT, MAX_WEIGHT = 0.1, 3.0
_KEYS = {field.name for field in fields(Source)}


def starter_sources(profile: Profile) -> list[Source]:
    """Return the shipped sources; those of the office's own province are enabled."""
    found = load_sources(STARTER_FILE)
    if not profile.province:
        return found
    return [
        replace(source, is_enabled=True) if source.province == profile.province else source
        for source in found
    ]


@cache
def _read(path: Path) -> tuple[Source, ...]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    sources = tuple(source_from(row, str(path)) for row in data.get("source", ()))
    ids = [source.id for source in sources]
    if twice := {i for i in ids if ids.count(i) > 1}:
        raise ConfigError(f"{path}: the same id twice: {', '.join(sorted(twice))}")
    return sources


def load_sources(path: Path) -> list[Source]:
    """Return the sources of a TOML file of ``[[source]]`` tables; raises ConfigError."""
    return list(_read(path))


def source_from(row: Mapping[str, Any], where: str) -> Source:
    """Return the source that ``row`` describes; raises ConfigError naming ``where`` and the key."""
    name = row.get("id") or row.get("url") or "?"
    if unknown := set(row) - _KEYS:
        raise ConfigError(f"{where}: source {name}: unknown key {', '.join(sorted(unknown))}")
    for key in ("id", "name", "url"):
        if not row.get(key):
            raise ConfigError(f"{where}: source {name}: {key} is missing")
    try:
        source = Source(
            id=str(row["id"]),
            name=str(row["name"]),
            outlet=str(row.get("outlet") or row["name"]),
            kind=SourceKind(row.get("kind", SourceKind.FEED)),
            url=str(row["url"]),
            outlet_kind=OutletKind(row.get("outlet_kind", OutletKind.NATIONAL)),
            province=str(row.get("province", "")),
            weight=float(row.get("weight", 1.0)),
            document_kind=DocumentKind(row.get("document_kind", DocumentKind.ARTICLE)),
            fetch_pages=bool(row.get("fetch_pages", True)),
            is_enabled=bool(row.get("is_enabled", True)),
            options=tuple((str(k), str(v)) for k, v in dict(row.get("options", {})).items()),
        )
    except ValueError as error:
        raise ConfigError(f"{where}: source {name}: {error}") from error
    check_source(source, where)
    return source


def check_source(source: Source, where: str, loopback_ports: Collection[int] = ()) -> None:
    """Raise ConfigError for a source that cannot be read or weighed, AddressRefused for one whose
    address (or server, among its options) is not public.

    A mailbox may lie inside the network: its address is an administrator's.
    """
    if source.kind is not SourceKind.MAILBOX and not is_web_url(source.url):
        raise ConfigError(f"{where}: source {source.id}: not a web address: {source.url}")
    if not MIN_WEIGHT <= source.weight <= MAX_WEIGHT:
        raise ConfigError(f"{where}: source {source.id}: weight {source.weight} is not 0.1–3")
    servers = (value for _, value in source.options if is_web_url(value))
    for url in (source.url, *servers):
        if source.kind is not SourceKind.MAILBOX:
            check_url(url, loopback_ports)
