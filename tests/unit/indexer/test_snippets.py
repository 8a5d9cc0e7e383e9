"""Marks map back to the text as it stands, whatever form its words have."""

from __future__ import annotations

from indexer.snippets import SNIPPET_CHARACTERS, Marker
from langnghe.query import parse


def shown(query: str, title: str = "", lead: str = "", text: str = "") -> list[str]:
    excerpt = Marker(parse(query)).excerpt(title, lead, text)
    return [excerpt.snippet[a:b] for a, b in excerpt.snippet_marks]


def test_marks_cover_the_original_characters() -> None:
    assert shown('"học phí"', lead="Thu ho\u0323c phi\u0301, h\u200bọc phí") == [
        "ho\u0323c phi\u0301",
        "h\u200bọc phí",
    ]
    assert shown("1000", lead="chi 1.000 đồng") == ["1.000"]
    assert shown("tphcm", lead="tại TP.HCM.") == ["TP.HCM"]


def test_a_phrase_is_marked_whole_and_its_single_words_are_not() -> None:
    assert shown('"học phí"', lead="học phí và chi phí học thêm") == ["học phí"]


def test_excluded_words_and_other_fields_are_not_marked() -> None:
    assert shown("nước -máy title:dầu", lead="nước máy dầu") == ["nước"]


def test_a_marked_word_is_not_shown_in_text_that_only_looks_like_it() -> None:
    assert shown("học", lead="học hóc hoc") == ["học"]
    assert shown("học", lead="hoc phi cao qua") == ["hoc"]


def test_the_snippet_is_short_and_holds_the_first_found_word() -> None:
    text = "câu mở đầu khá dài. " * 40 + "đây là mùi dầu. " + "câu kết. " * 40
    excerpt = Marker(parse('"mùi dầu"')).excerpt("", "", text)
    assert [excerpt.snippet[a:b] for a, b in excerpt.snippet_marks] == ["mùi dầu"]
    assert len(excerpt.snippet) <= SNIPPET_CHARACTERS + 2
    assert excerpt.snippet[0] == excerpt.snippet[-1] == "…"


def test_without_a_found_word_the_lead_is_shown() -> None:
    excerpt = Marker(parse("topic:y_te")).excerpt("tít", "sa-pô", "thân bài")
    assert (excerpt.snippet, excerpt.snippet_marks) == ("sa-pô", ())
