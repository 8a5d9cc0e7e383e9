"""The office's own topics: saved queries that the room edits."""

from __future__ import annotations

from django.db import models

from ledger.models.base import LedgerRow, MomentField


class OwnTopicRow(LedgerRow):
    """A matter that the office follows: a name and a query. A retired one is kept, not shown.

    A row hides the topic of its name that the profile holds.
    """

    name = models.CharField(max_length=80, unique=True)
    query = models.TextField()
    is_retired = models.BooleanField(default=False)
    changed_by = models.TextField()
    changed_at = MomentField()

    class Meta(LedgerRow.Meta):
        pass
