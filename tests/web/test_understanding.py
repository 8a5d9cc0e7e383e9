"""A document's page says what was understood: until when a unit was valid, who is meant, where."""

from __future__ import annotations

from dataclasses import replace

from langnghe.analysis import AgencyMention, Label, PlaceMention, SentenceStance
from langnghe.profile import OwnTopic
from tests.contract.ledger.samples import article
from tests.web.conftest import Room


def test_units_agencies_and_sentences_are_told_in_full(room: Room) -> None:
    told = SentenceStance("Sở Y tế", "neg", 0.91, "Sở Y tế chậm trả lời dân.")
    former = PlaceMention("x", "huyện Cần Giờ", "district", "787", "79", "2025-06-30")
    head = AgencyMention("x", "Sở Y tế", "department", "Lam Giang", "Giám đốc")
    room.take_in(
        article(1),
        stance=Label("neg", 0.9, sentences=(told,)),
        places=(former, PlaceMention("x", "xã Tân Hòa", "commune")),
        agencies=(head, AgencyMention("x", "Sở Y tế", "department", "Lam Giang")),
    )
    page = room.as_role("leader").get("/tin/doc-0001/").content.decode()
    assert "(trước 01/7/2025)" in page
    assert "(nhiều nơi cùng tên, chưa rõ nơi nào)" in page
    assert page.count("(Giám đốc, Lam Giang)") == 1
    assert "Sở Y tế chậm trả lời dân." in page


def test_the_offices_own_topics_are_queries_of_one_click(room: Room) -> None:
    room.take_in(article(1), article(2, title="Hội chợ xuân khai mạc", lead="", text="Đông vui."))
    topic = OwnTopic("Nước sạch", '"nước máy"')
    room.runtime.profile = replace(room.runtime.profile, own_topics=(topic,))
    client = room.as_role("analyst")
    address = "/tin/?q=%22n%C6%B0%E1%BB%9Bc+m%C3%A1y%22"
    assert f'href="{address}"' in client.get("/tin/").content.decode()
    page = client.get(address).content.decode()
    assert 'aria-current="true">Nước sạch</a>' in page
    assert "doc-0001" in page
    assert "doc-0002" not in page
