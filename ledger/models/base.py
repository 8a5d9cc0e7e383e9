"""What every table shares: aware UTC moments, and plain words for the columns.

Conventions for a table of the ledger:

- a row class ends in ``Row`` and sets ``Meta.app_label = "ledger"`` by inheriting LedgerRow.Meta;
- a moment is a :class:`MomentField` and ends in ``_at``: UTC, aware (a naive one is refused);
- a duration carries its unit in its name;
- words that a publisher or a person wrote are TextField, words that we choose are CharField;
- people stand as their user name (``actor``), which never changes, so that a record outlives them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

if TYPE_CHECKING:
    _ST = TypeVar("_ST", contravariant=True)
    _GT = TypeVar("_GT", covariant=True)

    class MomentField(models.DateTimeField[_ST, _GT]):
        """A moment in UTC, aware."""

else:

    class MomentField(models.DateTimeField):
        """A moment in UTC; saving a naive datetime is a programming error, a ValueError."""

        def get_prep_value(self, value: Any) -> Any:
            if isinstance(value, datetime):
                if value.tzinfo is None:
                    raise ValueError(f"{self.name}: a moment must be aware, got {value!r}")
                value = value.astimezone(UTC)
            return super().get_prep_value(value)


class LedgerRow(models.Model):
    """The base of every table of the ledger."""

    class Meta:
        abstract = True
        app_label = "ledger"
