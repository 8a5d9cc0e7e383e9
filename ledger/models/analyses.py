"""What the models inferred, and what people corrected: kept apart."""

from __future__ import annotations

from django.db import models
from django.db.models import Index

from ledger.models.base import LedgerRow, MomentField
from ledger.models.documents import DocumentRow


class AnalysisRow(LedgerRow):
    """The machine's labels of one revision, with model, version, confidence and evidence.

    ``labels``: {"topic": {"value", "confidence", "evidence", "is_unsure"}, …}, that of stance with
    "sentences" where some were read alone; ``importance``: {"watch", "attention"} where a model
    judged it.
    """

    document = models.OneToOneField(
        DocumentRow, primary_key=True, on_delete=models.CASCADE, related_name="analysis"
    )
    revision = models.PositiveIntegerField()
    labels = models.JSONField()
    places = models.JSONField(default=list)
    agencies = models.JSONField(default=list)
    keywords = models.JSONField(default=list)
    importance = models.JSONField(null=True)
    language = models.CharField(max_length=8)
    model = models.TextField()
    model_version = models.TextField()
    analysed_at = MomentField()

    class Meta(LedgerRow.Meta):
        pass


class PlaceRow(LedgerRow):
    """A unit named in a document, for filters and roll-ups; the mention stands in AnalysisRow."""

    document = models.ForeignKey(DocumentRow, on_delete=models.CASCADE, related_name="place_rows")
    name = models.TextField()
    code = models.TextField(blank=True)
    level = models.CharField(max_length=10)
    province = models.CharField(max_length=20, blank=True)

    class Meta(LedgerRow.Meta):
        indexes = (
            Index(fields=["name", "document"], name="place_name"),
            Index(fields=["code", "document"], name="place_code"),
            Index(fields=["province", "document"], name="place_province"),
        )


class AgencyRow(LedgerRow):
    """A public body named in a document, for filters and roll-ups; never a private person."""

    document = models.ForeignKey(DocumentRow, on_delete=models.CASCADE, related_name="agency_rows")
    name = models.TextField()
    kind = models.TextField(blank=True)

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["name", "document"], name="agency_name"),)


class CorrectionRow(LedgerRow):
    """A label that a person corrected; the newest one per document and label holds."""

    document = models.ForeignKey(DocumentRow, on_delete=models.CASCADE, related_name="corrections")
    label = models.CharField(max_length=10)
    value = models.CharField(max_length=30)
    machine_value = models.CharField(max_length=30, blank=True)
    model = models.TextField(blank=True)
    model_version = models.TextField(blank=True)
    actor = models.TextField()
    corrected_at = MomentField()

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["corrected_at"], name="correction_newest"),)
