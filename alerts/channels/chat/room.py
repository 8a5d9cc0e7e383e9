"""The transport of chat messages. The recipient's address is an apprise URL of an allowed kind."""

from __future__ import annotations

import apprise

from alerts.message import plain_text
from alerts.model import Message, Recipient
from langnghe.errors import PermanentDeliveryError, TemporaryDeliveryError

# Telegram, Teams (webhook and workflow), Slack, and JSON to a loopback test.
ALLOWED_SCHEMES = frozenset({"tgram", "msteams", "workflows", "slack", "json"})


class ChatChannel:
    """Sends each message as plain text to one chat room."""

    kind = "chat"

    def send(self, message: Message, recipient: Recipient) -> None:
        scheme = recipient.address.split("://", 1)[0].lower()
        room = apprise.Apprise()
        if scheme not in ALLOWED_SCHEMES or not room.add(recipient.address):
            raise PermanentDeliveryError(f"chat: not an address that can be used ({scheme})")
        body = plain_text(message).removeprefix(message.subject).strip()
        if not room.notify(title=message.subject, body=body):
            raise TemporaryDeliveryError(f"chat: {scheme} did not take the message")
