"""The office's own topics are made, renamed, changed and retired in the room."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import normalize

import pytest

from langnghe.profile import OwnTopic
from tests.contract.ledger.samples import article
from tests.web.conftest import HEALTH, Room

PAGE = "/tin/chu-de/"


@pytest.fixture
def watched(room: Room) -> Room:
    topic = OwnTopic("Nước sạch", '"nước máy"')
    room.runtime.profile = replace(room.runtime.profile, own_topics=(topic,))
    return room


def chips(room: Room) -> str:
    page = room.as_role("leader").get("/tin/").content.decode()
    return page.partition('aria-label="Chủ đề của cơ quan"')[2].partition("</nav>")[0]


def test_a_topic_is_made_and_is_a_filter_for_everybody(watched: Room) -> None:
    from ledger import audit

    watched.take_in(article(1))
    answer = watched.as_role("analyst").post(
        PAGE, {"name": " Chợ  tết ", "query": "chợ OR tết"}, follow=True
    )
    assert "Đã lưu chủ đề “Chợ tết”" in answer.content.decode()
    assert ">Chợ tết</a>" in chips(watched)
    assert ">Nước sạch</a>" in chips(watched)
    (entry,) = audit.entries(action="topic.save")
    assert (entry.target, entry.detail["query"]) == ("Chợ tết", "chợ OR tết")


@pytest.mark.parametrize("before", ["Nước sạch", "Chợ tết"])
def test_a_topic_is_renamed_and_its_query_changed(watched: Room, before: str) -> None:
    client = watched.as_role("analyst")
    client.post(PAGE, {"name": "Chợ tết", "query": "chợ"})
    shown = client.get(PAGE, {"chu-de": before}).content.decode()
    assert f'value="{before}"' in shown
    client.post(f"{PAGE}?chu-de={before}", {"name": "Tên mới", "query": "điện AND xã"})
    assert ">Tên mới</a>" in chips(watched)
    assert f">{before}</a>" not in chips(watched)
    assert "q=%C4%91i%E1%BB%87n+AND+x%C3%A3" in chips(watched)


def test_a_retired_topic_is_no_filter_until_it_is_used_again(watched: Room) -> None:
    client = watched.as_role("analyst")
    client.post(f"{PAGE}thoi-dung/", {"name": "Nước sạch"})
    assert "Nước sạch" not in chips(watched)
    assert "đã thôi dùng" in client.get(PAGE).content.decode()
    client.post(f"{PAGE}thoi-dung/", {"name": "Nước sạch", "on": "1"})
    assert ">Nước sạch</a>" in chips(watched)
    assert client.post(f"{PAGE}thoi-dung/", {"name": "không có"}).status_code == 404


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "Nước sạch", "query": "xã"}, "Đã có chủ đề tên này."),
        ({"name": normalize("NFD", "Nước sạch"), "query": "xã"}, "Đã có chủ đề tên này."),
        ({"name": "Mới", "query": "(xã"}, "Câu tìm chưa đúng ở chữ thứ"),
        ({"name": " ", "query": "xã"}, "name"),
    ],
)
def test_a_taken_name_and_a_mistaken_query_are_refused_in_words(
    watched: Room, given: dict[str, str], told: str
) -> None:
    page = watched.as_role("analyst").post(PAGE, given)
    assert page.status_code == 200
    assert told in page.content.decode()
    assert ">Mới</a>" not in chips(watched)


def test_only_the_desk_of_the_whole_office_changes_topics(watched: Room) -> None:
    assert watched.as_role("leader").get(PAGE).status_code == 403
    assert watched.as_role("analyst", departments=[HEALTH]).get(PAGE).status_code == 403
    assert "tin/chu-de" not in watched.as_role("leader").get("/tin/").content.decode()


def test_a_search_is_one_click_from_being_a_topic(watched: Room) -> None:
    client = watched.as_role("analyst")
    page = client.get("/tin/", {"q": "chợ"}).content.decode()
    assert "Lưu câu tìm này thành chủ đề" in page
    assert "chợ</textarea>" in client.get(PAGE, {"cau": "chợ"}).content.decode()
