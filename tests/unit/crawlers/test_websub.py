"""WebSub without a network: when a hub is asked, what it is told, whose push it is."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from crawlers.feeds import parse_feed
from crawlers.polling import next_fetch
from crawlers.pushes import Pushes
from crawlers.websub import (
    Subscription,
    SubscriptionState,
    granted_lease,
    hub_request,
    is_signed,
    next_step,
)
from langnghe.source import FetchReport, FetchState
from tests.crawl_once import source

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NEW = Subscription("bao", "https://hub.vn/", "https://bao.vn/rss", "token", "secret")
ASKED = replace(NEW, state=SubscriptionState.ASKED, asked_at=NOW)
ACTIVE = replace(
    ASKED,
    state=SubscriptionState.ACTIVE,
    verified_at=NOW,
    expires_at=NOW + timedelta(days=7),
)


@pytest.mark.parametrize(
    ("subscription", "after_h", "is_wanted", "mode"),
    [
        (NEW, 0, True, "subscribe"),
        (NEW, 0, False, None),
        (ASKED, 0.5, True, None),
        (ASKED, 1.1, True, "subscribe"),
        (replace(ASKED, failure_count=3), 5, True, None),
        (replace(ASKED, failure_count=3), 8.1, True, "subscribe"),
        (ACTIVE, 24 * 5, True, None),
        (ACTIVE, 24 * 6.1, True, "subscribe"),
        (replace(ACTIVE, expires_at=NOW + timedelta(hours=4)), 2.5, True, "subscribe"),
        (ACTIVE, 2, False, "unsubscribe"),
        (replace(ACTIVE, state=SubscriptionState.LEAVING), 2, False, "unsubscribe"),
        (replace(ACTIVE, state=SubscriptionState.ENDED), 2, False, None),
        (replace(ACTIVE, state=SubscriptionState.ENDED), 2, True, "subscribe"),
        (replace(ASKED, state=SubscriptionState.REFUSED), 20, True, None),
        (replace(ASKED, state=SubscriptionState.REFUSED), 25, True, "subscribe"),
    ],
)
def test_a_hub_is_asked_when_there_is_a_reason(
    subscription: Subscription, after_h: float, is_wanted: bool, mode: str | None
) -> None:
    step = next_step(subscription, NOW + timedelta(hours=after_h), is_wanted=is_wanted)

    assert (step.mode if step else None) == mode
    assert step is None or step.reason


def test_the_request_says_what_the_protocol_wants() -> None:
    request = hub_request(NEW, "subscribe", "https://phong.vn/websub/token/")

    form = {name: value for name, [value] in parse_qs(request.body.decode()).items()}
    assert request.method == "POST"
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": "https://bao.vn/rss",
        "hub.callback": "https://phong.vn/websub/token/",
        "hub.lease_seconds": "604800",
        "hub.secret": "secret",
    }
    assert b"hub.secret" not in hub_request(NEW, "unsubscribe", "https://phong.vn/").body


def test_only_who_knows_the_secret_can_push() -> None:
    signature = hmac.new(b"secret", b"body", hashlib.sha256).hexdigest()
    weak = hmac.new(b"secret", b"body", hashlib.sha1).hexdigest()

    assert is_signed(b"body", f"sha256={signature}", "secret")
    for said in (f"sha256={signature[:-1]}0", f"sha1={weak}", signature, "", "sha256=ế", "x=y"):
        assert not is_signed(b"body", said, "secret")
    assert not is_signed(b"Body", f"sha256={signature}", "secret")


def test_a_lease_is_within_reason() -> None:
    assert granted_lease("86400") == timedelta(days=1)
    assert granted_lease("1") == timedelta(minutes=5)
    assert granted_lease("9" * 40) == timedelta(days=30)
    assert granted_lease("") == timedelta(days=7)


def test_a_feed_names_its_hub_and_itself() -> None:
    document = (
        '<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        '<atom:link rel="hub" href="https://hub.vn/"/>'
        '<atom:link href="https://bao.vn/rss?full" rel="self" type="application/rss+xml"/>'
        "<item><title>A</title><link>https://bao.vn/1</link></item></channel></rss>"
    )

    feed = parse_feed(document.encode())

    assert (feed.hub_url, feed.topic_url) == ("https://hub.vn/", "https://bao.vn/rss?full")


def test_a_pushed_source_is_polled_at_a_lower_pace_and_says_why() -> None:
    state = FetchState("b", item_gaps_s=(600.0,) * 5, last_item_at=NOW)
    report = FetchReport("b", NOW, NOW, "ok", 200, 5, 1)

    polled = next_fetch(source("b", "https://b.vn/rss"), state, report)
    pushed = next_fetch(source("b", "https://b.vn/rss"), state, report, is_pushed=True)

    assert polled.next_fetch_at is not None and pushed.next_fetch_at is not None
    assert pushed.next_fetch_at - NOW >= 3 * (polled.next_fetch_at - NOW)
    assert "hub" in pushed.reason


def test_a_push_waits_as_it_came_and_the_folder_is_bounded(tmp_path: Path) -> None:
    pushes = Pushes(tmp_path)
    assert pushes.add("bao", "application/rss+xml", b"\x00\nbody\n")

    [push] = pushes.waiting()
    assert (push.source_id, push.content_type, push.body) == (
        "bao",
        "application/rss+xml",
        b"\x00\nbody\n",
    )
    assert sum(pushes.add("bao", "", b"x") for _ in range(300)) == 199
    pushes.drop(pushes.waiting())
    assert not pushes.has_waiting()
