"""Sources, what their last fetches taught us, and a short log of fetches."""

from __future__ import annotations

from django.db import models
from django.db.models import Index

from ledger.models.base import LedgerRow, MomentField


class SourceRow(LedgerRow):
    """One address that is read again and again; ``is_edited``: seeding leaves it alone."""

    id = models.TextField(primary_key=True)
    name = models.TextField()
    outlet = models.TextField()
    kind = models.CharField(max_length=20)
    url = models.TextField()
    outlet_kind = models.CharField(max_length=20)
    province = models.CharField(max_length=20, blank=True)
    weight = models.FloatField(default=1.0)
    document_kind = models.CharField(max_length=10)
    fetch_pages = models.BooleanField(default=True)
    is_enabled = models.BooleanField(default=True)
    options = models.JSONField(default=list)
    is_edited = models.BooleanField(default=False)
    added_at = MomentField()

    class Meta(LedgerRow.Meta):
        pass


class FetchStateRow(LedgerRow):
    """What the last fetches of a source taught us; ``lease_until_at``: a crawler has it now."""

    source = models.OneToOneField(
        SourceRow, primary_key=True, on_delete=models.CASCADE, related_name="fetch_state"
    )
    etag = models.TextField(blank=True)
    last_modified = models.TextField(blank=True)
    last_attempt_at = MomentField(null=True)
    last_success_at = MomentField(null=True)
    last_item_at = MomentField(null=True)
    next_fetch_at = MomentField(null=True)
    failure_score = models.FloatField(default=0.0)
    fetch_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    last_status = models.IntegerField(default=0)
    last_error = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    item_gaps_s = models.JSONField(default=list)
    lease_until_at = MomentField(null=True)

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["next_fetch_at"], name="fetch_state_due"),)


class SubscriptionRow(LedgerRow):
    """A feed's hub and our subscription there; ``token`` is the callback's unguessable address."""

    source = models.OneToOneField(
        SourceRow, primary_key=True, on_delete=models.CASCADE, related_name="subscription"
    )
    hub_url = models.TextField()
    topic_url = models.TextField()
    token = models.CharField(max_length=64, unique=True)
    secret = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="wanted")
    asked_at = MomentField(null=True)
    verified_at = MomentField(null=True)
    expires_at = MomentField(null=True)
    pushed_at = MomentField(null=True)
    failure_count = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta(LedgerRow.Meta):
        pass


class FetchLogRow(LedgerRow):
    """One fetch of one source; the newest FETCHES_KEPT of each source are kept."""

    source = models.ForeignKey(
        SourceRow, on_delete=models.CASCADE, related_name="fetches", db_index=False
    )
    started_at = MomentField()
    finished_at = MomentField()
    outcome = models.CharField(max_length=20)
    status = models.IntegerField(default=0)
    item_count = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    reason = models.TextField(blank=True)

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["source", "-started_at"], name="fetch_log_newest"),)
