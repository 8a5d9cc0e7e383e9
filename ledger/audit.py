"""The audit log: who did what to what, append-only, each row hashed over the one before it.

A changed, missing or inserted row breaks the chain; a cut-off tail disagrees with the head row.
Triggers refuse UPDATE and DELETE, so that nobody breaks it by mistake. Whoever owns the database
file can rebuild a whole chain: keep the head (``head()``; each backup's manifest holds it) apart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import AuditHeadRow, AuditRow

_HEAD = "head"
_GENESIS = "0" * 64
# No floats: a database may write 1e5 back as 100000, and the hash would no longer hold.
Detail = str | int | bool | None | list[str]


@dataclass(frozen=True)
class AuditEntry:
    """One line of the log."""

    number: int
    recorded_at: datetime
    actor: str
    action: str
    target: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class AuditReport:
    """What checking the chain found: how many rows hold, and the number of the first bad one."""

    checked: int
    broken_at: int | None
    reason: str = ""

    @property
    def is_intact(self) -> bool:
        """Whether every row is as it was written."""
        return self.broken_at is None


@writing
def record(
    actor: str,
    action: str,
    target: str,
    now: datetime,
    detail: Mapping[str, Detail] | None = None,
) -> int:
    """Append one entry, in the caller's transaction where there is one, and return its number."""
    AuditHeadRow.objects.get_or_create(name=_HEAD, defaults={"hash": _GENESIS})
    head = AuditHeadRow.objects.select_for_update().get(name=_HEAD)
    row = AuditRow(
        number=head.number + 1,
        recorded_at=now.astimezone(UTC),
        actor=storable(actor),
        action=action,
        target=storable(target),
        detail=_storable_detail(detail or {}),
        previous_hash=head.hash,
    )
    row.hash = _hash(row)
    row.save(force_insert=True)
    head.number, head.hash = row.number, row.hash
    head.save()
    return row.number


@reading
def verify() -> AuditReport:
    """Walk the whole chain and report the first row that is not as it was written."""
    previous, number = _GENESIS, 0
    for row in AuditRow.objects.order_by("number").iterator(chunk_size=2000):
        number += 1
        if row.number != number:
            return AuditReport(number - 1, number, "a row is missing")
        if row.previous_hash != previous or row.hash != _hash(row):
            return AuditReport(number - 1, number, "a row was changed")
        previous = row.hash
    head = AuditHeadRow.objects.filter(name=_HEAD).first()
    ends = (head.number, head.hash) if head else (0, _GENESIS)
    if ends != (number, previous):
        return AuditReport(number, number + 1, "the end of the log was cut off")
    return AuditReport(number, None)


@reading
def head() -> str:
    """Return "number:hash" of the last row, to be kept apart from the database."""
    row = AuditHeadRow.objects.filter(name=_HEAD).first()
    return f"{row.number}:{row.hash}" if row else f"0:{_GENESIS}"


@reading
def entries(
    limit: int = 100, before: int | None = None, *, actor: str = "", action: str = ""
) -> list[AuditEntry]:
    """Return log lines, newest first, of one actor or action where given."""
    rows = AuditRow.objects.order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    if actor:
        rows = rows.filter(actor=actor)
    if action:
        rows = rows.filter(action=action)
    return [
        AuditEntry(r.number, r.recorded_at, r.actor, r.action, r.target, r.detail)
        for r in rows[:limit]
    ]


def guard() -> None:
    """Make the database refuse to change or delete a row of the log; safe to repeat."""
    with connection.cursor() as cursor:
        for statement in _GUARDS[connection.vendor]:
            cursor.execute(statement)


def _storable_detail(detail: Mapping[str, Detail]) -> dict[str, Any]:
    text = storable(json.dumps(dict(detail), ensure_ascii=False))
    cleaned: dict[str, Any] = json.loads(text.replace("\\u0000", ""))
    return cleaned


def _hash(row: AuditRow) -> str:
    content = [
        row.number,
        row.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor,
        row.action,
        row.target,
        row.detail,
        row.previous_hash,
    ]
    data = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(data.encode()).hexdigest()


_TABLE = AuditRow._meta.db_table
_GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS audit_no_{verb} BEFORE {verb} ON {_TABLE} "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
        "CREATE OR REPLACE TRIGGER audit_append_only BEFORE UPDATE OR DELETE "
        f"ON {_TABLE} FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
    ),
}
