"""From a message to a mail: the same message always gives the same bytes and Message-ID.

Headers are single lines whatever a title holds (faults B7); the mail carries List-Id and
Auto-Submitted, so that it is sorted well and never answered by a machine.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from alerts.channels.email.headers import MAIL_POLICY
from alerts.message import clean, plain_text
from alerts.model import Message, Recipient
from alerts.render import html
from langnghe.errors import PermanentDeliveryError


@dataclass(frozen=True)
class MailIdentity:
    """Who sends: the From of the settings, e.g. ``LangNghe <langnghe@example.vn>``, and where
    replies to alerts are read ("" = at the sender's address)."""

    mail_from: str
    reply_to: str = ""

    @property
    def address(self) -> Address:
        """The sender's address; raises PermanentDeliveryError where it is none."""
        return to_address(*parseaddr(self.mail_from))


def to_address(name: str, address: str) -> Address:
    """Return a header address; raises PermanentDeliveryError for what is no address."""
    local, at, domain = clean(address, 254).rpartition("@")
    if not at or not local or not domain or clean(address, 254) != address or " " in address:
        raise PermanentDeliveryError(f"not a mail address: {address!r}")
    try:
        return Address(clean(name, 100), local, domain)
    except (ValueError, IndexError) as error:
        raise PermanentDeliveryError(f"not a mail address: {address!r}") from error


def build_mail(message: Message, recipient: Recipient, identity: MailIdentity) -> EmailMessage:
    """Return the mail of ``message`` to ``recipient``; raises PermanentDeliveryError."""
    sender = identity.address
    mail = EmailMessage(policy=MAIL_POLICY)
    mark = f" [{message.reply_mark}]" if message.reply_mark else ""
    mail["Subject"] = clean(message.subject, 200) + mark
    mail["From"] = sender
    mail["To"] = to_address(recipient.name, recipient.address)
    mail["Date"] = format_datetime(message.made_at)
    mail["Message-ID"] = message_id(message, sender.domain)
    if message.reply_mark and identity.reply_to:
        mail["Reply-To"] = to_address("LangNghe", identity.reply_to)
    if message.in_reply_to:
        mail["In-Reply-To"] = mail["References"] = clean(message.in_reply_to, 250)
    mail["List-Id"] = f"LangNghe <langnghe.{sender.domain}>"
    mail["Auto-Submitted"] = "auto-replied" if message.in_reply_to else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.level == 3:
        mail["Importance"] = "high"
    mail.set_content(plain_text(message), charset="utf-8", cte="base64")
    mail.add_alternative(html(message), subtype="html", charset="utf-8", cte="base64")
    _attach(mail, message)
    _fix_boundaries(mail, message.key)
    return mail


def message_id(message: Message, domain: str) -> str:
    """Return the deterministic Message-ID: a repeated send is recognised by mail servers.

    It carries the mark too, since a reply names it in In-Reply-To whatever became of the subject.
    """
    name = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    return f"<{name}.{message.reply_mark}@{domain}>" if message.reply_mark else f"<{name}@{domain}>"


def _attach(mail: EmailMessage, message: Message) -> None:
    body = mail.get_payload()[1]  # type: ignore[index]
    for attachment in message.attachments:
        main, sub = attachment.media_type.split("/", 1)
        if attachment.content_id:
            body.add_related(  # type: ignore[union-attr]
                attachment.payload,
                maintype=main,
                subtype=sub,
                cid=f"<{attachment.content_id}>",
                filename=attachment.name,
                disposition="inline",
            )
        else:
            mail.add_attachment(
                attachment.payload, maintype=main, subtype=sub, filename=attachment.name
            )


def _fix_boundaries(mail: EmailMessage, key: str) -> None:
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            seed = f"{key}\x1f{number}".encode()
            part.set_boundary("=_" + hashlib.sha256(seed).hexdigest()[:40])
