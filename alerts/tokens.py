"""What a message carries so that one can acknowledge: a link, and a mark for replies by mail.

Both are signed, expire and are good for one alert. The link only opens a page that asks for
confirmation, so that a mail scanner that follows links acknowledges nothing; the mark is made for
one address and counts only in a mail from there. Using them twice is harmless: acknowledging is
idempotent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from langnghe.errors import LangNgheError

ACKNOWLEDGE_PATH = "/tiep-nhan/"
LIFETIME = timedelta(days=7)
_PURPOSE = b"langnghe.acknowledge.v1"
_REPLY_PURPOSE = b"langnghe.reply.v1"
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_MARK = re.compile(r"\bLN-([A-Z2-7]{16})-([0-9A-Za-z]{1,40})\b")


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


@dataclass(frozen=True)
class ReplyMark:
    """A mark as a reply carries it; :func:`check_mark` tells whether it is good."""

    alert_id: str
    code: str


def reply_mark(alert_id: str, address: str, secret: str, now: datetime) -> str:
    """Return the mark of a mail about ``alert_id`` to ``address``, good for a week or a day more:
    two bytes of its last day and eight of the signature, then the alert."""
    last_day = _day(now + LIFETIME).to_bytes(2, "big")
    code = base64.b32encode(last_day + _reply_mac(last_day, alert_id, address, secret)).decode()
    return f"LN-{code}-{alert_id}"


def find_mark(text: str) -> ReplyMark | None:
    """Return the first mark in a header, None where it has none."""
    found = _MARK.search(text)
    return ReplyMark(found.group(2), found.group(1)) if found else None


def check_mark(mark: ReplyMark, address: str, secret: str, now: datetime) -> None:
    """Raise InvalidToken where ``mark`` was not made for ``address``, or is too old."""
    given = base64.b32decode(mark.code)
    wanted = _reply_mac(given[:2], mark.alert_id, address, secret)
    if not hmac.compare_digest(given[2:], wanted):
        raise InvalidToken("có thư trả lời từ địa chỉ không phải người nhận cảnh báo")
    if _day(now) > int.from_bytes(given[:2], "big"):
        raise InvalidToken("thư trả lời tới sau hạn bảy ngày")


def _mac(body: bytes, secret: str, purpose: bytes = _PURPOSE) -> bytes:
    key = hashlib.sha256(purpose + secret.encode()).digest()
    return hmac.new(key, body, hashlib.sha256).digest()


def _reply_mac(last_day: bytes, alert_id: str, address: str, secret: str) -> bytes:
    said = last_day + f"{alert_id}\x1f{address.casefold()}".encode()
    return _mac(said, secret, _REPLY_PURPOSE)[:8]


def _day(moment: datetime) -> int:
    return max((moment - _EPOCH) // timedelta(days=1), 0)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
