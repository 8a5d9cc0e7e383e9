"""The automaton finds what asking one query after the other finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from langnghe.analysis import AnalysedDocument, Analysis, Label, PlaceMention
from langnghe.items import document_from
from langnghe.query import RuleSet, parse
from langnghe.query.words import ExactWords

NOW = datetime(2026, 3, 15, tzinfo=UTC)


def article(title: str, lead: str = "", *, places: tuple[str, ...] = ()) -> AnalysedDocument:
    doc = document_from(
        {"id": "a", "title": title, "lead": lead, "published": "2026-03-14T08:00:00+07:00"}
    )
    label = Label("y_te", 0.9)
    analysis = Analysis(
        "a",
        1,
        label,
        Label("neg", 0.9),
        Label("na", 0.9),
        None,
        places=tuple(PlaceMention(name, name, "province") for name in places),
    )
    return AnalysedDocument(doc, analysis)


def matching(item: AnalysedDocument, *rules: str) -> list[str]:
    found = RuleSet([parse(rule) for rule in rules]).match(item, NOW)
    return [rules[number] for number in found]


def test_each_kind_of_rule() -> None:
    item = article("Nước máy có mùi dầu", "Dân Lam Thành kêu", places=("Hà Nội",))
    holding = (
        "nước",
        '"mùi dầu" AND kêu',
        "nuoc may",
        "(lũ OR mùi) -bão",
        "NOT bão",
        "topic:y_te tone:neg",
        'place:"ha noi"',
        "story:* OR dầu",
        "title:nước",
        "nước ONEAR/3 dầu",
        "published:14/03/2026",
        "published:now-2d dầu",
        "ngh* OR mù*",
        "",
        "NOT (bão AND dầu)",
    )
    failing = (
        '"máy nước"',
        "nước -dầu",
        '"dầu dân"',
        "lead:nước",
        "dầu ONEAR/3 nước",
        "story:*",
        "NOT nước",
        'place:"hà nam"',
        "published:13/03/2026",
        "nội",
        "NOT (mùi AND dầu)",
    )
    assert matching(item, *holding, *failing) == list(holding)


def test_a_value_of_a_field_is_no_text() -> None:
    assert matching(article("x", places=("Hà Nội Mới",)), "nội", '"nội mới"') == []


def test_no_rules_match_nothing() -> None:
    assert RuleSet([]).match(article("nước"), NOW) == []


def test_an_unmarked_document_is_found_by_marked_rules() -> None:
    item = article("nuoc may co mui dau")
    assert matching(item, '"mùi dầu"', '"mui dau"', '"múi dâu"') == [
        '"mùi dầu"',
        '"mui dau"',
        '"múi dâu"',
    ]
    assert matching(article("Nước máy có mui dau"), '"mùi dầu"', '"mui dau"') == ['"mui dau"']


def test_exact_rules_read_title_and_lead_as_one_field_as_written() -> None:
    doc = replace(article("TP.HCM tăng học", "phí 1.000 đồng").document, text="không đọc thân bài")
    item = ExactWords(AnalysedDocument(doc))
    rules = ['"học phí"', "tp.hcm", "hcm", "1.000", "1000", '"hoc phi"', "thân", "-đồng"]
    found = RuleSet([parse(rule, is_exact=True) for rule in rules]).match_words(item, NOW)
    assert [rules[number] for number in found] == ['"học phí"', "tp.hcm", "1.000"]
