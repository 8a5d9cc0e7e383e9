"""Acknowledging by answering the mail, for offices whose room no phone outside can open.

1. An alert's mail carries a signed mark in its subject and in its Message-ID, made for one alert,
   one address and a week.
2. A mail that comes back is read: whose it is, its mark, its own first words. What machines answer
   (RFC 3834: Auto-Submitted, Precedence …), bounces and mails of other people acknowledge nothing.
3. The first words must be "tiếp nhận": "I am not the one" is an answer too.

Pure: the mailbox and the ledger are the caller's.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import html
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr

from alerts.message import REPLY_WORD, clean, local_time
from alerts.model import Alert, AlertState, Message
from alerts.tokens import InvalidToken, ReplyMark, check_mark, find_mark
from langnghe.text import fold, normalize

_MACHINES = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.I)
_MACHINE_SUBJECT = re.compile(
    r"^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office"
    r"|trả lời tự động|thư tự động|vắng mặt)\b",
    re.I,
)
_MACHINE_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Failed-Recipients")
_FORGED = re.compile(r"\bdmarc\s*=\s*fail\b", re.I)
_QUOTE = re.compile(
    r"^\s*(?:>|-{3,}|_{5,}|on\b.{4,120}\bwrote\s*:|vào\b.{4,}|from\s*:|từ\s*:|người gửi\s*:"
    r"|.{0,120}\bđã viết\s*:|sent from\b|được gửi từ\b|gửi từ\b)",
    re.I,
)
_HTML_QUOTE = re.compile(r"<blockquote|gmail_quote|appendonsend|divrplyfwdmsg|<hr\b", re.I)
_HTML_HIDDEN = re.compile(r"<(style|script|head|title)\b.*?</\1\s*>|<!--.*?-->", re.I | re.S)
_HTML_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^>]*>", re.I)
_ACCEPTS = re.compile(r"^(?:(?:da|vang|xin|toi|em|minh|anh|chi|ok)\b[ ,.:!]*){0,3}tiep nhan\b")
_FIRST_LINES = 3


@dataclass(frozen=True)
class Reply:
    """A mail that carries a mark; ``machine`` says why no person wrote it ("" = one did)."""

    message_id: str
    address: str
    mark: ReplyMark
    accepts: bool
    machine: str = ""


@dataclass(frozen=True)
class ReplyVerdict:
    """What a reply does: acknowledge, or leave only a note, said in Vietnamese.

    ``is_theirs``: the sender is whom we had written to, so that an answer may go back.
    """

    is_taken: bool
    is_theirs: bool
    note: str


def read_reply(payload: bytes) -> Reply | None:
    """Return what a mail answers, None where it answers none of our mails."""
    mail = email.message_from_bytes(payload, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    found = next(
        (
            mark
            for name in ("Subject", "In-Reply-To", "References")
            if (mark := find_mark(_header(mail, name)))
        ),
        None,
    )
    if found is None:
        return None
    return Reply(
        message_id=_header(mail, "Message-ID") or hashlib.sha256(payload).hexdigest(),
        address=parseaddr(_header(mail, "From"))[1].casefold(),
        mark=found,
        accepts=_accepts(mail),
        machine=_machine(mail),
    )


def judge_reply(reply: Reply, secret: str, now: datetime) -> ReplyVerdict:
    """Return what ``reply`` does at ``now``."""
    if reply.machine:
        return ReplyVerdict(False, False, f"thư trả lời không do người viết ({reply.machine})")
    try:
        check_mark(reply.mark, reply.address, secret, now)
    except InvalidToken as error:
        return ReplyVerdict(False, False, str(error))
    if not reply.accepts:
        return ReplyVerdict(False, True, f"có thư trả lời nhưng không có chữ {REPLY_WORD}")
    return ReplyVerdict(True, True, "tiếp nhận bằng cách trả lời thư")


def answer_message(
    alert: Alert, reply: Reply, *, is_taken: bool, room_url: str, now: datetime
) -> Message:
    """Return the mail back to who replied: it is theirs, somebody else's, or not understood."""
    base = room_url.rstrip("/")
    if is_taken:
        subject = "Đã ghi nhận: anh/chị tiếp nhận"
        asked = "Việc này nay thuộc về anh/chị; hệ thống thôi chuyển cấp."
    elif reply.accepts:
        subject = "Đã có người tiếp nhận"
        asked = f"{alert.assignee or 'Người khác'} đã tiếp nhận trước; anh/chị không cần làm gì."
    else:
        subject = "Chưa ghi nhận"
        asked = f"Muốn nhận việc, trả lời lại với dòng đầu là chữ {REPLY_WORD}."
        if alert.state is not AlertState.OPEN:
            asked = "Cảnh báo này không còn chờ tiếp nhận; anh/chị không cần làm gì."
    kind = reply.message_id if reply.accepts else "not-understood"
    return Message(
        key=f"{alert.id}-reply-{hashlib.sha256(kind.encode()).hexdigest()[:16]}-{reply.address}",
        subject=clean(f"{subject}: {alert.title}", 150),
        level=0,
        what=clean(f"{subject}: {alert.title}", 200),
        why_now=(),
        how_big=(),
        where=(),
        headlines=(),
        asked=f"{asked} (Ghi lúc {local_time(now)}.)",
        button_label="",
        button_url="",
        made_at=now,
        story_url=f"{base}/canh-bao/{alert.id}/",
        is_drill=alert.is_drill,
        in_reply_to=clean(reply.message_id, 200) if reply.message_id.startswith("<") else "",
    )


def _header(mail: EmailMessage, name: str) -> str:
    """Return a header as one line; a broken one counts as absent."""
    try:
        return " ".join(str(mail.get(name, "")).split())
    except (ValueError, IndexError, AttributeError):
        return ""


def _machine(mail: EmailMessage) -> str:
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _header(mail, "Precedence").lower()
    sender = parseaddr(_header(mail, "From"))[1]
    if mail.get_content_type() == "multipart/report" or _header(mail, "Return-Path") == "<>":
        return "thư báo không gửi được"
    if _MACHINES.match(sender) or _header(mail, "X-Failed-Recipients"):
        return "thư báo không gửi được"
    if submitted not in ("", "no") or any(_header(mail, name) for name in _MACHINE_HEADERS):
        return "trả lời tự động"
    if precedence in ("bulk", "junk", "list", "auto_reply") or _header(mail, "List-Id"):
        return "trả lời tự động"
    if _MACHINE_SUBJECT.match(_header(mail, "Subject")):
        return "trả lời tự động"
    if any(_FORGED.search(str(v)) for v in mail.get_all("Authentication-Results", [])):
        return "địa chỉ gửi bị giả mạo"
    return ""


def _accepts(mail: EmailMessage) -> bool:
    """Return whether one of the writer's own first lines is the word of acknowledging."""
    for line in _own_lines(mail):
        if "http" not in line and _ACCEPTS.match(fold(normalize(line)).casefold().strip()):
            return True
    return False


def _own_lines(mail: EmailMessage) -> list[str]:
    """Return the first lines above what the mail program quoted."""
    body = mail.get_body(preferencelist=("plain", "html"))
    if body is None:
        return []
    try:
        text = str(body.get_content())
    except (LookupError, ValueError):
        raw = body.get_payload(decode=True)
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
    if body.get_content_subtype() == "html":
        text = _HTML_QUOTE.split(_HTML_HIDDEN.sub("", text), maxsplit=1)[0]
        text = html.unescape(re.sub(r"<[^>]*>?", " ", _HTML_BREAK.sub("\n", text)))
    lines: list[str] = []
    for line in text.splitlines():
        if _QUOTE.match(line) or len(lines) == _FIRST_LINES:
            break
        if line.strip():
            lines.append(" ".join(line.split()))
    return lines
