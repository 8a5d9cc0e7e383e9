"""Rules, alerts, what happened to them, silences, and the outbox of messages."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from ledger.models.base import LedgerRow, MomentField


class RuleRow(LedgerRow):
    """A rule in its newest version; ``data`` is the table of the rules file."""

    id = models.CharField(max_length=61, primary_key=True)
    version = models.PositiveIntegerField(default=1)
    data = models.JSONField()
    is_enabled = models.BooleanField(default=True)
    changed_at = MomentField()
    changed_by = models.TextField()

    class Meta(LedgerRow.Meta):
        pass


class RuleVersionRow(LedgerRow):
    """Every version a rule had, so that an old alert can be explained."""

    rule_id = models.CharField(max_length=61)
    version = models.PositiveIntegerField()
    data = models.JSONField()
    changed_at = MomentField()
    changed_by = models.TextField()

    class Meta(LedgerRow.Meta):
        constraints = (UniqueConstraint(fields=["rule_id", "version"], name="rule_version_once"),)


class CrisisRow(LedgerRow):
    """A crisis that a person declared: of its stories, and of what fits query, topic and place.

    ``repeat_at`` is when it may be told of again; ``told`` is how many documents each alert
    under it had then. ``closed_at`` is when its end was told: until then it is over for nobody.
    """

    title = models.TextField()
    reason = models.TextField()
    story_ids = models.JSONField(default=list)
    query = models.TextField(blank=True)
    topic = models.CharField(max_length=30, blank=True)
    place = models.TextField(blank=True)
    declared_by = models.TextField()
    declared_at = MomentField()
    ends_at = MomentField()
    ended_by = models.TextField(blank=True)
    is_drill = models.BooleanField(default=False)
    repeat_hours = models.PositiveSmallIntegerField(default=4)
    repeat_at = MomentField()
    told = models.JSONField(default=dict)
    closed_at = MomentField(null=True)

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["closed_at", "ends_at"], name="crisis_running"),)
        constraints = (
            CheckConstraint(condition=Q(ends_at__gt=F("declared_at")), name="crisis_ends"),
            CheckConstraint(
                condition=~Q(title="") & ~Q(reason="") & ~Q(declared_by=""),
                name="crisis_says_what_why_who",
            ),
        )


class AlertRow(LedgerRow):
    """One alert of (rule, story, window): its id is that identity, so it opens once.

    ``held_reason`` is set while no message leaves (silenced, inhibited); the alert stays visible.
    ``crisis`` is the last declared crisis that it belongs to, held back by it or not.
    ``escalation_step`` counts the steps taken, ``escalate_at`` is when the next one is due.
    """

    id = models.CharField(max_length=40, primary_key=True)
    rule_id = models.CharField(max_length=61)
    rule_version = models.PositiveIntegerField(default=1)
    rule_name = models.TextField(blank=True)
    story_id = models.TextField(blank=True)
    subject = models.TextField(blank=True)
    level = models.PositiveSmallIntegerField()
    title = models.TextField()
    reasons = models.JSONField(default=list)
    first_report_at = MomentField()
    opened_at = MomentField()
    raised_at = MomentField(null=True)
    document_ids = models.JSONField(default=list)
    outlets = models.JSONField(default=list)
    headlines = models.JSONField(default=list)
    post_count = models.PositiveIntegerField(default=0)
    topic = models.CharField(max_length=30, blank=True)
    places = models.JSONField(default=list)
    state = models.CharField(max_length=12, default="open")
    assignee = models.TextField(blank=True)
    department = models.TextField(blank=True)
    acknowledged_at = MomentField(null=True)
    acknowledged_by = models.TextField(blank=True)
    resolved_at = MomentField(null=True)
    resolved_by = models.TextField(blank=True)
    held_reason = models.TextField(blank=True)
    crisis = models.ForeignKey(
        CrisisRow, null=True, on_delete=models.SET_NULL, related_name="alerts"
    )
    escalation_step = models.PositiveSmallIntegerField(default=0)
    escalate_at = MomentField(null=True)
    is_drill = models.BooleanField(default=False)

    class Meta(LedgerRow.Meta):
        indexes = (
            Index(fields=["state", "-level", "-opened_at"], name="alert_open"),
            Index(fields=["story_id"], name="alert_story"),
            Index(fields=["-opened_at", "-id"], name="alert_newest"),
            Index(
                fields=["escalate_at"],
                condition=Q(escalate_at__isnull=False),
                name="alert_escalation",
            ),
        )
        constraints = (
            CheckConstraint(condition=Q(level__in=(1, 2, 3)), name="alert_level_known"),
            CheckConstraint(
                condition=Q(state__in=("open", "acknowledged", "resolved")),
                name="alert_state_known",
            ),
        )


class AlertEventRow(LedgerRow):
    """What happened to an alert, by whom and why, in order."""

    alert = models.ForeignKey(AlertRow, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16)
    level = models.PositiveSmallIntegerField()
    actor = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    at = MomentField()

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["alert", "at"], name="alert_event_order"),)


class SilenceRow(LedgerRow):
    """A pause of messages about something, which always ends; ``ended_by``: who ended it early."""

    rule_id = models.CharField(max_length=61, blank=True)
    story_id = models.TextField(blank=True)
    topic = models.CharField(max_length=30, blank=True)
    place = models.TextField(blank=True)
    reason = models.TextField()
    created_by = models.TextField()
    starts_at = MomentField()
    ends_at = MomentField()
    ended_by = models.TextField(blank=True)

    class Meta(LedgerRow.Meta):
        indexes = (Index(fields=["ends_at"], name="silence_running"),)
        constraints = (
            CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="silence_ends"),
            CheckConstraint(
                condition=~Q(rule_id="", story_id="", topic="", place=""),
                name="silence_is_about_something",
            ),
            CheckConstraint(condition=~Q(reason=""), name="silence_says_why"),
        )


class DeliveryRow(LedgerRow):
    """One message to one recipient in the outbox; its id is (what, version, channel, address).

    ``claim`` is the token of who is sending; while claimed, ``due_at`` is the end of the lease.
    """

    id = models.CharField(max_length=40, primary_key=True)
    alert = models.ForeignKey(
        AlertRow, null=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    digest_key = models.TextField(blank=True)
    level = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=20)
    address = models.TextField()
    recipient = models.TextField()
    role = models.CharField(max_length=20, blank=True)
    message = models.JSONField()
    state = models.CharField(max_length=8, default="waiting")
    due_at = MomentField()
    claim = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = MomentField()
    sent_at = MomentField(null=True)

    class Meta(LedgerRow.Meta):
        indexes = (
            Index(fields=["state", "due_at"], name="delivery_due"),
            Index(fields=["channel", "address", "sent_at"], name="delivery_rate"),
            Index(fields=["digest_key"], name="delivery_digest"),
            Index(fields=["alert", "address", "state"], name="delivery_of_alert"),
        )
        constraints = (
            CheckConstraint(
                condition=Q(state__in=("waiting", "sent", "dead", "replaced")),
                name="delivery_state_known",
            ),
        )
