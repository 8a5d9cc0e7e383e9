"""One forwarded mail as one document; what the forwarder's mail program added is left out."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage

from crawlers.dates import parse_date
from crawlers.manual import ManualEntry, manual_document
from crawlers.markup import plain_text, title_text
from langnghe.document import Channel, Document, DocumentKind
from langnghe.errors import InvalidDocument
from langnghe.source import Source

_FORWARDED = re.compile(r"^\s*(?:fwd?|fw|chuyển tiếp|tr|re)\s*:\s*", re.I)
_HEADER_LINE = re.compile(
    r"^\s*(?:from|to|cc|sent|date|subject|từ|đến|ngày|chủ đề|tới|người gửi|người nhận)\s*:.*$", re.I
)
_DIVIDER = re.compile(r"^\s*(?:-{2,}.*|_{5,}|>+|begin forwarded message:?)\s*$", re.I)
_URL = re.compile(r"https?://[^\s<>\"')]+")
_FIELD = re.compile(r"^\s*(nơi thấy|kênh|nguồn|channel)\s*:\s*(.+)$", re.I)
_MAX_TEXT = 50_000


def document_of_mail(payload: bytes, source: Source, now: datetime, author_key: bytes) -> Document:
    """Return the document of a mail.

    A line "Nơi thấy: …" names the place. The first link is the address; the sender is not kept.
    A picture is only noted: it stays in the mailbox. Raises InvalidDocument for an empty mail.
    """
    message = email.message_from_bytes(payload, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    title = title_text(str(message.get("Subject", "")))
    while match := _FORWARDED.match(title):
        title = title[match.end() :]
    place, lines = _body_lines(message)
    text = "\n".join(lines)[:_MAX_TEXT].strip()
    link = _URL.search(text)
    pictures = sum(1 for part in message.walk() if part.get_content_maintype() == "image")
    if not (title or text or pictures):
        raise InvalidDocument("", "empty mail")
    entry = ManualEntry(
        place=place or source.outlet,
        text=text,
        title=title,
        url=link.group().rstrip(".,;") if link else "",
        seen_at=parse_date(str(message.get("Date", "")), now),
        kind=source.document_kind if source.document_kind.is_social else DocumentKind.POST,
    )
    doc = manual_document(entry, now, author_key, Channel.MAILBOX)
    notes = (*doc.notes, f"có {pictures} ảnh trong thư") if pictures else doc.notes
    return replace(
        doc,
        source_id=source.id,
        province=source.province,
        weight=source.weight,
        notes=notes,
        extraction="mailbox",
    )


def _body_lines(message: EmailMessage) -> tuple[str, list[str]]:
    """Return the place that the mail names and its own lines."""
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return "", []
    try:
        content = str(body.get_content())
    except (LookupError, ValueError):
        raw = body.get_payload(decode=True)
        content = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
    text = plain_text(content) if body.get_content_subtype() == "html" else content
    place, lines = "", []
    for line in text.splitlines():
        if match := _FIELD.match(line):
            place = place or match.group(2).strip()
        elif not (_DIVIDER.match(line) or _HEADER_LINE.match(line)):
            lines.append(line.lstrip("> ").rstrip())
    return place, lines
