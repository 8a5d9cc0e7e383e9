"""Subscriptions at the hubs of feeds (WebSub): asked for, renewed and ended by a child process.

``python -m runtime.child websub`` makes the requests that are due and ends; the hubs then ask the
room whether we meant it, and push to it (:mod:`web.views.websub`).
"""

from __future__ import annotations

import asyncio
import logging
from threading import Event

from crawlers.answers import Ask, AskFailed
from crawlers.batch import run_asking
from crawlers.websub import Step, Subscription, hub_request
from langnghe.links import RoomLinks
from ledger import subscriptions
from runtime.crawl_child import crawl_options
from runtime.wiring import Runtime

logger = logging.getLogger(__name__)

_MAX_ANSWER_BYTES = 100_000


def due_steps(runtime: Runtime) -> list[tuple[Subscription, Step]]:
    """Return what hubs are to be asked for now; nothing but endings where pushes are not wanted."""
    settings = runtime.settings
    is_enabled = settings.websub_enabled and bool(settings.public_url)
    return subscriptions.due_steps(runtime.clock.now(), is_enabled=is_enabled)


def main(runtime: Runtime, stop: Event) -> None:
    """Ask the hubs for what is due, one after the other."""
    steps = due_steps(runtime)
    if not steps:
        return
    links = RoomLinks(runtime.settings.room_url)

    async def work(ask: Ask) -> None:
        for subscription, step in steps:
            logger.info("%s at %s: %s", step.mode, subscription.hub_url, step.reason)
            request = hub_request(subscription, step.mode, links.push_callback(subscription.token))
            # Noted first: a hub may confirm before it has answered.
            await asyncio.to_thread(
                subscriptions.asked, subscription.source_id, step.mode, runtime.clock.now()
            )
            try:
                answer = await ask(request, _MAX_ANSWER_BYTES)
                error = "" if 200 <= answer.status < 300 else f"HTTP {answer.status}"
            except AskFailed as failure:
                error = str(failure)
            if error:
                logger.warning("hub %s: %s", subscription.hub_url, error)
                await asyncio.to_thread(subscriptions.failed, subscription.source_id, error)

    run_asking(work, crawl_options(runtime))
