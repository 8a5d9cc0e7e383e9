"""The Django app ``ledger``."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The only app of the product that owns tables."""

    name = "ledger"
    label = "ledger"
    verbose_name = "Sổ cái"
    default_auto_field = "django.db.models.BigAutoField"
