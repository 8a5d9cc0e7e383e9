"""Webhook, chat and gateways against a real HTTP server on loopback."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from alerts.channels import open_channels
from alerts.channels.chat import ChatChannel
from alerts.channels.gateway import GatewayChannel, GatewaySetup
from alerts.channels.setup import load_channels
from alerts.channels.webhook import WebhookChannel
from alerts.model import Recipient
from langnghe.errors import ConfigError, PermanentDeliveryError, TemporaryDeliveryError
from langnghe.settings import load_settings
from tests.unit.alerts.test_messages import message


@pytest.fixture
def receiver():
    """A server that keeps what it is sent and answers as told; gives (taken, answer, port)."""
    taken, answer = [], {"status": 200, "body": b"{}"}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            size = int(self.headers["Content-Length"])
            taken.append((self.path, dict(self.headers), self.rfile.read(size)))
            self.send_response(answer["status"])
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
            self.wfile.write(answer["body"])

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield taken, answer, server.server_port
    server.shutdown()
    server.server_close()


def test_a_webhook_is_signed_so_that_the_receiver_can_check(receiver):
    taken, _, port = receiver
    WebhookChannel("khóa").send(
        message(), Recipient("Phòng", "webhook", f"http://127.0.0.1:{port}/a?b=1")
    )
    path, headers, body = taken[0]
    moment, mac = headers["X-LangNghe-Signature"].split(",")
    key = hashlib.sha256("langnghe.webhook.v1khóa".encode()).digest()
    signed = moment.removeprefix("t=").encode() + b"." + body
    assert mac == "v1=" + hmac.new(key, signed, hashlib.sha256).hexdigest()
    assert path == "/a?b=1" and json.loads(body)["level"] == 2
    assert "/tiep-nhan/" in json.loads(body)["button_url"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, TemporaryDeliveryError),
        (429, TemporaryDeliveryError),
        (404, PermanentDeliveryError),
        (302, PermanentDeliveryError),
    ],
)
def test_an_answer_says_whether_to_try_again(receiver, status, error):
    taken, answer, port = receiver
    answer["status"] = status
    with pytest.raises(error):
        WebhookChannel("k").send(
            message(), Recipient("Phòng", "webhook", f"http://127.0.0.1:{port}/")
        )
    assert len(taken) == 1


@pytest.mark.parametrize(
    "address", ["http://example.com/", "file:///etc/passwd", "ftp://127.0.0.1/", "không phải"]
)
def test_nothing_leaves_in_the_clear_or_by_another_scheme(address):
    with pytest.raises(PermanentDeliveryError):
        WebhookChannel("k").send(message(), Recipient("Phòng", "webhook", address))


def test_a_chat_room_gets_the_whole_message_as_text(receiver):
    taken, _, port = receiver
    ChatChannel().send(message(), Recipient("Phòng", "chat", f"json://127.0.0.1:{port}/"))
    sent = json.loads(taken[0][2])
    assert "23 trẻ nhập viện" in sent["title"] and "Việc cần làm" in sent["message"]


@pytest.mark.parametrize("address", ["exec://ls", "mailto://a:b@c", "", "windows://"])
def test_only_known_chat_kinds_are_used(address):
    with pytest.raises(PermanentDeliveryError):
        ChatChannel().send(message(), Recipient("Phòng", "chat", address))


def gateway(port, **changes):
    values = {
        "kind": "zns",
        "url": f"http://127.0.0.1:{port}/message",
        "headers": {"access_token": "t"},
        "body": {"phone": "{address}", "template_data": {"viec": "{title}", "muc": "{level}"}},
        "ok_field": "error",
    }
    return GatewayChannel(GatewaySetup(**{**values, **changes}))


def test_a_gateway_gets_its_own_json_with_the_parts_filled_in(receiver):
    taken, answer, port = receiver
    answer["body"] = b'{"error": 0}'
    gateway(port).send(message(), Recipient("An", "zns", "84900000101"))
    _, headers, body = taken[0]
    assert headers["access_token"] == "t"
    assert json.loads(body) == {
        "phone": "84900000101",
        "template_data": {"viec": "23 trẻ nhập viện sau bữa trưa", "muc": "Chú ý"},
    }


def test_a_gateway_s_drill_is_marked_its_button_acknowledges_and_its_query_is_kept(receiver):
    taken, answer, port = receiver
    answer["body"] = b'{"error": 0}'
    setup = {
        "url": f"http://127.0.0.1:{port}/gui?ma=7",
        "body": {"noi_dung": "{title}", "nut": "{button}"},
    }
    drill = message(is_drill=True, title="Cháy chợ {button}")
    gateway(port, **setup).send(drill, Recipient("An", "zns", "84900000101"))
    path, _, body = taken[0]
    assert path == "/gui?ma=7"
    assert json.loads(body) == {
        "noi_dung": "[DIỄN TẬP] Cháy chợ {button}",
        "nut": drill.button_url,
    }


def test_a_gateway_that_refuses_inside_a_200_is_heard(receiver):
    _, answer, port = receiver
    answer["body"] = b'{"error": -124}'
    with pytest.raises(PermanentDeliveryError, match="-124"):
        gateway(port).send(message(), Recipient("An", "zns", "84900000101"))


def test_channels_and_recipients_are_data(tmp_path):
    (tmp_path / "channels.toml").write_text(
        '[[recipient]]\nname = "Trực"\nchannel = "zns"\naddress = "84"\nrole = "analyst"\n'
        '[[gateway]]\nkind = "zns"\nurl = "https://gw.example/"\nbody = { to = "{address}" }\n',
        "utf-8",
    )
    assert set(open_channels(load_settings({}, data_dir=tmp_path))) == {
        "email",
        "webhook",
        "chat",
        "zns",
    }
    assert load_channels(tmp_path / "channels.toml").recipients[0].name == "Trực"
    assert load_channels(tmp_path / "none.toml").recipients == ()
    (tmp_path / "channels.toml").write_text('[[recipient]]\nname = "x"\nphone = "1"\n', "utf-8")
    with pytest.raises(ConfigError, match="phone"):
        load_channels(tmp_path / "channels.toml")
