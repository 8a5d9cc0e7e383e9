"""What people add by hand: a link, pasted words, a screenshot's note from a closed group.

Most local talk happens where no lawful crawler reads; it is masked like any post, counted apart
(channels MANUAL and MAILBOX), and its author is never asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from crawlers.dates import clamp_published
from crawlers.documents import ReadContext, SocialPost, social_document
from crawlers.markup import plain_text, title_text
from crawlers.masking import mask
from langnghe.document import Channel, Document, DocumentKind, document_id
from langnghe.errors import InvalidDocument
from langnghe.source import BY_HAND_ID, OutletKind, Source, SourceKind
from langnghe.text import fold, normalize
from langnghe.url import canonical_url, identity_url, is_web_url


@dataclass(frozen=True)
class ManualEntry:
    """What a person filled in. ``place`` is where it was seen (a group, a page, a paper)."""

    place: str
    text: str = ""
    title: str = ""
    url: str = ""
    seen_at: datetime | None = None
    kind: DocumentKind = DocumentKind.POST
    parent_title: str = ""
    is_from_picture: bool = False


def manual_document(
    entry: ManualEntry,
    now: datetime,
    author_key: bytes,
    channel: Channel = Channel.MANUAL,
    press: Source | None = None,
) -> Document:
    """Return the document of what was added by hand; the same link or words give the same one.

    What was copied from a screenshot says so; the picture itself is never kept, since names and
    faces in it could not be masked. ``press`` is the paper whose page the link leads to, where we
    know it: it then is the outlet, and where the link was seen is a note.
    Raises InvalidDocument when there is neither a link nor words, or the link is none.
    """
    url = entry.url.strip()
    if url and not is_web_url(url):
        raise InvalidDocument("", f"not a web address: {url[:80]!r}")
    title, text = title_text(entry.title), plain_text(entry.text)
    if not (title or text or url):
        raise InvalidDocument("", "neither a link nor words")
    place = mask(normalize(entry.place.strip())) or "Thêm tay"
    source = Source(
        id=BY_HAND_ID,
        name="Thêm tay",
        outlet=place,
        kind=SourceKind.FEED,
        url="",
        outlet_kind=OutletKind.SOCIAL if entry.kind.is_social else OutletKind.NATIONAL,
        document_kind=entry.kind,
    )
    if not entry.kind.is_social:
        notes = _notes(entry)
        if press is not None:
            source = replace(press, id=BY_HAND_ID)
            notes = notes if fold(place) == fold(press.outlet) else (f"thấy ở {place}", *notes)
        return _article(url, mask(title), mask(text), source, notes, entry.seen_at, now, channel)
    post = SocialPost(
        identity=canonical_url(url) if url else f"{title}\x1f{text}",
        author="",
        text=text or ("" if title else url),
        title=title,
        published_at=entry.seen_at or now,
        url=url,
        parent_title=title_text(entry.parent_title),
        kind=entry.kind,
    )
    doc = social_document(
        post, source, "manual", ReadContext(now=now, author_key=author_key), channel
    )
    return replace(doc, extraction="manual", notes=(*doc.notes, *_notes(entry)))


def _notes(entry: ManualEntry) -> tuple[str, ...]:
    return ("chép từ ảnh chụp màn hình; ảnh không được lưu",) if entry.is_from_picture else ()


def _article(
    url: str,
    title: str,
    text: str,
    source: Source,
    notes: tuple[str, ...],
    seen_at: datetime | None,
    now: datetime,
    channel: Channel,
) -> Document:
    address = canonical_url(url) if url else ""
    published_at, about_date = clamp_published(seen_at or now, now)
    return Document(
        id=document_id(identity_url(url) if url else f"{BY_HAND_ID}\x1f{title}\x1f{text}"),
        kind=DocumentKind.ARTICLE,
        source_id=source.id,
        outlet=source.outlet,
        url=address,
        title=normalize(title) or normalize(text)[:120] or address,
        lead="",
        text=normalize(text),
        published_at=published_at,
        first_seen_at=now,
        fetched_at=now,
        channel=channel,
        outlet_kind=source.outlet_kind,
        province=source.province,
        weight=source.weight,
        notes=(*notes, *about_date),
        extraction="manual",
    )
