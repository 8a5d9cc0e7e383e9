"""The transport of gateways: the office's own JSON body with places for the message's parts.

Places: {address} (a phone number or user id), {title}, {level}, {reason}, {text}, {url} (the page
in the room), {button} (the link that acknowledges). Words are cut to ``limit`` characters, since
templates and SMS are short. The answer must be 2xx and, where ``ok_field`` is set, hold
``ok_value`` there (Zalo answers 200 with {"error": 0}).
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from alerts.channels.webhook.post import is_loopback
from alerts.message import DRILL_MARK, clean
from alerts.model import Message, Recipient
from langnghe.errors import PermanentDeliveryError, TemporaryDeliveryError
from langnghe.wording import ALERT_LEVEL_LABELS

_PLACE = re.compile(r"\{(\w+)\}")
TIMEOUT_S = 15.0
_ANSWER_BYTES = 65_536


@dataclass(frozen=True)
class GatewaySetup:
    """One gateway as ``channels.toml`` describes it."""

    kind: str
    url: str
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    limit: int = 160
    ok_field: str = ""
    ok_value: str = "0"


class GatewayChannel:
    """Posts each message to one gateway."""

    def __init__(self, setup: GatewaySetup) -> None:
        self.kind = setup.kind
        self._setup = setup

    def send(self, message: Message, recipient: Recipient) -> None:
        body = json.dumps(_filled(self._setup.body, self._places(message, recipient)))
        status, answer = self._post(body.encode())
        if status >= 500 or status in (408, 425, 429):
            raise TemporaryDeliveryError(f"{self.kind} answered {status}")
        if not 200 <= status < 300:
            raise PermanentDeliveryError(f"{self.kind} answered {status}")
        if self._setup.ok_field and not self._is_taken(answer):
            raise PermanentDeliveryError(f"{self.kind} refused: {answer[:200]!r}")

    def _places(self, message: Message, recipient: Recipient) -> dict[str, str]:
        limit = self._setup.limit
        mark = f"{DRILL_MARK} " if message.is_drill else ""
        return {
            "address": recipient.address,
            "title": clean(mark + message.what, limit),
            "level": ALERT_LEVEL_LABELS.get(message.level, ""),
            "reason": clean(message.why_now[0] if message.why_now else "", limit),
            "url": message.story_url,
            "button": message.button_url,
            "text": clean(message.subject, limit),
        }

    def _is_taken(self, answer: bytes) -> bool:
        try:
            return str(json.loads(answer)[self._setup.ok_field]) == self._setup.ok_value
        except (ValueError, KeyError, TypeError):
            return False

    def _post(self, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(self._setup.url)
        host = parts.hostname or ""
        is_secure = parts.scheme == "https"
        if not host or not (is_secure or (parts.scheme == "http" and is_loopback(host))):
            raise PermanentDeliveryError(f"{self.kind}: only https may leave this machine")
        opener = http.client.HTTPSConnection if is_secure else http.client.HTTPConnection
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": "application/json", **self._setup.headers}
        try:
            connection = opener(host, parts.port, timeout=TIMEOUT_S)
            try:
                connection.request("POST", path, body, headers)
                response = connection.getresponse()
                return response.status, response.read(_ANSWER_BYTES)
            finally:
                connection.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise TemporaryDeliveryError(f"{self.kind}: {type(error).__name__}") from error


def _filled(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _PLACE.sub(lambda found: places.get(found[1], found[0]), value)
    if isinstance(value, Mapping):
        return {key: _filled(item, places) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, places) for item in value]
    return value
