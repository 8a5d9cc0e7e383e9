"""Answering people: clocks, press requests, feedback, announcements, corrections, duty, drills."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from ledger.models.base import LedgerRow, MomentField


class ClockRow(LedgerRow):
    """A response clock that a person started; never started by a publication."""

    kind = models.CharField(max_length=30)
    title = models.TextField()
    story_id = models.TextField(blank=True)
    alert_id = models.CharField(max_length=40, blank=True)
    department = models.TextField(blank=True)
    started_at = MomentField()
    started_by = models.TextField()
    due_at = MomentField()
    half_at = MomentField()
    late_at = MomentField()
    stopped_at = MomentField(null=True)
    stopped_by = models.TextField(blank=True)
    statement = models.TextField(blank=True)
    statement_url = models.TextField(blank=True)

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["stopped_at", "due_at"], name="clock_running"),)
        constraints = (
            CheckConstraint(condition=Q(due_at__gt=F("started_at")), name="clock_has_time"),
            CheckConstraint(condition=~Q(started_by=""), name="clock_started_by_a_person"),
        )


class PressRequestRow(LedgerRow):
    """A question of the press, or an opinion that the press forwarded, with its clock."""

    kind = models.CharField(max_length=12)
    outlet = models.TextField()
    question = models.TextField()
    department = models.TextField(blank=True)
    received_at = MomentField()
    clock = models.OneToOneField(ClockRow, on_delete=models.PROTECT, related_name="press_request")
    added_by = models.TextField()

    class Meta(LedgerRow.Meta):
        constraints = (
            CheckConstraint(
                condition=Q(kind__in=("request", "forwarded")), name="press_request_kind_known"
            ),
        )


class FeedbackRow(LedgerRow):
    """Feedback to answer: like matters grouped by matter and place, never by author."""

    id = models.CharField(max_length=40, primary_key=True)
    matter = models.TextField()
    place = models.TextField(blank=True)
    intent = models.CharField(max_length=12)
    topic = models.CharField(max_length=30, blank=True)
    department = models.TextField(blank=True)
    state = models.CharField(max_length=10, default="new")
    document_ids = models.JSONField(default=list)
    document_count = models.PositiveIntegerField(default=0)
    first_at = MomentField()
    last_at = MomentField()
    due_at = MomentField(null=True)
    assigned_by = models.TextField(blank=True)
    answered_at = MomentField(null=True)
    answer = models.TextField(blank=True)
    answer_url = models.TextField(blank=True)
    closed_at = MomentField(null=True)

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["state", "-document_count"], name="feedback_waiting"),)
        constraints = (
            CheckConstraint(
                condition=Q(state__in=("new", "assigned", "answered", "closed")),
                name="feedback_state_known",
            ),
        )


class AnnouncementRow(LedgerRow):
    """One of our own announcements: what the absence rule and correction tracking stand on.

    ``phrases`` are the messages that should be found in coverage; a correction also names the
    fact-check it answers, a statement the response clock that it stopped.
    """

    title = models.TextField()
    url = models.TextField(blank=True)
    published_at = MomentField()
    phrases = models.JSONField(default=list)
    fact_check_id = models.TextField(blank=True)
    story_id = models.TextField(blank=True)
    clock = models.ForeignKey(
        ClockRow, null=True, on_delete=models.SET_NULL, related_name="announcements"
    )
    expects_coverage = models.BooleanField(default=True)
    added_by = models.TextField()
    added_at = MomentField()

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["-published_at"], name="announcement_newest"),)


class DutyRow(LedgerRow):
    """Who is on duty in a role, from when to when, and who stands in."""

    role = models.CharField(max_length=12)
    username = models.TextField()
    substitute = models.TextField(blank=True)
    starts_at = MomentField()
    ends_at = MomentField()
    set_by = models.TextField()

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["role", "starts_at"], name="duty_by_role"),)
        constraints = (
            CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_ends"),
            UniqueConstraint(fields=["role", "starts_at"], name="duty_once"),
        )


class DrillRow(LedgerRow):
    """A time in which every alert is an exercise; it ends by itself.

    ``level`` is that of the made-up alert with which the drill begins.
    """

    title = models.TextField()
    level = models.PositiveSmallIntegerField()
    started_at = MomentField()
    ends_at = MomentField()
    started_by = models.TextField()
    ended_by = models.TextField(blank=True)

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["ends_at"], name="drill_running"),)
        constraints = (
            CheckConstraint(condition=Q(ends_at__gt=F("started_at")), name="drill_ends"),
            CheckConstraint(condition=Q(level__in=(1, 2, 3)), name="drill_level_known"),
            CheckConstraint(condition=~Q(started_by=""), name="drill_started_by_a_person"),
        )
