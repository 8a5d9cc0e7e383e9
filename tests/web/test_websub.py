"""WebSub with a real hub on loopback: subscribe, confirm, push, renew, unsubscribe."""

from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.db import connections
from django.test import Client

from langnghe.settings import Settings
from langnghe.source import FetchReport, Source, SourceKind
from runtime.crawl_child import open_pushes
from tests.loopback_site import rss
from tests.web.conftest import Room

HALF_A_DAY = timedelta(hours=13)
TOPIC = "https://bao-a.example/rss"


@dataclass
class Hub:
    """A hub that confirms at once what it is asked for and pushes when told."""

    address: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)

    def take(self, form: dict[str, str]) -> None:
        """Ask the subscriber whether it meant it, as the protocol wants."""
        self.asked.append(form)
        query = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"]}
        query |= {"hub.challenge": "thử-thách-42", "hub.lease_seconds": "86400"}
        status, body = get(f"{form['hub.callback']}?{urlencode(query)}")
        self.confirmed.append(status if body == "thử-thách-42" else 0)

    def push(self, body: bytes, secret: str | None = None) -> int:
        """Push to the newest subscriber and return its answer."""
        form = next(f for f in reversed(self.asked) if f["hub.mode"] == "subscribe")
        key = (secret or form["hub.secret"]).encode()
        signature = hmac.new(key, body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/rss+xml", "X-Hub-Signature": f"sha256={signature}"}
        return get(form["hub.callback"], body, headers)[0]


def get(
    url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    try:
        request = urllib.request.Request(url, body, headers or {})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


@pytest.fixture
def hub() -> Iterator[Hub]:
    made = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            made.take({name: value for name, [value] in parse_qs(body).items()})
            self.send_response(202)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_address[1]}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@dataclass
class Subscriber:
    """A service whose room is served on loopback; its children are the product's own."""

    settings: Settings
    hub: Hub
    environ: dict[str, str]

    def ask_hubs(self, **changes: str) -> None:
        """Do what is due at the hubs, as the scheduler's child does."""
        self._run("websub", changes)

    def crawl(self) -> None:
        """Run one crawl batch."""
        self._run("crawl", {})

    def _run(self, name: str, changes: dict[str, str]) -> None:
        command = [sys.executable, "-m", "runtime.child", name]
        environ = {**os.environ, **self.environ, **changes}
        with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE) as child:
            assert child.wait(90) == 0


@pytest.fixture
def subscriber(room: Room, hub: Hub, tmp_path: Path) -> Iterator[Subscriber]:
    """A source whose feed has named the hub; nothing else is due."""
    from ledger import sources

    room.runtime.clock.moment = now = datetime.now(UTC)
    sources.seed_sources(
        [Source("bao-a", "Báo A", "Báo A", SourceKind.FEED, TOPIC, fetch_pages=False)], now
    )
    told = FetchReport("bao-a", now, now, "ok", hub_url=hub.address, topic_url=TOPIC)
    sources.record_report(told, now)
    with served() as address:
        environ = {
            "LANGNGHE_DATA_DIR": str(room.runtime.settings.data_dir),
            "LANGNGHE_PUBLIC_URL": address,
            "LANGNGHE_WEBSUB_ENABLED": "true",
            "LANGNGHE_LOOPBACK_PORTS": hub.address.rstrip("/").rpartition(":")[2],
            "LANGNGHE_HOST_DELAY_S": "0",
            "LANGNGHE_AUTHOR_KEY_FILE": str(tmp_path / "author.key"),
        }
        yield Subscriber(room.runtime.settings, hub, environ)


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    from django.core.wsgi import get_wsgi_application

    connections["default"].close()
    server = make_server(
        "127.0.0.1", 0, get_wsgi_application(), _ThreadingServer, handler_class=_QuietHandler
    )
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def titles() -> set[str]:
    from ledger.models import DocumentRow

    return set(DocumentRow.objects.values_list("title", flat=True))


def state() -> str:
    from ledger.models import SubscriptionRow

    return str(SubscriptionRow.objects.get().state)


def test_what_the_hub_pushes_is_read_without_asking_the_source(subscriber: Subscriber) -> None:
    hub = subscriber.hub
    subscriber.ask_hubs()
    assert (hub.confirmed, state()) == ([200], "active")

    feed = rss([("https://bao-a.example/day-100001.html", "Tin được đẩy tới")]).encode()
    assert hub.push(feed) == 202
    subscriber.crawl()

    assert titles() == {"Tin được đẩy tới"}
    assert not open_pushes(subscriber.settings).has_waiting()


def test_a_push_that_nobody_signed_or_that_is_no_feed_changes_nothing(
    subscriber: Subscriber,
) -> None:
    subscriber.ask_hubs()
    feed = rss([("https://bao-a.example/gia-100002.html", "Tin giả mạo")]).encode()

    assert subscriber.hub.push(feed, secret="đoán") == 202
    assert not open_pushes(subscriber.settings).has_waiting()
    assert subscriber.hub.push(b"<html>" + b"<div>" * 50_000) == 202
    subscriber.crawl()

    assert titles() == set()
    assert not open_pushes(subscriber.settings).has_waiting()


def test_a_subscription_is_renewed_before_its_end_and_ended_when_switched_off(
    subscriber: Subscriber,
) -> None:
    from ledger.models import SubscriptionRow

    hub = subscriber.hub
    subscriber.ask_hubs()
    subscriber.ask_hubs()
    assert len(hub.asked) == 1

    row = SubscriptionRow.objects.get()
    row.asked_at, row.verified_at = row.asked_at - HALF_A_DAY, row.verified_at - HALF_A_DAY
    row.expires_at -= HALF_A_DAY  # of the one day that was granted
    row.save()
    subscriber.ask_hubs()
    assert [form["hub.mode"] for form in hub.asked] == ["subscribe", "subscribe"]

    SubscriptionRow.objects.update(asked_at=row.asked_at)
    subscriber.ask_hubs(LANGNGHE_WEBSUB_ENABLED="false")
    assert hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert (hub.confirmed, state()) == ([200, 200, 200], "ended")


def test_the_door_knows_only_what_we_asked_for(subscriber: Subscriber) -> None:
    from ledger.models import SubscriptionRow

    token = SubscriptionRow.objects.get().token
    meant = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "x"}
    room = Client()

    assert room.get("/websub/khong-co/", meant).status_code == 404
    assert room.get(f"/websub/{token}/", meant).status_code == 404  # not asked yet
    subscriber.ask_hubs()
    assert room.get(f"/websub/{token}/", {**meant, "hub.topic": "https://x.vn"}).status_code == 404
    assert room.get(f"/websub/{token}/", {**meant, "hub.mode": "unsubscribe"}).status_code == 404
    assert (
        room.get(f"/websub/{token}/", {**meant, "hub.challenge": "<b>"})
        .headers["Content-Type"]
        .startswith("text/plain")
    )


def test_the_door_is_bounded_in_size_and_rate(subscriber: Subscriber, room: Room) -> None:
    subscriber.ask_hubs()
    room.runtime.settings = replace(room.runtime.settings, feed_max_bytes=1_000)

    assert subscriber.hub.push(b"x" * 1_001) == 413
    answers = [subscriber.hub.push(b"x", secret="sai") for _ in range(40)]

    assert set(answers) == {202, 429}
