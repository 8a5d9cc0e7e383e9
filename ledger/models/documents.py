"""Documents, their revisions, the feeds that showed them, and what was removed."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from ledger.models.base import LedgerRow, MomentField


class DocumentState(models.TextChoices):
    """Every document stands in exactly one state, so that the counters add up."""

    WAITING = "waiting"
    ANALYSED = "analysed"
    QUARANTINED = "quarantined"


class DocumentRow(LedgerRow):
    """A document in its newest revision, but for the text, which stands in its RevisionRow.

    ``topic``, ``tone``, ``stance``, ``intent`` are the labels as people see them (a correction
    wins over the machine), ``published_day`` is the Vietnamese day: lists and trends read this
    table alone. ``page_hash`` is the fingerprint of the article's own page, apart from what its
    feeds say (SightingRow.seen_hash).
    """

    id = models.TextField(primary_key=True)
    kind = models.CharField(max_length=10)
    source_id = models.TextField()
    outlet = models.TextField()
    outlet_kind = models.CharField(max_length=20, blank=True)
    url = models.TextField()
    title = models.TextField()
    lead = models.TextField()
    revision = models.PositiveIntegerField(default=1)
    content_hash = models.CharField(max_length=32)
    published_at = MomentField()
    published_day = models.DateField()
    first_seen_at = MomentField()
    fetched_at = MomentField()
    modified_at = MomentField(null=True)
    gone_at = MomentField(null=True)
    guid = models.TextField(blank=True)
    section = models.TextField(blank=True)
    byline = models.TextField(blank=True)
    parent_id = models.TextField(blank=True)
    parent_title = models.TextField(blank=True)
    author_key = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=10)
    province = models.CharField(max_length=20, blank=True)
    weight = models.FloatField(default=1.0)
    captions = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    extraction = models.TextField(blank=True)
    reach = models.BigIntegerField(null=True)
    added_by = models.TextField(blank=True)
    page_hash = models.CharField(max_length=32, blank=True)
    is_page_due = models.BooleanField(default=False)

    state = models.CharField(max_length=12, default=DocumentState.WAITING)
    topic = models.CharField(max_length=30, blank=True)
    tone = models.CharField(max_length=10, blank=True)
    stance = models.CharField(max_length=10, blank=True)
    intent = models.CharField(max_length=12, blank=True)
    story = models.ForeignKey(
        "StoryRow",
        null=True,
        on_delete=models.SET_NULL,
        related_name="documents",
        db_index=False,
    )

    class Meta(LedgerRow.Meta):
        indexes = (
            Index(fields=["-published_at", "-id"], name="document_newest"),
            Index(fields=["story", "published_at"], name="document_story"),
            Index(fields=["kind", "first_seen_at"], name="document_retention"),
            Index(fields=["first_seen_at", "id"], name="document_arrival"),
            Index(fields=["outlet", "published_at"], name="document_outlet"),
            Index(fields=["source_id", "first_seen_at"], name="document_source"),
            Index(fields=["state"], name="document_state"),
            # Covers the trends: counting never touches the table itself.
            Index(
                fields=["published_day", "topic", "tone", "stance", "kind", "outlet"],
                name="document_trends",
            ),
        )
        constraints = (
            CheckConstraint(
                condition=Q(kind__in=("article", "post", "comment")), name="document_kind_known"
            ),
            CheckConstraint(
                condition=Q(state__in=DocumentState.values), name="document_state_known"
            ),
            # A private person's name is never kept (responsible-use.md 2).
            CheckConstraint(
                condition=Q(kind="article") | Q(byline=""), name="document_social_has_no_byline"
            ),
        )


class RevisionRow(LedgerRow):
    """One state of a document's words; the newest one holds the text of the document."""

    document = models.ForeignKey(DocumentRow, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.TextField()
    lead = models.TextField()
    text = models.TextField()
    content_hash = models.CharField(max_length=32)
    seen_at = MomentField()
    notes = models.JSONField(default=list)

    class Meta(LedgerRow.Meta):
        constraints = (
            UniqueConstraint(fields=["document", "number"], name="revision_once_per_number"),
        )


class SightingRow(LedgerRow):
    """A source that showed a document, and the fingerprint of what it said of it last."""

    document = models.ForeignKey(DocumentRow, on_delete=models.CASCADE, related_name="sightings")
    source_id = models.TextField()
    first_seen_at = MomentField()
    seen_hash = models.CharField(max_length=32)
    seen_title_hash = models.CharField(max_length=32)

    class Meta(LedgerRow.Meta):
        constraints = (
            UniqueConstraint(fields=["document", "source_id"], name="sighting_once_per_source"),
        )


class RemovalRow(LedgerRow):
    """A document that retention or a person removed; it is not collected again.

    ``unindexed_at`` stays empty until the search index has dropped it too.
    """

    document_id = models.TextField(primary_key=True)
    reason = models.TextField()
    removed_at = MomentField()
    unindexed_at = MomentField(null=True)

    class Meta(LedgerRow.Meta):
        indexes = (
            Index(
                fields=["removed_at"],
                condition=Q(unindexed_at__isnull=True),
                name="removal_pending",
            ),
        )


class DailyCountRow(LedgerRow):
    """What is kept of removed documents: counts alone (responsible-use.md 4)."""

    published_day = models.DateField()
    kind = models.CharField(max_length=10)
    topic = models.CharField(max_length=30)
    tone = models.CharField(max_length=10)
    stance = models.CharField(max_length=10)
    outlet = models.TextField()
    count = models.PositiveIntegerField()

    class Meta(LedgerRow.Meta):
        constraints = (
            UniqueConstraint(
                fields=["published_day", "topic", "tone", "stance", "kind", "outlet"],
                name="daily_count_once",
            ),
        )
