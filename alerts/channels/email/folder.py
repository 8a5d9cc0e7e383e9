"""Mails as .eml files: what the service does until an SMTP server is set."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from alerts.channels.email.mail import MailIdentity, build_mail
from alerts.model import Message, Recipient
from langnghe.clock import to_local
from langnghe.errors import TemporaryDeliveryError


class FolderChannel:
    """Writes each mail as one file, whole or not at all; the same message is the same file."""

    kind = "email"

    def __init__(self, folder: Path, identity: MailIdentity) -> None:
        self._folder = folder
        self._identity = identity

    def send(self, message: Message, recipient: Recipient) -> None:
        mail = build_mail(message, recipient, self._identity)
        made = to_local(message.made_at).strftime("%Y%m%d-%H%M%S")
        name = f"{made}-{hashlib.sha256(message.key.encode()).hexdigest()[:12]}.eml"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            half = self._folder / f".{name}.{os.getpid()}"
            half.write_bytes(mail.as_bytes())
            half.replace(self._folder / name)
        except OSError as error:
            raise TemporaryDeliveryError(f"outbox folder {self._folder}: {error}") from error
