"""One lane per host: requests to a host leave one by one, with a pause between their starts.

Scrapy's own queue lets a slow host fill all places; lanes do not, and they know when the batch's
time is over.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from crawlers.answers import Answer
from crawlers.headers import retry_after_s
from langnghe.url import host_of

_LONGEST_REST_S = 120.0
_REST_AFTER_429_S = 30.0
_HOSTS_KEPT = 5000


class HostPace:
    """When each host was last asked, across batches, and until when it rests; seconds of the
    wall clock. ``path`` keeps it for the next batch."""

    def __init__(self, delay_s: float, path: Path | None = None) -> None:
        self._delay_s = delay_s
        self._path = path
        self._free_at: dict[str, float] = _load(path)

    def wait_s(self, host: str, now_s: float) -> float:
        """Return how long to wait before the next start at ``host``."""
        return min(max(self._free_at.get(host, 0.0) - now_s, 0.0), _LONGEST_REST_S)

    def started(self, host: str, now_s: float) -> None:
        """Note that a request to ``host`` goes out now."""
        self._free_at[host] = max(self._free_at.get(host, 0.0), now_s + self._delay_s)

    def heed(self, answer: Answer) -> None:
        """Let a host that says "too many requests" rest as long as it asks for."""
        if answer.status != 429:
            return
        host = host_of(answer.url)
        rest_s = max(_REST_AFTER_429_S, retry_after_s(answer.headers) or 0.0)
        until_s = time.time() + min(rest_s, _LONGEST_REST_S)
        self._free_at[host] = max(self._free_at.get(host, 0.0), until_s)

    def save(self) -> None:
        """Keep what the next batch should know."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        newest = sorted(self._free_at.items(), key=lambda pair: pair[1])[-_HOSTS_KEPT:]
        self._path.write_text(json.dumps(dict(newest)), "utf-8")


@dataclass(frozen=True)
class Errand:
    """One thing to do at a host. ``go`` makes the request and returns what is left to do with the
    answer; ``drop`` is called instead when the lane's time is over."""

    host: str
    priority: int
    until_s: float
    go: Callable[[], Awaitable[Callable[[], Awaitable[None]]]]
    drop: Callable[[], Awaitable[None]]


class Lanes:
    """Carries errands out: one at a time and host, ``concurrency`` at a time in all."""

    def __init__(self, pace: HostPace, concurrency: int, backlog: int) -> None:
        self._pace = pace
        self._places = asyncio.Semaphore(max(1, concurrency))
        self._answers = asyncio.Semaphore(max(1, backlog))
        self._queues: dict[str, list[tuple[int, int, Errand]]] = {}
        self._order = itertools.count()
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, errand: Errand) -> None:
        """Queue an errand; lower priorities go first, then earlier ones."""
        entry = (errand.priority, next(self._order), errand)
        if errand.host in self._queues:
            heapq.heappush(self._queues[errand.host], entry)
        else:
            self._queues[errand.host] = [entry]
            self._spawn(self._lane(errand.host))

    async def finish(self) -> None:
        """Wait until all errands, and those that they submit, are done."""
        while self._tasks:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def _lane(self, host: str) -> None:
        queue = self._queues[host]
        while queue:
            errand = heapq.heappop(queue)[2]
            wait_s = self._pace.wait_s(host, time.time())
            if time.monotonic() + wait_s > errand.until_s:
                await errand.drop()
                continue
            if wait_s:
                await asyncio.sleep(wait_s)
            async with self._places:
                self._pace.started(host, time.time())
                after = await errand.go()
            # Counted from the answer: what left us late must not make the next start look early.
            self._pace.started(host, time.time())
            await self._answers.acquire()
            self._spawn(self._after(after))
        del self._queues[host]

    async def _after(self, after: Callable[[], Awaitable[None]]) -> None:
        try:
            await after()
        finally:
            self._answers.release()

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _load(path: Path | None) -> dict[str, float]:
    if path is None or not path.exists():
        return {}
    try:
        return {str(host): float(at) for host, at in json.loads(path.read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
