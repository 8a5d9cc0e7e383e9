"""Digests: one row per (period, recipient), and what the analyst changed in the draft."""

from __future__ import annotations

from django.db import models
from django.db.models import Index, UniqueConstraint

from ledger.models.base import LedgerRow, MomentField


class DigestRow(LedgerRow):
    """A digest as it was made for one recipient; its delivery stands in the outbox."""

    period_key = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    period_start_at = MomentField()
    period_end_at = MomentField()
    recipient = models.TextField()
    address = models.TextField()
    subject = models.TextField()
    html = models.TextField()
    text = models.TextField()
    chart_png = models.BinaryField(null=True)
    story_ids = models.JSONField(default=list)
    made_at = MomentField()

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["-period_end_at"], name="digest_newest"),)
        constraints = (
            UniqueConstraint(
                fields=["period_key", "address"], name="digest_once_per_period_and_recipient"
            ),
        )


class DigestEditRow(LedgerRow):
    """What the analyst did to a period's draft before it leaves: order, remark, words, hold.

    ``words`` are by story and by field (what, why, action): what the analyst wrote, and in
    ``original`` what the machine had written there.
    """

    period_key = models.CharField(max_length=60, primary_key=True)
    remark = models.TextField(blank=True)
    story_order = models.JSONField(default=list)
    hidden_story_ids = models.JSONField(default=list)
    words = models.JSONField(default=dict)
    is_held = models.BooleanField(default=False)
    edited_by = models.TextField()
    edited_at = MomentField()

    class Meta(LedgerRow.Meta):
        pass
