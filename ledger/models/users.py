"""People who use the product: role, limits, and one-time links. (Nobody who is watched.)"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from langnghe.profile import ROLES
from ledger.models.base import LedgerRow, MomentField


class MemberRow(LedgerRow):
    """The role of a Django user, where set the departments and communes it is limited to, and the
    user's quiet hours, local (None = none)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="member"
    )
    role = models.CharField(max_length=12)
    departments = models.JSONField(default=list)
    communes = models.JSONField(default=list)
    quiet_from_hour = models.PositiveSmallIntegerField(null=True)
    quiet_to_hour = models.PositiveSmallIntegerField(null=True)
    quiet_route = models.CharField(max_length=8, default="later")

    class Meta(LedgerRow.Meta):
        constraints = (
            CheckConstraint(condition=Q(role__in=sorted(ROLES)), name="member_role_known"),
            CheckConstraint(
                condition=Q(quiet_from_hour=None, quiet_to_hour=None)
                | Q(quiet_from_hour__lt=24, quiet_to_hour__lt=24),
                name="member_quiet_hours_known",
            ),
            CheckConstraint(
                condition=Q(quiet_route__in=("later", "duty")), name="member_quiet_route_known"
            ),
        )


class DigestChoiceRow(LedgerRow):
    """Which digests a user wants, and of which topics and places; no row = what the role gets."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="digest_choice",
    )
    kinds = models.JSONField(default=list)
    topics = models.JSONField(default=list)
    places = models.JSONField(default=list)
    changed_at = MomentField()
    changed_by = models.TextField()

    class Meta(LedgerRow.Meta):
        pass


class OneTimeLinkRow(LedgerRow):
    """A link that works once: only the SHA-256 of its token is kept."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    purpose = models.CharField(max_length=20)
    username = models.TextField(blank=True)
    created_at = MomentField()
    expires_at = MomentField()
    used_at = MomentField(null=True)

    class Meta(LedgerRow.Meta):
        pass
