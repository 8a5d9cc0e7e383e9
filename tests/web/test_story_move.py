"""Moving one document: found by words, put there in one click, taken back in another."""

from __future__ import annotations

import pytest

from langnghe.analysis import Label
from tests.contract.ledger.samples import article
from tests.web.conftest import WATER, Room


@pytest.fixture
def two(stocked: Room) -> Room:
    stocked.take_in(
        article(8, title="Cháy kho hàng ở cảng"), story="s8", topic=Label("giao_thong", 0.9)
    )
    return stocked


def test_a_document_is_moved_to_a_story_found_by_words_and_taken_back(two: Room) -> None:
    from ledger import audit, stories

    client = two.as_role("analyst")
    assert "/vu-viec/s1/chuyen/doc-0001/" in client.get("/vu-viec/s1/").content.decode()
    page = client.get("/vu-viec/s1/chuyen/doc-0001/", {"q": "cháy kho"}).content.decode()
    assert "Cháy kho hàng ở cảng" in page
    moved = client.post("/vu-viec/s1/chuyen/doc-0001/", {"into": "s8"}, follow=True)
    assert "Hoàn tác" in moved.content.decode()
    assert stories.story("s8").document_count == 2
    assert 'name="tu" value="s8"' in moved.content.decode()
    for _ in range(2):
        client.post("/tin/doc-0001/tra-ve/", {"tu": "s8"})
    assert (stories.story("s1").document_count, stories.story("s8").document_count) == (4, 1)
    assert len(audit.entries(action="story.move")) == 2


def test_a_document_of_no_story_is_taken_out_alone(two: Room) -> None:
    from ledger import stories

    client = two.as_role("analyst")
    page = client.post("/vu-viec/s1/chuyen/doc-0002/", {"into": ""}, follow=True).content.decode()
    assert "Hoàn tác" in page
    assert stories.story("s1").document_count == 3
    (apart,) = stories.story("s1").related_ids
    client.post("/tin/doc-0002/tra-ve/", {"tu": apart})
    assert stories.story("s1").document_count == 4


@pytest.mark.parametrize("into", ["không có", "s1/../x"])
def test_a_story_that_is_not_there_is_refused_in_words(two: Room, into: str) -> None:
    page = two.as_role("analyst").post("/vu-viec/s1/chuyen/doc-0001/", {"into": into}, follow=True)
    assert "Không chuyển được" in page.content.decode()


def test_a_mistake_in_the_search_is_told(two: Room) -> None:
    page = two.as_role("analyst").get("/vu-viec/s1/chuyen/doc-0001/", {"q": "(cháy"})
    assert "Câu tìm kiếm chưa đúng" in page.content.decode()


def test_a_limited_reader_neither_sees_nor_reaches_stories_of_others(two: Room) -> None:
    client = two.as_role("analyst", departments=[WATER])
    page = client.get("/vu-viec/s1/chuyen/doc-0001/", {"q": "cháy kho"}).content.decode()
    assert "Cháy kho hàng" not in page
    answer = client.post("/vu-viec/s1/chuyen/doc-0001/", {"into": "s8"}, follow=True)
    assert "Không chuyển được" in answer.content.decode()


def test_what_nobody_moved_is_not_taken_back(two: Room) -> None:
    client = two.as_role("analyst")
    page = client.post("/tin/doc-0001/tra-ve/", {"tu": "s1"}, follow=True).content.decode()
    assert "không có gì để hoàn tác" in page


def test_a_limited_reader_sees_of_a_mixed_story_only_what_is_theirs(two: Room) -> None:
    from ledger import stories

    two.as_role("analyst").post("/vu-viec/s1/chuyen/doc-0002/", {"into": "s8"})
    client = two.as_role("analyst", departments=[WATER])
    page = client.get("/vu-viec/s8/").content.decode()
    assert "/tin/doc-0002/" in page and "Cháy kho hàng" not in page.split("</h1>")[1]
    two.as_role("analyst").post("/tin/doc-0002/tra-ve/", {"tu": "s8"})
    assert "Cháy kho hàng" not in client.get("/vu-viec/s1/").content.decode()
    client.post("/vu-viec/s1/gop/", {"other": "s8"})
    assert stories.story("s8").id == "s8"
