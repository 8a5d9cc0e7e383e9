"""Recorded fact-checks and the suggested links to them, with the two people that a link needs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from langnghe.claim import SuggestionState
from ledger.models.base import LedgerRow, MomentField
from ledger.models.documents import DocumentRow


class FactCheckRow(LedgerRow):
    """A correction with its citation; the database refuses one without URL, quote or verdict.

    ``looked_back_at``: since when the documents that were there before it have been compared.
    """

    id = models.TextField(primary_key=True)
    claim = models.TextField()
    correction = models.TextField()
    dated = models.DateField()
    url = models.TextField()
    quote = models.TextField()
    verdict = models.CharField(max_length=12)
    publisher = models.TextField(blank=True)
    document_id = models.TextField(blank=True)
    is_approved = models.BooleanField(default=False)
    entered_by = models.TextField()
    entered_at = MomentField()
    approved_by = models.TextField(blank=True)
    approved_at = MomentField(null=True)
    looked_back_at = MomentField(null=True)

    class Meta(LedgerRow.Meta):
        constraints = (
            CheckConstraint(
                condition=~(Q(url="") | Q(quote="") | Q(verdict="") | Q(claim="")),
                name="fact_check_is_cited",
            ),
            CheckConstraint(
                condition=Q(url__startswith="https://") | Q(url__startswith="http://"),
                name="fact_check_url_is_web",
            ),
            CheckConstraint(
                condition=Q(is_approved=False) | ~Q(approved_by=""),
                name="fact_check_approval_has_approver",
            ),
        )


class CandidateRow(LedgerRow):
    """A press report that may be a correction to record; a person records it or drops it.

    ``claim`` and ``quote`` start the form, ``verdict`` and ``publisher`` where the page's mark-up
    (ClaimReview) states them; ``decided_by`` is "" while nobody has decided.
    """

    document = models.OneToOneField(
        DocumentRow, primary_key=True, on_delete=models.CASCADE, related_name="candidate"
    )
    claim = models.TextField()
    quote = models.TextField()
    dated = models.DateField()
    verdict = models.CharField(max_length=20, blank=True)
    publisher = models.TextField(blank=True)
    decided_by = models.TextField(blank=True)

    class Meta(LedgerRow.Meta):
        pass


class SuggestionRow(LedgerRow):
    """A link "cần kiểm chứng" from a document to a fact-check: one confirms, another approves."""

    document = models.ForeignKey(DocumentRow, on_delete=models.CASCADE, related_name="suggestions")
    fact_check = models.ForeignKey(
        FactCheckRow, on_delete=models.CASCADE, related_name="suggestions"
    )
    confidence = models.FloatField()
    evidence = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=SuggestionState.SUGGESTED.value)
    suggested_at = MomentField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = MomentField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = MomentField(null=True)
    rejected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    rejected_at = MomentField(null=True)

    class Meta(LedgerRow.Meta):
        constraints = (
            UniqueConstraint(fields=["document", "fact_check"], name="suggestion_once"),
            CheckConstraint(
                condition=Q(state__in=[s.value for s in SuggestionState]),
                name="suggestion_state_known",
            ),
            CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_by__isnull=False),
                name="suggestion_confirmed_by_somebody",
            ),
            CheckConstraint(
                condition=~Q(state="approved")
                | (
                    Q(confirmed_by__isnull=False)
                    & Q(approved_by__isnull=False)
                    & ~Q(approved_by=F("confirmed_by"))
                ),
                name="suggestion_approved_by_another",
            ),
            CheckConstraint(
                condition=~Q(state="rejected") | Q(rejected_by__isnull=False),
                name="suggestion_rejected_by_somebody",
            ),
        )
