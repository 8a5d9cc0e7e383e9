"""From a paper's page to the room: a headline changed in silence is read again, kept and shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from langnghe.source import Source, SourceKind
from runtime.crawl_child import main
from runtime.wiring import Runtime
from tests.faults.forked import died, fork
from tests.loopback_site import Site, article, loopback_site, rss
from tests.web.conftest import Room

OLD, NEW = "Nước máy nhiễm dầu", "Nước máy có mùi lạ"
PAGE = article(OLD)


@pytest.fixture
def paper(room: Room) -> Iterator[Site]:
    """A paper whose feed never changes, read by the room's crawler."""
    from ledger import sources

    pages = {"/bai-100001.html": PAGE, "/rss": rss([("{base}/bai-100001.html", OLD)])}
    with loopback_site(pages) as site:
        source = Source("bao", "Báo Thử", "Báo Thử", SourceKind.FEED, site.base + "/rss")
        sources.seed_sources([source], room.now)
        yield site


def crawl(room: Room, site: Site, folder: Path, *, hours: float = 0) -> None:
    """Let ``hours`` pass, then read what is due with a real crawler in a process of its own."""
    room.runtime.clock.moment += timedelta(hours=hours)
    settings = replace(
        room.runtime.settings,
        loopback_ports=str(site.port),
        host_delay_s=0.0,
        author_key_file=str(folder / "author.key"),
    )
    assert not died(fork(lambda: main(Runtime(settings, room.runtime.clock), Event())))


def test_a_headline_that_changed_without_a_new_date_is_told_with_the_time_we_saw_it(
    room: Room, paper: Site, tmp_path: Path
) -> None:
    from ledger import documents, queries

    crawl(room, paper, tmp_path)
    [before] = queries.newest().documents
    client = room.as_role("analyst")
    crawl(room, paper, tmp_path, hours=1.5)
    assert paper.paths().count("/bai-100001.html") == 2, "it was read again"
    assert "đã sửa" not in client.get("/tin/").content.decode()

    retitled = PAGE.replace(f">{OLD}<", f">{NEW}<").replace(f'"{OLD}"', f'"{NEW}"')
    paper.pages["/bai-100001.html"] = retitled
    crawl(room, paper, tmp_path, hours=5)

    [after] = queries.newest().documents
    assert (after.id, after.title, after.revision) == (before.id, NEW, 2)
    assert after.published_at == before.published_at
    assert [r.title for r in documents.revisions(after.id)] == [OLD, NEW]
    listing = client.get("/tin/").content.decode()
    assert "đã sửa tiêu đề lúc 16:30 20/11/2026" in listing
    page = client.get(f"/tin/{after.id}/").content.decode()
    assert "<del>nhiễm dầu</del>" in page
    assert "<ins>có mùi lạ</ins>" in page


def test_a_page_that_was_taken_down_is_marked_in_the_room(
    room: Room, paper: Site, tmp_path: Path
) -> None:
    crawl(room, paper, tmp_path)
    paper.pages["/bai-100001.html"] = lambda request: request.answer("gone", 410)
    crawl(room, paper, tmp_path, hours=1.5)

    page = room.as_role("analyst").get("/tin/").content.decode()
    assert "Đã bị gỡ ở nguồn" in page
    assert OLD in page
