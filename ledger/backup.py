"""Backup and restore of the whole ledger, taken while the service runs.

A backup is one zip file: the database (SQLite's online backup, or pg_dump of one snapshot), the
office's profile and a manifest with the counts of every table. Restoring proves the manifest.
Never inside: the settings file with its secrets, and the key of the authors' pseudonyms, which
lies apart from the data. The search index is not kept: ``langnghe reindex`` makes it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction

from langnghe import __version__
from langnghe.errors import LangNgheError
from langnghe.profile import PROFILE_NAME
from langnghe.settings import Settings
from ledger import audit, boot, dump
from ledger.border import reading
from ledger.models import DocumentRow

FORMAT = 1
KEEP_DAYS = 30
_MANIFEST = "manifest.json"
_PREFIX = "langnghe-"
_CHUNK_BYTES = 1 << 20


class BackupError(LangNgheError):
    """A backup could not be made, read or restored; the ledger is as it was."""

    code = "backup"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. ``audit_head`` anchors the audit log outside of the database."""

    made_at: str
    version: str
    engine: str
    counts: Mapping[str, int]
    audit_head: str
    sha256: str
    format: int = FORMAT

    @property
    def documents(self) -> int:
        """How many documents the backup holds."""
        return self.counts.get(DocumentRow._meta.db_table, 0)


def backup(settings: Settings, folder: Path, now: datetime) -> tuple[Path, Manifest]:
    """Write ``langnghe-<time>.zip`` into ``folder``; the file appears whole or not at all.

    Raises BackupError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{_PREFIX}{now:%Y%m%dT%H%M%SZ}.zip"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as scratch:
        data = Path(scratch) / dump.FILE_NAMES[connection.vendor]
        try:
            counts, head = _snapshot(settings, data)
        except dump.DumpError as error:
            raise BackupError(str(error)) from error
        manifest = Manifest(
            made_at=now.isoformat(),
            version=__version__,
            engine=connection.vendor,
            counts=counts,
            audit_head=head,
            sha256=_sha256(data),
        )
        whole = Path(scratch) / target.name
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1))
            archive.write(data, data.name)
            profile = settings.data_dir / PROFILE_NAME
            if profile.exists():
                archive.write(profile, PROFILE_NAME)
        whole.chmod(0o600)
        _flush(whole)
        whole.replace(target)
    _flush(folder)
    return target, manifest


def read_manifest(archive: Path) -> Manifest:
    """Return what a backup says of itself; raises BackupError."""
    try:
        with zipfile.ZipFile(archive) as opened:
            return Manifest(**json.loads(opened.read(_MANIFEST)))
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise BackupError(f"{archive}: not a backup of LangNghe: {error}") from error


def restore(settings: Settings, archive: Path, *, overwrite: bool = False) -> Manifest:
    """Put a backup in the place of the ledger and prove that it holds what its manifest says.

    The service must be stopped. A ledger that holds documents is only replaced with ``overwrite``.
    A backup of an older version is migrated. Afterwards the index is to be made anew. Raises
    BackupError; the ledger is then as it was.
    """
    manifest = read_manifest(archive)
    if manifest.format != FORMAT or manifest.engine != connection.vendor:
        raise BackupError(
            f"{archive}: made for {manifest.engine}, format {manifest.format}; "
            f"this ledger is {connection.vendor}, format {FORMAT}"
        )
    if not overwrite and _held_documents():
        raise BackupError("the ledger holds documents; say overwrite to replace them")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".restore-") as scratch:
        data = _extract(archive, manifest, Path(scratch))
        boot.close()
        try:
            dump.load(settings, data, manifest.counts)
        except dump.DumpError as error:
            raise BackupError(f"{archive}: {error}") from error
        profile = Path(scratch) / PROFILE_NAME
        if profile.exists():
            shutil.copyfile(profile, settings.data_dir / PROFILE_NAME)
    boot.migrate()
    return manifest


def prune(folder: Path, now: datetime, keep_days: int = KEEP_DAYS) -> list[Path]:
    """Delete backups older than ``keep_days``, so that what was removed leaves them too."""
    limit = f"{_PREFIX}{now - timedelta(days=keep_days):%Y%m%dT%H%M%SZ}.zip"
    old = sorted(path for path in folder.glob(f"{_PREFIX}*.zip") if path.name < limit)
    for path in old:
        path.unlink()
    return old


@reading
def table_counts() -> dict[str, int]:
    """Return how many rows each of our tables holds."""
    with connection.cursor() as cursor:
        counts: dict[str, int] = {}
        for table in _tables():
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608
            counts[table] = cursor.fetchone()[0]
        return counts


def _tables() -> list[str]:
    models = [
        *apps.get_app_config("ledger").get_models(),
        *apps.get_app_config("auth").get_models(),
    ]
    return sorted(model._meta.db_table for model in models)


def _snapshot(settings: Settings, data: Path) -> tuple[dict[str, int], str]:
    """Dump the database and count exactly what was dumped, while others go on writing."""
    if connection.vendor == "sqlite":
        counts = dump.save_sqlite(settings, data, _tables())
        return counts, dump.audit_head_of(data)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        dump.save_postgres(settings, data, cursor.fetchone()[0])
        return table_counts(), audit.head()


def _held_documents() -> bool:
    if boot.needs_migration():
        return False
    return DocumentRow.objects.exists()


def _extract(archive: Path, manifest: Manifest, scratch: Path) -> Path:
    data = scratch / dump.FILE_NAMES[manifest.engine]
    try:
        with zipfile.ZipFile(archive) as opened:
            names = set(opened.namelist())
            for name in {data.name, PROFILE_NAME} & names:
                with opened.open(name) as source, (scratch / name).open("wb") as sink:
                    shutil.copyfileobj(source, sink, _CHUNK_BYTES)
    except (OSError, zipfile.BadZipFile) as error:
        raise BackupError(f"{archive}: {error}") from error
    if not data.exists() or _sha256(data) != manifest.sha256:
        raise BackupError(f"{archive}: the data does not match its checksum")
    return data


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    """Make sure that ``path`` survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
