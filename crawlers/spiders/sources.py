"""The spider of a batch: lends Scrapy's downloader to a :class:`crawlers.session.Session`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers.options import CrawlOptions
from crawlers.ports import CrawlJob, Inbox
from crawlers.readers.reader import Fetch
from crawlers.safety import AddressRefused
from crawlers.session import Answer, AskFailed, Session
from crawlers.spiders.manners import RobotsForbid, UnsafeAddress
from crawlers.workers import Workers


class SourcesSpider(Spider):
    """Reads the jobs of one batch."""

    name = "sources"

    def __init__(
        self,
        jobs: Sequence[CrawlJob],
        inbox: Inbox,
        options: CrawlOptions,
        workers: Workers,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.options = options
        self._session = Session(jobs, inbox, options, ask=self._ask, parse=workers.run)

    async def start(self) -> AsyncIterator[Any]:
        """Run the session; it asks for everything itself, so nothing is yielded."""
        await self._session.run()
        return
        yield  # makes this an asynchronous generator, which Scrapy expects

    async def _ask(self, fetch: Fetch, max_bytes: int) -> Answer:
        request = Request(
            fetch.url,
            method=fetch.method,
            body=fetch.body,
            headers=dict(fetch.headers),
            meta={"download_maxsize": max_bytes, "is_api": fetch.is_api},
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
