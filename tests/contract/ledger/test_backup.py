"""A backup taken while the service writes is whole, and restoring it proves its counts."""

from __future__ import annotations

import json
import shutil
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from langnghe.settings import Settings
from tests.contract.ledger.conftest import Analyse
from tests.contract.ledger.samples import NOW, article, links, post


@pytest.fixture(autouse=True)
def _needs_the_tools(ledger: Settings) -> None:
    if ledger.database_url and not (shutil.which("pg_dump") and shutil.which("psql")):
        pytest.skip("pg_dump and psql are not installed")


def fill(analyse: Analyse, count: int = 20) -> None:
    from ledger import audit, ingest

    docs = [article(n) for n in range(1, count + 1)]
    ingest.record_ingest([*docs, post(1)], NOW)
    analyse(docs, links("s1", docs))
    audit.record("an@example.vn", "search", "nước máy", NOW)


def empty(settings: Settings) -> None:
    """Lose everything, as on a new machine."""
    from ledger import boot

    if settings.database_url:
        from tests.ledger_fixture import empty_postgres

        empty_postgres()
    else:
        boot.close()
        for path in settings.data_dir.glob("ledger.sqlite3*"):
            path.unlink()


def test_a_restored_ledger_equals_the_one_that_was_backed_up(
    ledger: Settings, analyse: Analyse, tmp_path: Path
) -> None:
    from ledger import audit, backup, documents, ingest, queries

    fill(analyse)
    (ledger.data_dir / "profile.toml").write_text('office = "UBND tỉnh Lam Giang"\n', "utf-8")
    before = backup.table_counts()
    items = documents.load_analysed(["doc-0001", "post-0001"])
    path, manifest = backup.backup(ledger, tmp_path / "backups", NOW)
    assert manifest.documents == 21
    assert path.stat().st_mode & 0o077 == 0
    empty(ledger)
    (ledger.data_dir / "profile.toml").unlink()
    backup.restore(ledger, path)
    assert backup.table_counts() == before
    assert documents.load_analysed(["doc-0001", "post-0001"]) == items
    assert queries.counters().stories == 1
    assert "Lam Giang" in (ledger.data_dir / "profile.toml").read_text("utf-8")
    assert audit.head() == manifest.audit_head
    assert audit.verify().is_intact
    # It goes on where it was: new documents, new log lines.
    assert ingest.record_ingest([article(500)], NOW).new == ("doc-0500",)
    audit.record("an@example.vn", "search", "sau khi phục hồi", NOW)
    assert audit.verify().is_intact


def test_a_backup_is_consistent_while_others_write(
    ledger: Settings, analyse: Analyse, tmp_path: Path
) -> None:
    from ledger import backup, boot, ingest

    fill(analyse)
    stop = threading.Event()

    def write() -> None:
        number = 1000
        while not stop.is_set():
            ingest.record_ingest([article(number)], NOW)
            number += 1
        boot.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        path, manifest = backup.backup(ledger, tmp_path, NOW)
    finally:
        stop.set()
        writer.join()
    documents, revisions = (manifest.counts[f"ledger_{n}row"] for n in ("document", "revision"))
    assert documents == revisions
    backup.restore(ledger, path, overwrite=True)
    assert backup.table_counts() == dict(manifest.counts)


def test_a_ledger_with_documents_is_not_replaced_by_accident(
    ledger: Settings, analyse: Analyse, tmp_path: Path
) -> None:
    from ledger import backup, queries

    fill(analyse)
    path, _ = backup.backup(ledger, tmp_path, NOW)
    with pytest.raises(backup.BackupError, match="overwrite"):
        backup.restore(ledger, path)
    assert queries.counters().collected == 21


@pytest.mark.parametrize("damage", ["not a zip", "data", "counts", "engine", "cut"])
def test_a_damaged_backup_leaves_the_ledger_as_it_was(
    ledger: Settings, analyse: Analyse, tmp_path: Path, damage: str
) -> None:
    from ledger import backup, queries

    fill(analyse)
    path, _ = backup.backup(ledger, tmp_path, NOW)
    _damage(path, damage)
    with pytest.raises(backup.BackupError):
        backup.restore(ledger, path, overwrite=True)
    assert queries.counters().collected == 21


def _damage(path: Path, damage: str) -> None:
    if damage == "not a zip":
        path.write_text("hello")
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-2000])
    else:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(parts["manifest.json"])
        if damage == "counts":
            manifest["counts"]["ledger_documentrow"] += 1
        elif damage == "engine":
            manifest["engine"] = "oracle"
        else:
            name = next(n for n in parts if n.startswith("ledger."))
            parts[name] = parts[name].replace(b"doc-0007", b"doc-XXXX")
        parts["manifest.json"] = json.dumps(manifest).encode()
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)


def test_secrets_and_pseudonym_keys_are_in_no_backup(
    ledger: Settings, analyse: Analyse, tmp_path: Path
) -> None:
    from ledger import backup

    fill(analyse)
    secrets = {"langnghe.toml": "smtp-password-123", "secret.key": "room-key-456"}
    for name, content in secrets.items():
        (ledger.data_dir / name).write_text(content)
    path, _ = backup.backup(replace(ledger, smtp_password="smtp-password-123"), tmp_path, NOW)
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == 2
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert not [secret for secret in secrets.values() if secret.encode() in content]


def test_the_integrity_check_is_clean(ledger: Settings, analyse: Analyse) -> None:
    from ledger import dump

    fill(analyse)
    assert dump.integrity_problems(ledger) == []
