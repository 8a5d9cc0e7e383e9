"""The one spider: lends Scrapy's downloader to whoever asks, and ends when the asking is done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers.options import CrawlOptions
from crawlers.readers.reader import Fetch
from crawlers.safety import AddressRefused
from crawlers.session import Answer, Ask, AskFailed
from crawlers.spiders.manners import RobotsForbid, UnsafeAddress

_NO_REQUESTS: tuple[Request, ...] = ()


class AskingSpider(Spider):
    """Runs ``work`` with an ``ask`` that makes requests by Scrapy's rules and ours."""

    name = "asking"

    def __init__(
        self,
        work: Callable[[Ask], Awaitable[None]],
        options: CrawlOptions,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.options = options
        self._work = work

    async def start(self) -> AsyncIterator[Any]:
        """Do the work; it asks for everything itself, so nothing is yielded."""
        await self._work(self.ask)
        for request in _NO_REQUESTS:
            yield request

    async def ask(self, fetch: Fetch, max_bytes: int) -> Answer:
        """Make one request; redirects are followed, each checked anew."""
        request = Request(
            fetch.url,
            method=fetch.method,
            body=fetch.body,
            headers=dict(fetch.headers),
            meta={
                "download_maxsize": max_bytes,
                "is_api": fetch.is_api,
                "dont_redirect": fetch.is_api,  # a token goes nowhere but to its own service
            },
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        engine: Any = self.crawler.engine
        try:
            response: Response = await engine.download_async(request)
        except RobotsForbid as error:
            raise AskFailed("robots", str(error)) from error
        except (UnsafeAddress, AddressRefused) as error:
            raise AskFailed("refused", str(error)) from error
        except IgnoreRequest as error:
            raise AskFailed("network-error", str(error) or "too many redirects") from error
        except Exception as error:
            message = f"{type(error).__name__} {str(error)[:200]}".strip()
            raise AskFailed("network-error", message) from error
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        return Answer(response.url, response.status, headers, response.body)
