"""``channels.toml``: gateways and the recipients that are no mail addresses, as data.

::

    [[recipient]]
    name = "Phòng trực"
    channel = "chat"                # email, webhook, chat, or a gateway's kind
    address = "tgram://token/chat"
    role = "analyst"
    quiet_from_hour = 22            # both are optional
    quiet_to_hour = 6

    [[gateway]]
    kind = "zns"
    url = "https://business.openapi.zalo.me/message/template"
    headers = { access_token = "…" }
    body = { phone = "{address}", template_id = "…", template_data = { viec = "{title}" } }
    ok_field = "error"
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alerts.channels.gateway import GatewaySetup
from alerts.model import Recipient
from langnghe.errors import ConfigError
from langnghe.profile import ROLES

CHANNELS_NAME = "channels.toml"


@dataclass(frozen=True)
class ChannelSetup:
    """What ``channels.toml`` holds."""

    recipients: tuple[Recipient, ...] = ()
    gateways: tuple[GatewaySetup, ...] = ()


def load_channels(path: Path) -> ChannelSetup:
    """Return the set-up in ``path``; a missing file is empty. Raises ConfigError."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return ChannelSetup()
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    try:
        recipients = tuple(_recipient(row) for row in data.get("recipient", ()))
        gateways = tuple(GatewaySetup(**row) for row in data.get("gateway", ()))
    except TypeError as error:
        raise ConfigError(f"{path}: {error}") from error
    for recipient in recipients:
        if recipient.role not in ROLES:
            raise ConfigError(f"{path}: recipient {recipient.name!r}: unknown role")
    return ChannelSetup(recipients, gateways)


def _recipient(row: dict[str, Any]) -> Recipient:
    limits = {name: tuple(row.get(name, ())) for name in ("departments", "communes")}
    return Recipient(**{**row, **limits})
