"""Which database the settings mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from langnghe.errors import ConfigError
from langnghe.settings import Settings
from ledger.database import SQLITE_PRAGMAS, database, django_settings


def settings(url: str = "") -> Settings:
    return Settings(Path("/data"), Path("/data/langnghe.toml"), database_url=url)


def test_the_embedded_ledger_is_safe_against_a_power_cut_and_waits_for_other_writers() -> None:
    found = database(settings())
    assert found["NAME"] == "/data/ledger.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["OPTIONS"]["timeout"] >= 30
    assert "journal_mode=WAL" in SQLITE_PRAGMAS
    assert "synchronous=FULL" in SQLITE_PRAGMAS


def test_a_postgres_address_is_taken_apart() -> None:
    found = database(
        settings("postgresql://an%40x:m%2Ft@db.example:5433/lang%20nghe?sslmode=require")
    )
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("an@x", "m/t", "lang nghe")
    assert (found["HOST"], found["PORT"]) == ("db.example", "5433")
    assert found["OPTIONS"]["sslmode"] == "require"


def test_an_empty_host_is_the_local_socket() -> None:
    found = database(settings("postgresql://root@/langnghe"))
    assert (found["HOST"], found["NAME"]) == ("", "langnghe")


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://host", "postgresql://host/", "hello"])
def test_any_other_address_is_refused_without_repeating_the_password(url: str) -> None:
    with pytest.raises(ConfigError, match="database_url"):
        database(settings(url))


def test_passwords_are_hashed_by_argon2_and_times_are_aware() -> None:
    found = django_settings(settings())
    assert found["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")
    assert found["USE_TZ"] is True
