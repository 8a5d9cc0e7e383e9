"""Sentences, telling words, rising words, chat spellings."""

from __future__ import annotations

from langnghe.analysis import AgencyMention
from nlp.segment import joined_words, keywords_of, rising_words, sentences, sentences_about
from nlp.teencode import expand
from tests.unit.nlp.fakes import make_doc


def test_sentences_keep_abbreviations_and_decimals_together() -> None:
    text = "Giá tăng 1.500 đồng. TP. Huế mưa to! Ông nói: “Sẽ sửa.” Dân chờ."
    assert sentences(text) == [
        "Giá tăng 1.500 đồng.",
        "TP. Huế mưa to!",
        "Ông nói: “Sẽ sửa.”",
        "Dân chờ.",
    ]


def test_sentences_about_an_agency_name_it() -> None:
    agency = AgencyMention("Sở Y tế", "Sở Y tế", "department")
    text = "Trời mưa. Sở Y tế chậm trả lời. Dân chờ."
    assert sentences_about(text, [agency]) == [("Sở Y tế chậm trả lời.", agency)]


def test_syllables_that_go_together_become_one_word() -> None:
    assert "bệnh viện" in joined_words(["bệnh", "viện", "quá", "tải", "vì", "sốt", "xuất", "huyết"])


def test_keywords_tell_the_matter_not_the_function_words() -> None:
    doc = make_doc("Bệnh viện quá tải vì sốt xuất huyết", "Bệnh viện nhận nhiều ca sốt xuất huyết.")
    found = keywords_of(doc)
    assert "xuất huyết" in found
    assert len(found) <= 6


def test_a_word_rises_against_its_own_past() -> None:
    before = {"nước sạch": 7, "giao thông": 700}
    now = {"nước sạch": 30, "giao thông": 102, "mới": 3}
    found = rising_words(now, before, windows=7)
    assert [rise.word for rise in found] == ["nước sạch"]
    assert found[0].expected == 1.07


def test_chat_spellings_are_written_out() -> None:
    full = [word for spelling in ("mn", "ko", "bt", "j") for word in expand(spelling)]
    assert full == ["mọi", "người", "không", "biết", "gì"]
