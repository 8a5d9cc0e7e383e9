"""Article pages are read again after 1, 6, 24 and 72 hours, so that a silent edit is seen.

Papers change headlines and take articles down without their feed saying so. What was read, when and
under which validators stands in a file of the crawl; to lose it costs only some rereading.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawlers.headers import validators
from crawlers.plain import from_plain, to_plain
from crawlers.readers.reader import Fetch, PageLink
from langnghe.document import Document
from langnghe.url import identity_url

AGES_H = (1, 6, 24, 72)
_FORGOTTEN = timedelta(hours=80)
_PAGES_KEPT = 20_000
_AT_ONCE = 5
_ASKED_TWICE_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class PageRead:
    """A page that was read: first and last when (UTC), and what its server said to tell changes."""

    document_id: str
    source_id: str
    url: str
    first_read_at: datetime
    last_read_at: datetime
    etag: str = ""
    last_modified: str = ""
    known: Mapping[str, Any] | None = None
    """What the feed told of it, as plain data: it fills again what the page does not say."""
    is_missed: bool = False
    """Whether it was not there when it was last asked for (posts; pages are believed at once)."""
    parent_id: str = ""
    """The document that it answers (posts)."""


def reason_to_reread(page: PageRead, now: datetime) -> str:
    """Return, in Vietnamese, why ``page`` is read again now, or "" when it is not.

    Each age is read for once; one that was missed (a night without power) is not made up for.
    """
    if page.is_missed:
        is_due = now >= page.last_read_at + _ASKED_TWICE_AFTER
        return "hỏi lần nữa vì lần trước không thấy" if is_due else ""
    for hours in reversed(AGES_H):
        due_at = page.first_read_at + timedelta(hours=hours)
        if now >= due_at:
            return f"đọc lại sau {hours} giờ để thấy bài sửa" if page.last_read_at < due_at else ""
    return ""


def is_elsewhere(asked: str, answered: str) -> bool:
    """Return whether a redirect led to another page than the one that was asked for."""
    try:
        return identity_url(asked).partition("://")[2] != identity_url(answered).partition("://")[2]
    except ValueError:
        return True


def is_front_page(url: str) -> bool:
    """Return whether ``url`` is a site's front page, where papers send readers of deleted ones."""
    return urlsplit(url).path.strip("/") == ""


class PagesRead:
    """The pages read in the last days, kept in ``path`` across batches."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._pages = _load(path)

    def remember(
        self,
        link: PageLink,
        source_id: str,
        headers: Mapping[str, str],
        now: datetime,
        parent_id: str = "",
    ) -> None:
        """Note that the page of ``link`` was read."""
        known = self._pages.pop(link.document_id, None)
        self._pages[link.document_id] = PageRead(
            link.document_id,
            source_id,
            link.url,
            known.first_read_at if known else now,
            now,
            headers.get("etag", "")[:500],
            headers.get("last-modified", "")[:200],
            _told(link, known),
            parent_id=parent_id,
        )

    def tried(self, document_id: str, now: datetime) -> None:
        """Note that the page was asked for and nothing new came of it."""
        if page := self._pages.get(document_id):
            self._pages[document_id] = replace(page, last_read_at=now, is_missed=False)

    def missed(self, document_id: str, now: datetime) -> bool:
        """Note that it was not there; True where that was so an hour ago too."""
        page = self._pages.get(document_id)
        if page is None or page.is_missed:
            return page is not None
        self._pages[document_id] = replace(page, last_read_at=now, is_missed=True)
        return False

    def forget(self, document_id: str) -> None:
        """Ask for the page no more."""
        self._pages.pop(document_id, None)

    def due(self, source_id: str, now: datetime) -> list[tuple[Fetch, str]]:
        """Return conditional requests for the source's pages that are due, newest first, each with
        its reason; a few at a time."""
        found: list[tuple[Fetch, str]] = []
        for page, reason in self.due_reads(source_id, now, _AT_ONCE):
            told = from_plain(Document, page.known) if page.known else None
            link = PageLink(page.url, page.document_id, told)
            extra = validators(page.etag, page.last_modified)
            found.append((Fetch(page.url, headers=extra, page=link, is_again=True), reason))
        return found

    def due_reads(self, source_id: str, now: datetime, limit: int) -> list[tuple[PageRead, str]]:
        """Return what is due of a source, newest first, each with its reason; ``limit`` at most."""
        due = (
            (page, reason)
            for page in reversed(self._pages.values())
            if page.source_id == source_id and (reason := reason_to_reread(page, now))
        )
        return list(islice(due, limit))

    def save(self, now: datetime) -> None:
        """Keep what the next batch should know."""
        if self._path is None:
            return
        pages = [p for p in self._pages.values() if now - p.first_read_at < _FORGOTTEN]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        rows = [_row(page) for page in pages[-_PAGES_KEPT:]]
        draft.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
        draft.replace(self._path)


def _load(path: Path | None) -> dict[str, PageRead]:
    if path is None or not path.exists():
        return {}
    try:
        pages = [_page(*row) for row in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return {}
    return {page.document_id: page for page in pages}


def _told(link: PageLink, known: PageRead | None) -> Mapping[str, Any] | None:
    if link.known is None:
        return known.known if known else None
    told: Mapping[str, Any] = to_plain(replace(link.known, text=""))
    return told


def _row(page: PageRead) -> tuple[Any, ...]:
    """Times as seconds and fields by place: thousands are read in each batch, few are used."""
    moments = (page.first_read_at.timestamp(), page.last_read_at.timestamp())
    place = (page.document_id, page.source_id, page.url)
    return (
        *place,
        *moments,
        page.etag,
        page.last_modified,
        page.known,
        page.is_missed,
        page.parent_id,
    )


def _page(
    document_id: str, source_id: str, url: str, first_s: float, last_s: float, *rest: Any
) -> PageRead:
    first, last = datetime.fromtimestamp(first_s, UTC), datetime.fromtimestamp(last_s, UTC)
    return PageRead(document_id, source_id, url, first, last, *rest)
