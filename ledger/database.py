"""The Django settings and the database connection that one :class:`Settings` means."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from langnghe.errors import ConfigError
from langnghe.settings import Settings

SQLITE_BUSY_S = 60
# FULL: a commit that was answered survives a power cut. 64 MB of page cache serve the trends.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-65536;"
    "PRAGMA journal_size_limit=67108864;"
)
_POSTGRES_SCHEMES = {"postgres", "postgresql"}


def sqlite_database(path: Path) -> dict[str, Any]:
    """Return the Django connection of the embedded ledger at ``path``."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": SQLITE_BUSY_S,
            "init_command": SQLITE_PRAGMAS,
        },
    }


def postgres_database(url: str) -> dict[str, Any]:
    """Return the Django connection of ``postgresql://user:password@host:port/name?option=value``.

    An empty host means the local socket. Raises ConfigError for any other scheme or a missing name.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in _POSTGRES_SCHEMES or not name:
        raise ConfigError("database_url: expected postgresql://user:password@host/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 10, **dict(parse_qsl(parts.query))},
    }


def database(settings: Settings) -> dict[str, Any]:
    """Return the Django connection that ``settings.database_url`` chooses ("" = embedded)."""
    if settings.database_url:
        return postgres_database(settings.database_url)
    return sqlite_database(settings.sqlite_path)


def django_settings(settings: Settings) -> dict[str, Any]:
    """Return everything that Django needs for the ledger alone; web adds its own."""
    return {
        "LANGNGHE": settings,
        "DATABASES": {"default": database(settings)},
        "INSTALLED_APPS": [
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "ledger",
        ],
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "TIME_ZONE": "Asia/Ho_Chi_Minh",
        "LANGUAGE_CODE": "vi",
        "USE_I18N": True,
        # The room replaces this by a key of its own; the ledger alone signs nothing.
        "SECRET_KEY": settings.secret_key or "the-ledger-alone-signs-nothing",
        "PASSWORD_HASHERS": [
            "django.contrib.auth.hashers.Argon2PasswordHasher",
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        ],
        "LOGGING_CONFIG": None,
    }
