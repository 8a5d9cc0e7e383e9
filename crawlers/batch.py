"""One crawl batch: every due source read once, in a process that is made for it and then ends.

A Twisted reactor cannot start twice, so :func:`run_batch` may run once per process.
"""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from crawlers.added import Added
from crawlers.options import CrawlOptions
from crawlers.ports import CrawlJob, Inbox, Pushed
from crawlers.safety import guard_reactor
from crawlers.session import Ask, Session
from crawlers.workers import Workers

__all__ = ["CrawlJob", "CrawlOptions", "run_batch"]


def run_batch(
    jobs: Sequence[CrawlJob],
    inbox: Inbox,
    options: CrawlOptions,
    pushed: Sequence[Pushed] = (),
    added: Added | None = None,
) -> None:
    """Read all ``jobs`` and what was ``pushed``, put what they hold into ``inbox`` and report each
    fetch; read the links that people ``added``; blocks.

    Never raises for what a source does; each job ends in at most one report.
    """
    with Workers(options.workers) as workers:

        async def work(ask: Ask) -> None:
            session = Session(
                jobs, inbox, options, ask=ask, parse=workers.run, pushed=pushed, added=added
            )
            await session.run()

        run_asking(work, options)


def run_asking(work: Callable[[Ask], Awaitable[None]], options: CrawlOptions) -> None:
    """Run ``work`` with a downloader that keeps to ``options`` and our manners; blocks.

    May run once per process. Raises what ``work`` raises.
    """
    from scrapy.crawler import AsyncCrawlerProcess

    from crawlers.spiders.asking import AskingSpider

    failures: list[Exception] = []

    async def guarded(ask: Ask) -> None:
        try:
            await work(ask)
        except Exception as error:  # noqa: BLE001 - raised again below, outside the reactor
            failures.append(error)

    logging.getLogger("scrapy.utils.log").disabled = True  # a screenful of versions
    process = AsyncCrawlerProcess(scrapy_settings(options))
    for name in ("scrapy", "twisted", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    from twisted.internet import reactor

    with _sources_unread():
        import scrapy.core.downloader.handlers.http11  # noqa: F401 - what the engine loads anyway
    guard_reactor(reactor, options.loopback_ports)
    process.crawl(AskingSpider, work=guarded, options=options)
    process.start()
    if failures:
        raise failures[0]


@contextmanager
def _sources_unread() -> Iterator[None]:
    """Let Scrapy learn which module makes a class without reading the sources of all callers.

    It asks ``inspect.stack()`` for that three times a batch, a tenth of a second together.
    """
    whole = inspect.stack
    inspect.stack = lambda *_: [(sys._getframe(1),), (sys._getframe(2),)]
    try:
        yield
    finally:
        inspect.stack = whole


def scrapy_settings(options: CrawlOptions) -> dict[str, Any]:
    """Return Scrapy's settings for ``options``: one request at a time and host, nothing private."""
    off = dict.fromkeys(("file", "data", "s3", "ftp"))
    middlewares = "scrapy.downloadermiddlewares"
    return {
        "USER_AGENT": options.user_agent,
        "CONCURRENT_REQUESTS": 4 * options.concurrency,  # the lanes set the real limit
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": options.host_delay_s,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_TIMEOUT": options.answer_timeout_s,
        "DOWNLOAD_MAXSIZE": max(options.page_max_bytes, options.feed_max_bytes),
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_HANDLERS": off,
        # The bases are emptied and what is needed is named, because Scrapy imports what is switched
        # off too (a telnet console, a web server), in each batch.
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": {
            "crawlers.spiders.manners.MannersMiddleware": 100,
            f"{middlewares}.downloadtimeout.DownloadTimeoutMiddleware": 350,
            f"{middlewares}.defaultheaders.DefaultHeadersMiddleware": 400,
            f"{middlewares}.useragent.UserAgentMiddleware": 500,
            f"{middlewares}.httpcompression.HttpCompressionMiddleware": 590,
            f"{middlewares}.redirect.RedirectMiddleware": 600,
        },
        "SPIDER_MIDDLEWARES_BASE": {},
        "SPIDER_MIDDLEWARES": {"scrapy.spidermiddlewares.referer.RefererMiddleware": 700},
        "EXTENSIONS_BASE": {},
        "DEFAULT_REQUEST_HEADERS": {"Accept-Language": "vi, en;q=0.5"},
        "REFERRER_POLICY": "no-referrer",
        "REDIRECT_MAX_TIMES": 5,
        "RETRY_ENABLED": False,
        "COOKIES_ENABLED": False,
        "ROBOTSTXT_OBEY": False,  # MannersMiddleware does, with 5xx = closed
        "TELNETCONSOLE_ENABLED": False,
        "DNS_TIMEOUT": 10,
        "REACTOR_THREADPOOL_MAXSIZE": 16,
        "LOG_LEVEL": "WARNING",
        "LOG_INSTALL_ROOT_HANDLER": False,
        "LOG_ENABLED": False,
    }
