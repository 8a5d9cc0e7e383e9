"""The Django settings of the room: the ledger's, and what the screens need beside them."""

from __future__ import annotations

from ledger.settings import *  # noqa: F403
