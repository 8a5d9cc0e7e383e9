"""Send, then mark. Per delivery:

1. the outbox claims it (compare-and-set, under a lease);
2. the channel sends it;
3. the outbox marks it sent.

A process killed between 2 and 3 leaves the lease to run out, and the mail goes once more with the
same Message-ID: at most one repeat a kill, and never a lost one. A temporary failure waits longer
each time, with jitter; a permanent one, or the last attempt, goes to the dead-letter list, where a
person presses "Gửi lại".
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.model import Delivery
from alerts.ports import Channel, Outbox
from langnghe.errors import DeliveryError, PermanentDeliveryError, TemporaryDeliveryError

logger = logging.getLogger(__name__)

FIRST_WAIT_S = 15.0
LONGEST_WAIT_S = 1800.0
URGENT_LONGEST_WAIT_S = 45.0
"""A crisis mail waits less, so that it leaves within a minute of the server's recovery."""
ATTEMPTS = 60


@dataclass(frozen=True)
class DeliveryCounts:
    """What one round did."""

    sent: int = 0
    waiting: int = 0
    dead: int = 0


def deliver_due(
    outbox: Outbox,
    channels: Mapping[str, Channel],
    clock: Callable[[], datetime],
    *,
    limit: int = 50,
    jitter: Callable[[], float] = random.random,
) -> DeliveryCounts:
    """Send what is due, the most urgent first, and return the counts.

    ``clock`` is asked after each send, since a slow server makes time pass.
    """
    sent = waiting = dead = 0
    for delivery in outbox.claim(limit, clock()):
        try:
            _send(delivery, channels)
        except TemporaryDeliveryError as error:
            if delivery.attempts + 1 >= ATTEMPTS:
                outbox.mark_dead(delivery, str(error), clock())
                dead += 1
            else:
                outbox.mark_failed(delivery, str(error), next_try(delivery, clock(), jitter()))
                waiting += 1
        except DeliveryError as error:
            outbox.mark_dead(delivery, str(error), clock())
            dead += 1
        else:
            outbox.mark_sent(delivery, clock())
            sent += 1
    return DeliveryCounts(sent, waiting, dead)


def next_try(delivery: Delivery, now: datetime, jitter: float) -> datetime:
    """Return when to try again: doubling from 15 s to 30 min, shortened at random by up to half."""
    longest = URGENT_LONGEST_WAIT_S if delivery.message.level == 3 else LONGEST_WAIT_S
    wait = min(FIRST_WAIT_S * 2 ** min(delivery.attempts, 10), longest)
    return now + timedelta(seconds=wait * (1 - jitter / 2))


def _send(delivery: Delivery, channels: Mapping[str, Channel]) -> None:
    channel = channels.get(delivery.recipient.channel)
    if channel is None:
        raise PermanentDeliveryError(f"no channel {delivery.recipient.channel!r} is set up")
    try:
        channel.send(delivery.message, delivery.recipient)
    except DeliveryError:
        raise
    except Exception as error:
        logger.exception("channel %s failed on %s", channel.kind, delivery.id)
        raise TemporaryDeliveryError(f"{type(error).__name__}: {error}") from error
