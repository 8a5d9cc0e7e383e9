"""The audit log: append-only, each row hashed over the one before it."""

from __future__ import annotations

from django.db import models
from django.db.models import Index

from ledger.models.base import LedgerRow, MomentField


class AuditRow(LedgerRow):
    """Who did what to what, and when; the database refuses to change or delete a row."""

    number = models.PositiveBigIntegerField(primary_key=True)
    recorded_at = MomentField()
    actor = models.TextField()
    action = models.CharField(max_length=40)
    target = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta(LedgerRow.Meta):
        indexes = (
            Index(fields=["actor", "-number"], name="audit_actor"),
            Index(fields=["action", "-number"], name="audit_action"),
        )


class AuditHeadRow(LedgerRow):
    """The end of the chain, so that a cut-off tail is noticed, and the lock that writers take."""

    name = models.CharField(max_length=10, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta(LedgerRow.Meta):
        pass
