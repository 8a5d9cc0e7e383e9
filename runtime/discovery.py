"""The source wizard as the command line and the room call it."""

from __future__ import annotations

from crawlers.batch import run_asking
from crawlers.discover import Discovery, discover
from crawlers.session import Ask
from crawlers.workers import Workers
from nlp.places.gazetteer import units
from runtime.crawl_child import crawl_options
from runtime.wiring import Runtime


def provinces() -> dict[str, str]:
    """Return code → name of today's provinces and cities."""
    return {u.code: u.name for u in units() if u.level == "province" and u.is_current}


def discover_now(runtime: Runtime, url: str) -> Discovery:
    """Return what can be read at ``url``; blocks. Once per process, as a reactor starts once."""
    options = crawl_options(runtime)
    found: list[Discovery] = []
    with Workers(1) as workers:

        async def work(ask: Ask) -> None:
            now = runtime.clock.now()
            found.append(await discover(url, ask, workers.run, now=now, provinces=provinces()))

        run_asking(work, options)
    return found[0]
