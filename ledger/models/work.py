"""What waits to be done, what could not be done, who holds which lease, and small states."""

from __future__ import annotations

from django.db import models
from django.db.models import Index, Q, UniqueConstraint

from ledger.models.base import LedgerRow, MomentField
from ledger.models.documents import DocumentRow


class WorkRow(LedgerRow):
    """One step that a document still needs; the row goes when the step is done.

    ``due_at`` is when somebody may claim it: while claimed, the end of the lease. ``claim`` is
    the token of the claim that holds it; a step that is asked for again loses its token, so that
    whoever works on the old state can no longer complete it.
    """

    document = models.ForeignKey(DocumentRow, on_delete=models.CASCADE, related_name="work")
    stage = models.CharField(max_length=10)
    revision = models.PositiveIntegerField()
    due_at = MomentField()
    claim = models.CharField(max_length=32, blank=True)
    claimed_by = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)
    abandoned = models.PositiveIntegerField(default=0)
    is_alone = models.BooleanField(default=False)
    last_error = models.TextField(blank=True)
    added_at = MomentField()

    class Meta(LedgerRow.Meta):
        constraints = (UniqueConstraint(fields=["document", "stage"], name="work_once_per_stage"),)
        indexes = (Index(fields=["stage", "due_at", "id"], name="work_due"),)


class QuarantineState(models.TextChoices):
    """A quarantined thing waits for a person, who tries it again or lets it go."""

    OPEN = "open"
    REQUEUED = "requeued"
    DISMISSED = "dismissed"


class QuarantineRow(LedgerRow):
    """Something that could not go on: where, why, and what it was.

    ``payload`` never holds what a social source sent: it would carry unmasked names.
    """

    stage = models.CharField(max_length=10)
    document_id = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    source_id = models.TextField(blank=True)
    url = models.TextField(blank=True)
    reason = models.TextField()
    payload = models.BinaryField(null=True)
    quarantined_at = MomentField()
    state = models.CharField(max_length=10, default=QuarantineState.OPEN)
    resolved_at = MomentField(null=True)
    resolved_by = models.TextField(blank=True)

    class Meta(LedgerRow.Meta):
        indexes = (
            Index(fields=["state", "-quarantined_at"], name="quarantine_open"),
            Index(fields=["document_id"], name="quarantine_document"),
        )
        constraints = (
            UniqueConstraint(
                fields=["stage", "document_id"],
                condition=Q(state="open") & ~Q(document_id=""),
                name="quarantine_open_once",
            ),
        )


class LeaseRow(LedgerRow):
    """A named duty that one process holds until a moment."""

    name = models.CharField(max_length=60, primary_key=True)
    owner = models.TextField()
    until_at = MomentField()

    class Meta(LedgerRow.Meta):
        pass


class StateRow(LedgerRow):
    """A small named state of the service, such as a watermark."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()
    changed_at = MomentField()

    class Meta(LedgerRow.Meta):
        pass
