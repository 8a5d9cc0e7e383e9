"""The link in a message with which one acknowledges: signed, expiring, good for one alert.

The token only opens a page that asks for confirmation, so that a mail scanner that follows links
acknowledges nothing. Using it twice is harmless: acknowledging is idempotent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from langnghe.errors import LangNgheError

ACKNOWLEDGE_PATH = "/tiep-nhan/"
LIFETIME = timedelta(days=7)
_PURPOSE = b"langnghe.acknowledge.v1"


class InvalidToken(LangNgheError):
    """The link is not ours, was changed, or is too old."""

    code = "error"


@dataclass(frozen=True)
class AcknowledgeToken:
    """Who was asked to acknowledge which alert, and until when the link works."""

    alert_id: str
    person: str
    expires_at: datetime


def sign(token: AcknowledgeToken, secret: str) -> str:
    """Return ``token`` as text that is safe in a URL."""
    body = json.dumps(
        [token.alert_id, token.person, int(token.expires_at.timestamp())],
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    return f"{_encode(body)}.{_encode(_mac(body, secret))}"


def read(text: str, secret: str, now: datetime) -> AcknowledgeToken:
    """Return the token that ``text`` carries; raises InvalidToken."""
    try:
        body_text, mac_text = text.split(".")
        body, mac = _decode(body_text), _decode(mac_text)
        if not hmac.compare_digest(mac, _mac(body, secret)):
            raise InvalidToken("liên kết không hợp lệ")
        alert, person, expires = json.loads(body)
        token = AcknowledgeToken(alert, person, datetime.fromtimestamp(expires, UTC))
    except (ValueError, TypeError) as error:
        raise InvalidToken("liên kết không hợp lệ") from error
    if now >= token.expires_at:
        raise InvalidToken("liên kết đã hết hạn, hãy mở cảnh báo trong phòng theo dõi")
    return token


def acknowledge_url(room_url: str, alert_id: str, person: str, secret: str, now: datetime) -> str:
    """Return the address behind the button of a message to ``person``."""
    token = AcknowledgeToken(alert_id, person, now + LIFETIME)
    return room_url.rstrip("/") + ACKNOWLEDGE_PATH + sign(token, secret)


def _mac(body: bytes, secret: str) -> bytes:
    key = hashlib.sha256(_PURPOSE + secret.encode()).digest()
    return hmac.new(key, body, hashlib.sha256).digest()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
