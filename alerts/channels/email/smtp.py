"""Mails over SMTP. A server that refuses for good is permanent, all else is tried again."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass

from alerts.channels.email.mail import MailIdentity, build_mail
from alerts.model import Message, Recipient
from langnghe.errors import PermanentDeliveryError, TemporaryDeliveryError


@dataclass(frozen=True)
class SmtpServer:
    """Where and how to hand mails over; ``security`` is starttls, tls or none."""

    host: str
    port: int = 587
    user: str = ""
    password: str = ""
    security: str = "starttls"
    timeout_s: float = 20.0


class SmtpChannel:
    """Hands each mail to an SMTP server, one connection a mail."""

    kind = "email"

    def __init__(self, server: SmtpServer, identity: MailIdentity) -> None:
        self._server = server
        self._identity = identity

    def send(self, message: Message, recipient: Recipient) -> None:
        mail = build_mail(message, recipient, self._identity)
        try:
            with self._connect() as smtp:
                smtp.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            raise _refusal(code, reply) from error
        except smtplib.SMTPAuthenticationError as error:
            # The mail is fine, the settings are not: it must not end in the dead-letter list.
            raise TemporaryDeliveryError(f"SMTP login refused: {error.smtp_code}") from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TemporaryDeliveryError(f"SMTP: {type(error).__name__}: {error}") from error

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host,
                server.port,
                timeout=server.timeout_s,
                context=ssl.create_default_context(),
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
        try:
            if server.security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


def _refusal(code: int, reply: bytes | str) -> TemporaryDeliveryError | PermanentDeliveryError:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    text = f"SMTP {code}: {words[:200]}"
    return PermanentDeliveryError(text) if 500 <= code < 600 else TemporaryDeliveryError(text)
