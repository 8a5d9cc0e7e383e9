"""Press pages that a person added by their link, read as politely as any other page.

1. An entry waits in the ledger until its page is read or a reason stands beside it; nothing else
   keeps it, so a kill costs only another try.
2. Its page is asked for in its host's lane, before the pages of feeds: a person waits for it.
3. What was read goes to the desk under its own identity, which may be that of a document that was
   crawled already (a shortened or forwarded link leads to it).
4. What may pass by itself is tried again at a falling rate; anything else is told at once.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from crawlers.answers import Answer, Ask, AskFailed, Parse
from crawlers.documents import ReadContext
from crawlers.lanes import Errand, HostPace
from crawlers.options import CrawlOptions
from crawlers.ports import LinkDesk
from crawlers.readers.reader import Fetch, PageLink
from crawlers.rereading import is_elsewhere, is_front_page
from crawlers.workers import PAGE_LIMITS
from langnghe.document import Document, document_id
from langnghe.errors import LangNgheError, LedgerUnavailable
from langnghe.source import OutletKind, Source, SourceKind
from langnghe.url import host_of, identity_url

logger = logging.getLogger(__name__)

HTML = "text/html,application/xhtml+xml"
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_FIRST = -1
_WAITS = tuple(timedelta(minutes=m) for m in (5, 30, 120, 480, 1440))
_FRONT_PAGE = "front page"


@dataclass(frozen=True)
class Tried:
    """How often the page of an entry was asked for, and when last (UTC)."""

    count: int
    last_at: datetime


def is_due(tried: Tried | None, now: datetime) -> bool:
    """Return whether a page is asked for (again) now."""
    if tried is None:
        return True
    return now >= tried.last_at + _WAITS[min(tried.count, len(_WAITS)) - 1]


def is_given_up(tried: Tried | None) -> bool:
    """Return whether a page that does not answer was asked for often enough."""
    return tried is not None and tried.count > len(_WAITS)


class LinksTried:
    """The tries of entries that wait, kept in ``path``; to lose it costs a try."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tried = _load(path)

    def of(self, entry_id: str) -> Tried | None:
        """Return the tries of an entry."""
        return self._tried.get(entry_id)

    def due(self, entries: Sequence[Document], now: datetime) -> list[Document]:
        """Return the entries whose page is asked for now."""
        return [entry for entry in entries if is_due(self.of(entry.id), now)]

    def begin(self, asked: Sequence[Document], waiting: Sequence[Document], now: datetime) -> None:
        """Count a try for each of ``asked`` before it is made; forget all that do not wait."""
        kept = {entry.id: self._tried[entry.id] for entry in waiting if entry.id in self._tried}
        for entry in asked:
            before = kept.get(entry.id)
            kept[entry.id] = Tried(before.count + 1 if before else 1, now)
        self._tried = kept
        self._save()

    def forget(self, entry_id: str) -> None:
        """Begin anew should a person want the page tried again."""
        self._tried.pop(entry_id, None)
        self._save()

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        rows = {key: [tried.count, tried.last_at.isoformat()] for key, tried in self._tried.items()}
        draft.write_text(json.dumps(rows), "utf-8")
        draft.replace(self._path)


@dataclass(frozen=True)
class Added:
    """The entries whose pages a batch reads, their tries, and who takes what came of it."""

    entries: Sequence[Document]
    tried: LinksTried
    desk: LinkDesk


class AddedLinks:
    """Reads the pages of entries within a batch."""

    def __init__(
        self,
        added: Added,
        options: CrawlOptions,
        *,
        ask: Ask,
        parse: Parse,
        pace: HostPace,
    ) -> None:
        self._desk, self._tried, self._options = added.desk, added.tried, options
        self._ask, self._parse, self._pace = ask, parse, pace

    def errand(self, entry: Document, until_s: float) -> Errand:
        """Return the errand that reads the page of ``entry``."""

        async def drop() -> None:
            """The next batch asks."""

        return Errand(host_of(entry.url), _FIRST, until_s, partial(self._go, entry), drop)

    async def _go(self, entry: Document) -> Callable[[], Awaitable[None]]:
        fetch = Fetch(entry.url, headers=(("Accept", HTML),))
        try:
            answer = await self._ask(fetch, self._options.page_max_bytes)
        except AskFailed as error:
            is_passing = error.outcome == "network-error"
            return partial(self._fail, entry, f"{error.outcome}: {error}", is_passing=is_passing)
        self._pace.heed(answer)
        if not 200 <= answer.status < 300:
            is_passing = answer.status in PASSING
            return partial(self._fail, entry, f"HTTP {answer.status}", is_passing=is_passing)
        if is_elsewhere(entry.url, answer.url) and is_front_page(answer.url):
            return partial(self._fail, entry, _FRONT_PAGE)
        return partial(self._understand, entry, answer)

    async def _understand(self, entry: Document, answer: Answer) -> None:
        context = ReadContext(
            now=self._options.clock.now(),
            url=answer.url,
            content_type=answer.headers.get("content-type", ""),
        )
        link = PageLink(entry.url, "", entry)
        try:
            doc: Document = await asyncio.to_thread(
                self._parse, "article", PAGE_LIMITS, answer.body, link, _source(entry), context
            )
        except LangNgheError as error:
            await self._fail(entry, str(error))
            return
        if is_front_page(doc.url):  # some papers name it as the canonical address of every article
            doc = replace(doc, id=document_id(identity_url(answer.url)), url=answer.url)
        logger.info("page %s of an entry was read", answer.url)
        await self._tell(self._desk.read, entry.id, doc)

    async def _fail(self, entry: Document, reason: str, *, is_passing: bool = False) -> None:
        logger.info("page %s of an entry: %s", entry.url, reason)
        if not is_passing or is_given_up(self._tried.of(entry.id)):
            await self._tell(self._desk.unreadable, entry, reason)
            self._tried.forget(entry.id)

    async def _tell(self, call: Callable[..., None], *given: object) -> None:
        """Tell the desk; while the ledger is down, or where it fails, the entry goes on waiting."""
        try:
            await asyncio.to_thread(call, *given)
        except LedgerUnavailable as error:
            logger.warning("an entry waits on: %s", error)
        except Exception:
            logger.exception("entry by hand")


def why_unread(reason: str) -> str:
    """Return in Vietnamese why the page of an entry could not be read."""
    outcome, _, status = reason.partition(" ")
    if outcome == "HTTP":
        said = _OF_STATUS.get(status, f"máy chủ của trang báo lỗi {status}")
    else:
        said = _OF_OUTCOME.get(reason.partition(":")[0], "máy không nhận ra bài báo nào ở trang ấy")
    return f"Chưa đọc được trang của liên kết: {said}. Tin giữ nguyên như người thêm đã ghi."


_REFUSED = "máy chủ của trang không cho đọc, có thể phải đăng nhập"
_GONE = "trang không còn ở địa chỉ này"
_OF_STATUS = {"401": _REFUSED, "402": _REFUSED, "403": _REFUSED, "404": _GONE, "410": _GONE}
_OF_OUTCOME = {
    "robots": "trang không cho máy đọc (robots.txt)",
    "refused": "địa chỉ không phải của một trang công khai trên mạng",
    "network-error": "trang không trả lời sau nhiều lần thử",
    "removed": "tin ấy đã được xóa khỏi phòng và không được thu lại",
    _FRONT_PAGE: "liên kết dẫn về trang chủ, bài có thể đã bị gỡ",
}


def _source(entry: Document) -> Source:
    """Return the source in whose name the page is read: that of the entry."""
    return Source(
        id=entry.source_id,
        name=entry.outlet,
        outlet=entry.outlet,
        kind=SourceKind.FEED,
        url=entry.url,
        outlet_kind=OutletKind(entry.outlet_kind),
        province=entry.province,
        weight=entry.weight,
        document_kind=entry.kind,
    )


def _load(path: Path) -> dict[str, Tried]:
    try:
        rows = json.loads(path.read_text("utf-8"))
        return {
            key: Tried(int(count), datetime.fromisoformat(last))
            for key, (count, last) in rows.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
