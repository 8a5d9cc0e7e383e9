"""A story's page stays short, and a target of a move has its button beside it."""

from __future__ import annotations

from datetime import timedelta

from lxml import html

from langnghe.analysis import Label
from tests.contract.ledger.samples import NOW, article
from tests.web.conftest import WATER, Room

TRAFFIC = Label("giao_thong", 0.9)


def test_the_button_stands_with_the_story_that_it_names(stocked: Room) -> None:
    stocked.take_in(article(8, title="Cháy kho hàng ở cảng"), story="s8")
    page = html.fromstring(
        stocked.as_role("analyst").get("/vu-viec/s1/chuyen/doc-0001/", {"q": "cháy kho"}).content
    )
    (line,) = page.xpath("//ul[@class='rows']/li[.//a[@href='/vu-viec/s8/']]")
    assert line.xpath(".//form/input[@name='into']/@value") == ["s8"]


def test_a_long_story_shows_its_latest_first_and_the_rest_on_demand(stocked: Room) -> None:
    stocked.take_in(*[article(n) for n in range(20, 50)], story="s1")
    page = html.fromstring(stocked.as_role("analyst").get("/vu-viec/s1/").content)
    assert len(page.xpath("//details[@class='rest']//input[@name='document']")) == 34 - 25
    assert len(page.xpath("//input[@name='document']")) == 34
    assert "Còn 9 tin nữa" in page.xpath("string(//details[@class='rest']/summary)")


def test_newer_documents_of_others_do_not_hide_who_is_limiteds_own(stocked: Room) -> None:
    others = [article(n, published_at=NOW + timedelta(minutes=n)) for n in range(20, 225)]
    stocked.take_in(*others, story="s1", topic=TRAFFIC)
    page = html.fromstring(
        stocked.as_role("analyst", departments=[WATER]).get("/vu-viec/s1/").content
    )
    assert set(page.xpath("//input[@name='document']/@value")) == {
        "doc-0001",
        "doc-0002",
        "doc-0003",
        "post-0001",
    }


def test_who_is_limited_splits_only_what_they_see(stocked: Room) -> None:
    from ledger import stories

    stocked.take_in(article(8), story="s1", topic=TRAFFIC)
    client = stocked.as_role("analyst", departments=[WATER])
    assert (
        client.post("/vu-viec/s1/tach/", {"document": ["doc-0001", "doc-0008"]}).status_code == 404
    )
    assert stories.story("s1").document_count == 5
    assert client.post("/vu-viec/s1/tach/", {"document": ["doc-0001"]}).status_code == 302
    assert stories.story("s1").document_count == 4
