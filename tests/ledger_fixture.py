"""A migrated ledger for tests: a fresh SQLite file in a few milliseconds, or a PostgreSQL database.

Use it from any room: ``pytest_plugins = ["tests.ledger_fixture"]`` is set in ``tests/conftest.py``,
so a test only asks for ``ledger_sqlite`` (always there) or ``ledger`` (once per database engine).
Every test process has databases of its own, so pytest-xdist is fine. Transactions are real.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pytest_django.plugin import DjangoDbBlocker

from langnghe.settings import Settings, load_settings
from ledger import boot

POSTGRES_VARIABLE = "LANGNGHE_TEST_POSTGRES_URL"


@pytest.fixture(scope="session")
def ledger_template(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Path:
    """The file of an empty, migrated SQLite ledger, to be copied."""
    settings = _settings(tmp_path_factory.mktemp("ledger-template"))
    with django_db_blocker.unblock():
        boot.setup(settings)
        boot.migrate()
        boot.close()
    return settings.sqlite_path


@pytest.fixture
def ledger_sqlite(
    tmp_path: Path, ledger_template: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Settings]:
    """An empty embedded ledger, open; gives the settings that name it."""
    settings = _settings(tmp_path / "data")
    settings.data_dir.mkdir()
    shutil.copy(ledger_template, settings.sqlite_path)
    with django_db_blocker.unblock():
        boot.setup(settings)
        yield settings
        boot.close()


@pytest.fixture(scope="session")
def postgres_database(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Settings]:
    """A migrated PostgreSQL database of this test process alone, dropped at the end."""
    server = os.environ.get(POSTGRES_VARIABLE)
    psycopg = pytest.importorskip("psycopg")
    if not server:
        pytest.skip(f"{POSTGRES_VARIABLE} is not set")
    name = f"langnghe_test_{os.getpid()}_{secrets.token_hex(4)}"
    parts = urlsplit(server)
    url = f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    settings = replace(_settings(tmp_path_factory.mktemp("postgres")), database_url=url)
    try:
        with django_db_blocker.unblock():
            boot.setup(settings)
            boot.migrate()
        yield settings
    finally:
        with django_db_blocker.unblock():
            boot.close()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def ledger_postgres(
    tmp_path: Path, postgres_database: Settings, django_db_blocker: DjangoDbBlocker
) -> Iterator[Settings]:
    """An empty PostgreSQL ledger, open; gives the settings that name it."""
    settings = replace(postgres_database, data_dir=tmp_path / "data")
    with django_db_blocker.unblock():
        boot.setup(settings)
        empty_postgres()
        yield settings
        boot.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest) -> Settings:
    """An empty ledger, once on SQLite and once on PostgreSQL where a server is named."""
    fixture = "ledger_sqlite" if request.param == "sqlite" else "ledger_postgres"
    settings: Settings = request.getfixturevalue(fixture)
    return settings


def empty_postgres() -> None:
    """Empty every table but those that migrations fill; far quicker than truncating them all.

    Foreign keys are checked at the commit, so the order does not matter; only the audit log
    refuses DELETE.
    """
    from django.db import connection, transaction

    from ledger.models import AuditRow

    audit = AuditRow._meta.db_table
    kept = {"django_migrations", "django_content_type", "auth_permission", audit}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            if table not in kept:
                cursor.execute(f'DELETE FROM "{table}"')
        cursor.execute(f'TRUNCATE "{audit}"')


def _settings(data_dir: Path) -> Settings:
    return load_settings({}, data_dir=data_dir)
