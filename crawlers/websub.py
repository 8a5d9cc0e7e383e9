"""WebSub (W3C, 2018): a feed's hub pushes what is new, so that polling may slow down.

Pure parts: when to ask a hub and for what, what to send it, and whether a push is the hub's own.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from crawlers.readers.reader import Fetch

LEASE = timedelta(days=7)
SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=5), timedelta(days=30)
_ASK_AGAIN = timedelta(hours=1)
_ASK_REFUSED_AGAIN = timedelta(days=1)
_RENEW_BEFORE = timedelta(days=1)
_SIGNATURES = ("sha256", "sha384", "sha512")


class SubscriptionState(StrEnum):
    """How a subscription stands; ``leaving`` waits for the hub to confirm the end."""

    WANTED = "wanted"
    ASKED = "asked"
    ACTIVE = "active"
    REFUSED = "refused"
    LEAVING = "leaving"
    ENDED = "ended"


@dataclass(frozen=True)
class Subscription:
    """One source's subscription at its hub; times are UTC.

    ``token`` is the unguessable part of our callback's address, ``secret`` signs the pushes.
    """

    source_id: str
    hub_url: str
    topic_url: str
    token: str
    secret: str
    state: SubscriptionState = SubscriptionState.WANTED
    asked_at: datetime | None = None
    verified_at: datetime | None = None
    expires_at: datetime | None = None
    failure_count: int = 0


@dataclass(frozen=True)
class Step:
    """What to ask the hub for ("subscribe" or "unsubscribe"), and why, in Vietnamese."""

    mode: str
    reason: str


def next_step(subscription: Subscription, now: datetime, *, is_wanted: bool) -> Step | None:
    """Return what to ask the hub for now, or None."""
    state, asked_at = subscription.state, subscription.asked_at
    patience = min(_ASK_AGAIN * 2 ** min(subscription.failure_count, 10), _ASK_REFUSED_AGAIN)
    if asked_at is not None and now - asked_at < patience:
        return None
    if not is_wanted:
        if state in (SubscriptionState.ASKED, SubscriptionState.ACTIVE, SubscriptionState.LEAVING):
            return Step("unsubscribe", "không nhận tin đẩy của nguồn này nữa")
        return None
    if state is SubscriptionState.ACTIVE:
        return _renewal(subscription, now)
    if state is SubscriptionState.REFUSED and asked_at and now - asked_at < _ASK_REFUSED_AGAIN:
        return None
    if state is SubscriptionState.ASKED:
        return Step("subscribe", "hub chưa xác nhận lần đăng ký trước")
    return Step("subscribe", "nguồn có hub đẩy tin, chưa đăng ký")


def _renewal(subscription: Subscription, now: datetime) -> Step | None:
    if subscription.expires_at is None or subscription.verified_at is None:
        return Step("subscribe", "không rõ hạn đăng ký")
    lease = subscription.expires_at - subscription.verified_at
    if subscription.expires_at - now > min(_RENEW_BEFORE, lease / 2):
        return None
    return Step("subscribe", "đăng ký sắp hết hạn")


def hub_request(subscription: Subscription, mode: str, callback_url: str) -> Fetch:
    """Return the request that asks the hub to push to ``callback_url``, or to stop it."""
    form = {
        "hub.mode": mode,
        "hub.topic": subscription.topic_url,
        "hub.callback": callback_url,
    }
    if mode == "subscribe":
        form["hub.lease_seconds"] = str(int(LEASE.total_seconds()))
        form["hub.secret"] = subscription.secret
    return Fetch(
        subscription.hub_url,
        headers=(("Content-Type", "application/x-www-form-urlencoded"),),
        is_api=True,
        method="POST",
        body=urlencode(form).encode(),
    )


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Return whether ``signature`` (X-Hub-Signature) is that of who knows ``secret``.

    SHA-1 is not taken: the protocol allows it, but it is broken.
    """
    method, _, given = signature.strip().partition("=")
    if method not in _SIGNATURES or not secret:
        return False
    wanted = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.strip().lower().encode())


def granted_lease(seconds: str) -> timedelta:
    """Return the lease a hub granted, within reason."""
    wish = timedelta(seconds=int(seconds[:10])) if seconds.isdigit() else LEASE
    return min(max(wish, SHORTEST_LEASE), LONGEST_LEASE)
