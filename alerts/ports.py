"""What alerting needs from the world; the ledger and the channels implement it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from alerts.model import Delivery, Message, Recipient


class Channel(Protocol):
    """A way to a person. Copy one folder of :mod:`alerts.channels` to add one."""

    kind: str

    def send(self, message: Message, recipient: Recipient) -> None:
        """Send once. Raises TemporaryDeliveryError or PermanentDeliveryError."""
        ...


class Outbox(Protocol):
    """The deliveries that wait, claimed by compare-and-set so that any number may deliver."""

    def claim(self, limit: int, now: datetime) -> Sequence[Delivery]:
        """Return due deliveries under a lease that nobody else holds."""
        ...

    def mark_sent(self, delivery: Delivery, now: datetime) -> None:
        """Record that the channel took it."""
        ...

    def mark_failed(self, delivery: Delivery, error: str, due_at: datetime) -> None:
        """Record a temporary failure and when to try again."""
        ...

    def mark_dead(self, delivery: Delivery, error: str, now: datetime) -> None:
        """Move it to the visible list of what could not be sent."""
        ...
