"""Keyed pseudonyms of social authors: enough to count distinct voices, never to find a person."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from langnghe.clock import to_local

_LENGTH = 20


def author_key(handle: str, network: str, key: bytes, quarter: str) -> str:
    """Return the pseudonym of ``handle`` on ``network`` in ``quarter`` ("" for no handle).

    HMAC-SHA256 under a key that is itself derived per quarter, so that pseudonyms of two quarters
    cannot be linked. ``key`` lies apart from the data and holds at least 16 bytes (ValueError).
    """
    handle = handle.strip().lower()
    if not handle:
        return ""
    if len(key) < 16:
        raise ValueError("the author key must have at least 16 bytes")
    quarter_key = hmac.digest(key, quarter.encode(), "sha256")
    message = f"{network}\x1f{handle}".encode()
    return hmac.new(quarter_key, message, hashlib.sha256).hexdigest()[:_LENGTH]


def quarter_of(moment: datetime) -> str:
    """Return the Vietnamese calendar quarter of ``moment``: "2026Q4"."""
    local = to_local(moment)
    return f"{local.year}Q{(local.month + 2) // 3}"
