"""Article pages go to the inbox a few at a time: a transaction costs nearly the same for thirty."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from crawlers.ports import Inbox, PutResult
from crawlers.run import SourceRun
from langnghe.document import Document
from langnghe.errors import LangNgheError

logger = logging.getLogger(__name__)

_MOST = 32
_LINGER_S = 0.25


class Handover:
    """Collects documents for a moment, puts them into the inbox together and closes their requests.

    1. ``add`` waits where the inbox has fallen far behind, so that memory stays bounded.
    2. One put runs at a time; what is added meanwhile goes with the next.
    3. ``closed`` is called for each document's run once it is stored or has failed.
    4. A document that the inbox cannot take fails alone: the others are put one by one.
    """

    def __init__(self, inbox: Inbox, closed: Callable[[SourceRun], Awaitable[None]]) -> None:
        self._inbox = inbox
        self._closed = closed
        self._waiting: list[tuple[Document, SourceRun]] = []
        self._room = asyncio.Semaphore(4 * _MOST)
        self._task: asyncio.Task[None] | None = None

    async def add(self, doc: Document, run: SourceRun) -> None:
        """Take ``doc``; its request is closed later."""
        await self._room.acquire()
        self._waiting.append((doc, run))
        if self._task is None:
            self._task = asyncio.create_task(self._hand_over())

    async def finish(self) -> None:
        """Wait until all that was added is stored or has failed."""
        while self._task is not None:
            await self._task

    async def _hand_over(self) -> None:
        while self._waiting:
            if len(self._waiting) < _MOST:
                await asyncio.sleep(_LINGER_S)
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            await self._put(batch)
            for _, run in batch:
                self._room.release()
                await self._closed(run)
        self._task = None

    async def _put(self, batch: list[tuple[Document, SourceRun]]) -> None:
        try:
            result: PutResult = await asyncio.to_thread(self._inbox.put, [doc for doc, _ in batch])
        except LangNgheError as error:
            logger.warning("%d pages: %s", len(batch), error)
            for _, run in batch:
                run.fail(str(error))
        except Exception as error:
            if len(batch) > 1:
                for one in batch:
                    await self._put([one])
                return
            logger.exception("page %s", batch[0][0].url)
            batch[0][1].fail(f"{type(error).__name__}: {error}")
        else:
            for doc, run in batch:
                run.new_count += doc.id in result.new
