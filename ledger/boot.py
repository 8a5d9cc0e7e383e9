"""Opens the ledger: once per process, before anything of ``ledger.models`` is imported."""

from __future__ import annotations

import os

import django
from django.apps import apps
from django.conf import settings as django_conf
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connections

from langnghe.errors import LedgerUnavailable
from langnghe.settings import Settings
from ledger.database import database, django_settings


def setup(settings: Settings) -> None:
    """Make Django speak to the ledger that ``settings`` name; a second call may name another one.

    It creates the data directory and never migrates. Under ``DJANGO_SETTINGS_MODULE`` (the room,
    the tests) the other Django settings stay as that module set them.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not django_conf.configured and not os.environ.get("DJANGO_SETTINGS_MODULE"):
        django_conf.configure(**django_settings(settings))
    if not apps.ready:
        django.setup()
    wanted = {"default": database(settings)}
    connections.configure_settings(wanted)  # fills in Django's defaults
    if connections.settings["default"] != wanted["default"]:
        connections["default"].close()
        connections.settings["default"] = wanted["default"]
        del connections["default"]


def migrate() -> None:
    """Bring the tables to this version; safe to repeat, also after a kill in the middle.

    Raises LedgerUnavailable.
    """
    from ledger import audit

    try:
        call_command("migrate", interactive=False, verbosity=0)
    except (OperationalError, InterfaceError) as error:
        raise LedgerUnavailable(str(error).strip()) from error
    audit.guard()


def needs_migration() -> bool:
    """Return whether the ledger's tables are older than this version; raises LedgerUnavailable."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except (OperationalError, InterfaceError) as error:
        raise LedgerUnavailable(str(error).strip()) from error


def takes_writes() -> bool:
    """Return whether the ledger could be written to now; a locked one is waited for."""
    from django.db import DatabaseError, connection, transaction

    try:
        with transaction.atomic(), connection.cursor() as cursor:  # SQLite takes its write lock
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        connection.close()
        return False
    return True


def close() -> None:
    """Close this thread's connection, as a long-lived thread must when it ends."""
    connections.close_all()
