"""The transport of the webhook. Redirects are not followed, so that a signature goes nowhere else.

Headers: ``X-LangNghe-Delivery`` (the message's key: drop what came before) and
``X-LangNghe-Signature: t=<unix time>,v1=<hex>`` over ``<unix time>.<body>``.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
from dataclasses import asdict
from ipaddress import ip_address
from urllib.parse import urlsplit

from alerts.message import plain_text
from alerts.model import Message, Recipient
from langnghe.errors import PermanentDeliveryError, TemporaryDeliveryError

TIMEOUT_S = 15.0
_RETRYABLE = {408, 425, 429}


class WebhookChannel:
    """Posts each message to the recipient's URL."""

    kind = "webhook"

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def send(self, message: Message, recipient: Recipient) -> None:
        body = json.dumps(payload(message), ensure_ascii=False).encode()
        moment = int(message.made_at.timestamp())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LangNghe",
            "X-LangNghe-Delivery": hashlib.sha256(message.key.encode()).hexdigest()[:32],
            "X-LangNghe-Signature": f"t={moment},v1={signature(body, moment, self._secret)}",
        }
        status = _post(recipient.address, body, headers)
        if 200 <= status < 300:
            return
        if status >= 500 or status in _RETRYABLE:
            raise TemporaryDeliveryError(f"webhook answered {status}")
        raise PermanentDeliveryError(f"webhook answered {status}")


def payload(message: Message) -> dict[str, object]:
    """Return the JSON of a message: what it says, never a full text."""
    return {
        "subject": message.subject,
        "level": message.level,
        "why_now": list(message.why_now),
        "grouped": list(message.grouped),
        "waiting": [asdict(each) for each in message.waiting],
        "how_big": list(message.how_big),
        "where": list(message.where),
        "headlines": [
            {"title": h.title, "outlet": h.outlet, "url": h.url} for h in message.headlines
        ],
        "asked": message.asked,
        "button_label": message.button_label,
        "button_url": message.button_url,
        "story_url": message.story_url,
        "is_drill": message.is_drill,
        "text": plain_text(message),
        "made_at": message.made_at.isoformat(),
    }


def signature(body: bytes, moment: int, secret: str) -> str:
    """Return the hexadecimal HMAC-SHA256 of ``<moment>.<body>``."""
    key = hashlib.sha256(b"langnghe.webhook.v1" + secret.encode()).digest()
    return hmac.new(key, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise PermanentDeliveryError("webhook: not a web address")
    if parts.scheme == "http" and not is_loopback(host):
        raise PermanentDeliveryError("webhook: only https may leave this machine")
    opener = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = opener(host, parts.port, timeout=TIMEOUT_S)
        try:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise TemporaryDeliveryError(f"webhook: {type(error).__name__}: {error}") from error


def is_loopback(host: str) -> bool:
    """Return whether ``host`` is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
