"""The Django settings of the ledger; ``web.settings`` extends them.

Importing this module reads the environment once; a program that already holds a
:class:`~langnghe.settings.Settings` calls :func:`ledger.boot.setup` instead.
"""

from __future__ import annotations

from langnghe.settings import load_settings
from ledger.database import django_settings

globals().update(django_settings(load_settings()))
