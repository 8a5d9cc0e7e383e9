"""The board: counters that add up, banners for what is not well, the empty room."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from indexer.memory import MemoryStore
from tests.contract.ledger.samples import article
from tests.web.conftest import Room


def _counter(page: str, name: str) -> int:
    found = re.search(rf"<b>([\d.]+)</b><span>(?:<a[^>]*>)?{name}", page)
    assert found, name
    return int(found.group(1).replace(".", ""))


def test_the_counters_add_up(stocked: Room) -> None:
    from ledger import ingest

    ingest.record_ingest([article(n) for n in (60, 61)], stocked.now)
    page = stocked.as_role("analyst").get("/").content.decode()
    parts = [_counter(page, name) for name in ("đã phân tích", "đang chờ", "giữ riêng")]
    assert parts == [4, 2, 0]
    assert _counter(page, "tin bài đã thu") == sum(parts)


def test_the_fragment_is_the_board_alone(stocked: Room) -> None:
    answer = stocked.as_role("leader").get("/bang/")
    assert "<html" not in answer.content.decode()
    assert "Nước máy nhiễm dầu" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_a_silent_process_is_told_of(stocked: Room) -> None:
    from runtime.process import Heartbeat

    run = stocked.runtime.settings.data_dir / "run"
    Heartbeat(run, "worker").beat()
    client = stocked.as_role("analyst")
    assert "im lặng" not in client.get("/").content.decode()
    long_ago = time.time() - 180
    os.utime(run / "worker.alive", (long_ago, long_ago))
    assert "Tiến trình “Phân tích” im lặng 3 phút" in client.get("/").content.decode()


def test_the_relative_times_are_of_the_rooms_clock(stocked: Room) -> None:
    stocked.runtime.clock.moment += timedelta(hours=2)
    page = stocked.as_role("analyst").get("/").content.decode()
    assert 'title="09:59 20/11/2026">2 giờ trước</time>' in page


def test_a_recorded_day_says_so_on_every_page(stocked: Room) -> None:
    settings = stocked.runtime.settings
    client = stocked.as_role("leader")
    assert "Ngày mẫu, dữ liệu hư cấu" not in client.get("/").content.decode()
    stocked.runtime.settings = replace(settings, replay_recorded_start=stocked.now.isoformat())
    for url in ("/", "/tin/", "/xu-huong/"):
        page = client.get(url).content.decode()
        assert "Ngày mẫu, dữ liệu hư cấu" in page
        assert "10:00 20/11/2026" in page


def test_the_empty_room_explains_itself_and_offers_the_sample_day(room: Room) -> None:
    page = room.as_role("admin").get("/").content.decode()
    assert "tin đầu tiên đang trên đường tới" in page
    assert "/ngay-mau/" in page
    assert "/ngay-mau/" not in room.as_role("leader").get("/").content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"public_url": "https://theo-doi.example.vn"},
        {"web_host": "0.0.0.0"},
        {"replay_recorded_start": "2026-11-20T00:00:00+00:00"},
    ],
)
def test_the_sample_day_is_offered_only_where_it_can_be_opened(
    room: Room, change: dict[str, str]
) -> None:
    from web import sample_day

    assert sample_day.can_offer(room.runtime.settings)
    room.runtime.settings = replace(room.runtime.settings, **change)  # type: ignore[arg-type]
    assert not sample_day.can_offer(room.runtime.settings)


def test_a_story_is_pinned_renamed_split_and_merged_by_a_person(stocked: Room) -> None:
    from ledger import stories

    client = stocked.as_role("analyst")
    client.post("/vu-viec/s1/ghim/")
    client.post("/vu-viec/s1/doi-ten/", {"title": " Sự cố   nước "})
    story = stories.story("s1")
    assert (story.title, story.is_pinned) == ("Sự cố nước", True)
    answer = client.post("/vu-viec/s1/tach/", {"document": ["doc-0001", "doc-0002"]})
    new = answer["Location"].strip("/").rsplit("/", 1)[-1]
    assert stories.story(new).document_count == 2
    assert "không phải tất cả" in client.post("/vu-viec/s1/tach/", follow=True).content.decode()
    client.post("/vu-viec/s1/gop/", {"other": new})
    assert stories.story("s1").document_count == 4
    assert client.get(f"/vu-viec/{new}/")["Location"] == "/vu-viec/s1/"


@pytest.mark.parametrize("page", ["/xu-huong/", "/vu-viec/s1/"])
def test_every_chart_says_how_many_sources_are_not_heard(stocked: Room, page: str) -> None:
    from ledger import sources

    client = stocked.as_role("leader")
    shown = client.get(page).content.decode()
    assert shown.count("1 trong 1 nguồn chưa nghe được") == 1
    sources.set_enabled("bao-a", False, "an.nt", stocked.now)
    assert "chưa nghe được" not in client.get(page).content.decode()


def test_an_empty_index_beside_a_full_ledger_is_told_of(stocked: Room) -> None:
    from ledger import work

    work.complete(work.claim(work.Stage.INDEX, 50, stocked.now, 60, "test"))
    client = stocked.as_role("analyst")
    page = client.get("/").content.decode()
    assert "langnghe reindex" not in page
    collected = _counter(page, "đã phân tích")
    stocked.runtime.store = MemoryStore()
    stocked_again = client.get("/").content.decode()
    assert f"Kho tìm kiếm chỉ có 0 trong {collected} tin đã phân tích" in stocked_again
    assert "langnghe reindex" in stocked_again
