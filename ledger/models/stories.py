"""Stories, why documents belong to them, and what people decided about them."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from ledger.models.base import LedgerRow, MomentField
from ledger.models.documents import DocumentRow


class StoryRow(LedgerRow):
    """A story with its figures, renewed in the transaction that changes its documents.

    A story that was merged keeps its row with ``merged_into``, so that old links still lead on.
    """

    id = models.TextField(primary_key=True)
    title = models.TextField(blank=True)
    person_title = models.TextField(blank=True)
    is_pinned = models.BooleanField(default=False)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="absorbed"
    )
    first_report_at = MomentField()
    last_report_at = MomentField()
    document_count = models.PositiveIntegerField(default=0)
    outlet_count = models.PositiveIntegerField(default=0)
    post_count = models.PositiveIntegerField(default=0)
    negative_count = models.PositiveIntegerField(default=0)
    negative_stance_count = models.PositiveIntegerField(default=0)
    topic = models.CharField(max_length=30, blank=True)
    tone = models.CharField(max_length=10, blank=True)
    stance = models.CharField(max_length=10, blank=True)
    places = models.JSONField(default=list)
    agencies = models.JSONField(default=list)
    central_document_id = models.TextField(blank=True)

    class Meta(LedgerRow.Meta):
        indexes = (
            Index(fields=["-last_report_at", "-id"], name="story_newest"),
            Index(fields=["topic", "-last_report_at"], name="story_topic"),
        )


class StoryLinkRow(LedgerRow):
    """Why a document belongs to its story; ``by_person`` links are never undone by a machine."""

    document = models.OneToOneField(
        DocumentRow, primary_key=True, on_delete=models.CASCADE, related_name="story_link"
    )
    story = models.ForeignKey(StoryRow, on_delete=models.CASCADE, related_name="links")
    score = models.FloatField(default=0.0)
    shared = models.JSONField(default=list)
    copy_of = models.TextField(blank=True)
    linked_at = MomentField()
    by_person = models.BooleanField(default=False)

    class Meta(LedgerRow.Meta):
        pass


class StoryRelationRow(LedgerRow):
    """Two stories that touch each other without being one; ``one`` sorts before ``other``.

    ``is_apart``: a person split them, and no machine merges them again.
    """

    one = models.ForeignKey(StoryRow, on_delete=models.CASCADE, related_name="relations_after")
    other = models.ForeignKey(StoryRow, on_delete=models.CASCADE, related_name="relations_before")
    is_apart = models.BooleanField(default=False)

    class Meta(LedgerRow.Meta):
        constraints = (
            UniqueConstraint(fields=["one", "other"], name="story_relation_once"),
            CheckConstraint(condition=Q(one__lt=F("other")), name="story_relation_ordered"),
        )


class StoryDecisionRow(LedgerRow):
    """What a person decided about a story (merge, split, move, rename, pin, unpin)."""

    kind = models.CharField(max_length=10)
    story = models.ForeignKey(StoryRow, on_delete=models.CASCADE, related_name="decisions")
    other_story_id = models.TextField(blank=True)
    document_ids = models.JSONField(default=list)
    title = models.TextField(blank=True)
    actor = models.TextField()
    decided_at = MomentField()

    class Meta(LedgerRow.Meta):
        pass
