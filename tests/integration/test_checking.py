"""Recorded fact-checks meet documents in the worker's own way, with the shipped matcher."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from langnghe.claim import FactCheck
from langnghe.document import Document
from langnghe.story import StoryChange
from tests.contract.ledger.samples import NOW, analysis, article, links, post

pytestmark = pytest.mark.usefixtures("ledger_sqlite")

CHECK = FactCheck(
    id="ho-chua",
    claim="Hồ chứa Trà Khúc sắp vỡ đập, dân phải chạy ngay trong đêm",
    correction="Hồ chứa Trà Khúc vận hành an toàn, không có nguy cơ vỡ đập",
    dated=date(2026, 11, 20),
    url="https://lamgiang.example/tin/1",
    quote="Hồ chứa Trà Khúc vận hành bình thường, thông tin sắp vỡ đập là không đúng.",
)
RUMOUR = post(1, text="Hồ chứa Trà Khúc sắp vỡ đập rồi, mọi người chạy ngay trong đêm nay đi!")
CRITICISM = post(2, text="Sở trả lời chậm quá, dân lo cả buổi sáng mới có người nói một câu.")


def take_in(*docs: Document) -> None:
    """Store and analyse documents, suggestions included."""
    from ledger import analyses, ingest, work
    from runtime.checking import CheckDesk

    ingest.record_ingest(docs, NOW)
    items = work.claim(work.Stage.ANALYSE, 50, NOW, 60, "test")
    change = StoryChange(links=tuple(li for d in docs for li in links(d.id, [d]).links))
    found = [analysis(doc) for doc in docs]
    suggestions = CheckDesk().suggest(docs)
    analyses.record_analyses(items, found, change, NOW, suggestions=suggestions)


def approve_check() -> None:
    from ledger import claims

    claims.record_fact_check(CHECK, "an@example.vn", NOW)
    claims.approve_fact_check(CHECK.id, "binh@example.vn", NOW)


def suggested() -> list[tuple[str, str]]:
    from ledger import claims

    return [(s.document_id, s.fact_check_id) for s in claims.suggestions()]


def test_a_new_post_that_repeats_a_corrected_claim_is_suggested_and_criticism_is_not() -> None:
    approve_check()
    take_in(RUMOUR, CRITICISM)
    assert suggested() == [("post-0001", "ho-chua")]


def test_nothing_is_suggested_without_an_approved_fact_check() -> None:
    from ledger import claims

    claims.record_fact_check(CHECK, "an@example.vn", NOW)
    take_in(RUMOUR)
    assert suggested() == []


def test_a_fact_check_that_comes_later_finds_the_earlier_post_once() -> None:
    from ledger import claims
    from runtime.checking import CheckDesk

    take_in(RUMOUR, CRITICISM)
    approve_check()
    CheckDesk().look_back(NOW, lambda: None)
    assert suggested() == [("post-0001", "ho-chua")]
    claims.reject("post-0001", "ho-chua", _member(), NOW)
    CheckDesk().look_back(NOW, lambda: None)
    assert suggested() == []


def _member() -> str:
    from langnghe.profile import Person
    from ledger import users

    return users.save_member(Person("An", "an@example.vn", "analyst"), "cli", NOW).username


def test_a_report_that_corrects_is_kept_as_a_candidate_and_never_matched_unasked() -> None:
    from ledger import claims

    report = replace(
        article(3),
        title="Lam Giang bác bỏ tin hồ chứa Trà Khúc sắp vỡ đập",
        lead="Chính quyền khẳng định thông tin lan truyền là sai sự thật.",
    )
    take_in(report, RUMOUR)
    (found,) = claims.candidates()
    assert (found.id, found.url) == (report.id, report.url)
    assert claims.load_fact_checks(only_approved=False) == []
    assert suggested() == []
