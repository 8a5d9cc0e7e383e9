"""What waits while the ledger is down is told where people look: the sources page, doctor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.test import Client

from runtime.crawl_child import open_spool
from runtime.health import Verdict, examine
from tests.contract.ledger.samples import article
from tests.integration.runtime.made import make_runtime
from tests.web.conftest import Room

Browse = Callable[[Client, str], str]


def test_the_sources_page_says_how_much_waits(stocked: Room, browse: Browse) -> None:
    reader = stocked.as_role("analyst")
    assert "hàng tạm" not in browse(reader, "/nguon/")
    spool = open_spool(stocked.runtime.settings)
    spool.append([article(n) for n in (7, 8, 9)])

    page = browse(reader, "/nguon/")

    assert "3 tin bài" in page
    assert "không mất" in page


def test_doctor_says_how_much_waits_and_that_a_full_spool_pauses_the_crawl(room: Room) -> None:
    settings = replace(room.runtime.settings, spool_max_bytes=3_000)
    runtime = make_runtime(settings, room.now)
    spool = open_spool(settings)
    spool.append([article(1), article(2)])
    waiting = spool.waiting()

    [found] = [f for f in examine(runtime) if "Hàng tạm" in f.subject]

    assert "2 tin bài" in found.said
    assert found.verdict is (Verdict.BAD if waiting.is_full else Verdict.NOTICE)
    assert found.advice
