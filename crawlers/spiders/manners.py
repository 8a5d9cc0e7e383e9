"""How we behave on others' hosts: public addresses only, and robots.txt.

Every request passes, also those that a redirect leads to:

1. Its URL must be an http(s) address of a public host.
2. What follows an answer (a redirect's target, the page after robots.txt) waits for the pause
   between starts, counted from that answer.
3. The site's robots.txt is read first, once a day; where it says no or gives no answer, the
   request is dropped. Official APIs (``is_api``) are no pages and have their own terms.
"""

from __future__ import annotations

import asyncio
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers.options import CrawlOptions
from crawlers.robots import MAX_BYTES, RobotsRules, robots_url
from crawlers.safety import AddressRefused, check_url
from langnghe.url import host_of


class RobotsForbid(IgnoreRequest):
    """robots.txt does not allow the request."""


class RobotsSilent(IgnoreRequest):
    """robots.txt could not be read, so nothing may be; this passes."""


class UnsafeAddress(IgnoreRequest):
    """The address is not one we connect to."""


class MannersMiddleware:
    """Downloader middleware that every request of a batch passes."""

    def __init__(self, crawler: Crawler) -> None:
        spider: Any = crawler.spider
        self._crawler = crawler
        self._options: CrawlOptions = spider.options
        cache = self._options.cache_dir
        self._robots = RobotsRules(self._options.user_agent, cache and cache / "robots.json")
        self._asking: dict[str, asyncio.Lock] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = cls(crawler)
        crawler.signals.connect(middleware.spider_closed, signals.spider_closed)
        return middleware

    async def process_request(self, request: Request) -> None:
        """Let a request pass or raise IgnoreRequest."""
        try:
            check_url(request.url, self._options.loopback_ports)
        except AddressRefused as error:
            raise UnsafeAddress(str(error)) from error
        if request.meta.get("redirect_times"):
            await asyncio.sleep(self._options.host_delay_s)
        if not (request.meta.get("is_robots") or request.meta.get("is_api")):
            await self._obey_robots(request.url)

    def spider_closed(self) -> None:
        """Keep what the next batch should know."""
        self._robots.save(self._options.clock.now())

    async def _obey_robots(self, url: str) -> None:
        address = robots_url(url)
        async with self._asking.setdefault(address, asyncio.Lock()):
            now = self._options.clock.now()
            if not self._robots.is_known(url, now):
                status, payload = await self._ask(address)
                self._robots.learn(url, status, payload, now)
                await asyncio.sleep(self._options.host_delay_s)
        if self._robots.is_closed(url):
            raise RobotsSilent(f"robots.txt of {host_of(url)} does not answer")
        if not self._robots.allows(url):
            raise RobotsForbid(f"robots.txt of {host_of(url)}")
        self._slow_down(url)

    async def _ask(self, address: str) -> tuple[int, bytes]:
        request = Request(
            address,
            meta={"is_robots": True, "download_maxsize": 4 * MAX_BYTES},
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        engine: Any = self._crawler.engine
        try:
            response: Response = await engine.download_async(request)
        except Exception:  # noqa: BLE001 - whatever went wrong, it was no answer
            return 0, b""
        return response.status, response.body

    def _slow_down(self, url: str) -> None:
        """Take over a longer Crawl-delay for the host's slot."""
        delay = self._robots.delay_s(url)
        engine: Any = self._crawler.engine
        slot = engine.downloader.slots.get(host_of(url))
        if delay and slot is not None and delay > slot.delay:
            slot.delay = delay
