"""Replies to alert mails in the running service: read from a mailbox, each one once."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from alerts.model import Alert, Delivery, Recipient, delivery_id
from alerts.replies import Reply, answer_message, judge_reply, read_reply
from crawlers.mailbox.client import Mail, new_mails
from ledger import replies, users
from runtime.wiring import Runtime

logger = logging.getLogger(__name__)

_MAX_BYTES = 500_000
_SAID_AGAIN = timedelta(minutes=1)


def read_replies(runtime: Runtime) -> int:
    """Read what came into the mailbox of replies and return how many alerts were taken by it.

    Raises FetchError where the mailbox does not answer, ConfigError for a wrong address.
    """
    settings = runtime.settings
    if not settings.reply_mailbox:
        return 0
    cursor = replies.cursor()
    mails = new_mails(
        "reply_mailbox",
        settings.reply_mailbox,
        cursor,
        settings.reply_password,
        max_bytes=_MAX_BYTES,
    )
    taken = 0
    for mail in mails:
        taken += _take(runtime, mail)
        cursor = mail.cursor
    last, now = replies.read_at(), runtime.clock.now()
    if last is None or now - last > _SAID_AGAIN:
        replies.keep_cursor(cursor, now)
    return taken


def _take(runtime: Runtime, mail: Mail) -> bool:
    now = runtime.clock.now()
    try:
        reply = read_reply(mail.payload)
    except Exception:
        logger.exception("a mail in the mailbox of replies cannot be read and is passed by")
        reply = None
    if reply is None:
        replies.keep_cursor(mail.cursor, now)
        return False
    verdict = judge_reply(reply, runtime.settings.secret_key, now)
    person = _person(reply) if verdict.is_theirs else ""
    if verdict.is_theirs and not person:
        logger.warning("a reply about %s from somebody who left is passed by", reply.mark.alert_id)
        replies.keep_cursor(mail.cursor, now)
        return False

    def answer(alert: Alert, is_theirs: bool) -> Delivery:
        return _answer(runtime, reply, alert, person, is_theirs, now)

    return replies.record_reply(reply, verdict, person, answer, mail.cursor, now)


def _person(reply: Reply) -> str:
    """Return whom the address belongs to, "" for somebody who was shut out since."""
    for member in users.members():
        if member.email.casefold() == reply.address:
            return member.username if member.is_active else ""
    return replies.told_person(reply.mark.alert_id, reply.address)


def _answer(
    runtime: Runtime, reply: Reply, alert: Alert, person: str, is_theirs: bool, now: datetime
) -> Delivery:
    message = answer_message(
        alert, reply, is_taken=is_theirs, room_url=runtime.settings.room_url, now=now
    )
    return Delivery(
        id=delivery_id(alert.id, message.key, "email", reply.address),
        message=message,
        recipient=Recipient(person, "email", reply.address),
        due_at=now,
    )
