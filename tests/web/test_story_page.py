"""A story's page stays short, and a target of a move has its button beside it."""

from __future__ import annotations

from lxml import html

from tests.contract.ledger.samples import article
from tests.web.conftest import Room


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
