"""Only asserting a corrected claim is suggested; feedback never is."""

from __future__ import annotations

from datetime import date

import pytest

from langnghe.claim import FactCheck, SuggestionState, Verdict
from langnghe.document import DocumentKind
from nlp.claims import ClaimMatcher, Cuts
from nlp.claims.candidates import candidates
from tests.unit.nlp.fakes import make_doc

DAM = FactCheck(
    "dam",
    "Hồ chứa Trà Khúc sắp vỡ đập, người dân phải chạy ngay trong đêm.",
    "Sở Nông nghiệp và Môi trường khẳng định hồ Trà Khúc an toàn, tin vỡ đập là bịa đặt.",
    date(2026, 3, 1),
    url="https://example.vn/dinh-chinh",
)
FEES = FactCheck(
    "fees",
    "Từ ngày mai người dân phải nộp 500.000 đồng để đổi sổ hộ khẩu.",
    "Công an tỉnh bác tin phải nộp tiền đổi sổ hộ khẩu.",
    date(2026, 3, 1),
)


def fired(text: str, *checks: FactCheck) -> list[str]:
    doc = make_doc(text=text, kind=DocumentKind.POST)
    (found,) = ClaimMatcher(checks or (DAM, FEES)).suggest([doc])
    return [suggestion.fact_check_id for suggestion in found]


@pytest.mark.parametrize(
    "text",
    [
        "Bà con ơi hồ Trà Khúc sắp vỡ đập rồi, chạy ngay trong đêm đi kẻo không kịp!",
        "nghe noi ho tra khuc sap vo dap roi mn oi, chay ngay di",
    ],
)
def test_asserting_is_suggested(text: str) -> None:
    assert fired(text) == ["dam"]


@pytest.mark.parametrize(
    "text",
    [
        "Tin hồ Trà Khúc vỡ đập là bịa đặt, Sở đã khẳng định hồ an toàn, đừng chia sẻ nữa.",
        "Sao tin vỡ đập Trà Khúc lan cả buổi sáng mà Sở không thông báo sớm cho dân yên tâm?",
        "Hôm qua mình đưa con ra hồ Trà Khúc câu cá, cảnh chiều đẹp mà mát lắm.",
        "Đường vào xã hỏng ba năm nay, kiến nghị mãi chưa ai sửa.",
        "",
    ],
)
def test_refuting_criticising_and_other_matters_are_not(text: str) -> None:
    assert fired(text) == []


def test_a_claim_found_true_is_never_matched() -> None:
    true = FactCheck("t", DAM.claim, DAM.correction, DAM.dated, verdict=Verdict.TRUE)
    assert fired("hồ Trà Khúc sắp vỡ đập rồi, chạy ngay trong đêm đi", true) == []


def test_a_suggestion_is_only_a_suggestion_and_shows_its_words() -> None:
    doc = make_doc(
        text="Hồ chứa Trà Khúc sắp vỡ đập rồi, chạy ngay trong đêm đi bà con!",
        kind=DocumentKind.POST,
    )
    (found,) = ClaimMatcher([DAM], cuts=Cuts(0.0, 0.2, 0.3, 0.3, 0.5)).suggest([doc])[0]
    assert found.state is SuggestionState.SUGGESTED
    assert found.evidence == ("Hồ chứa Trà Khúc sắp vỡ đập", "chạy ngay trong đêm")


def test_the_words_shown_are_those_of_a_post_without_marks_or_in_chat_spelling() -> None:
    doc = make_doc(
        text="Ho Tra Khuc sap vo dap roi,\nchay ngay trong dem di ba con!", kind=DocumentKind.POST
    )
    (found,) = ClaimMatcher([DAM], cuts=Cuts(0.0, 0.1, 0.1, 0.1, 0.9)).suggest([doc])[0]
    assert found.evidence
    assert all(words in " ".join(doc.text.split()) for words in found.evidence)


def test_an_empty_ledger_suggests_nothing() -> None:
    assert ClaimMatcher([]).suggest([make_doc("Tin")]) == [[]]


def test_a_correction_in_the_press_is_a_candidate_with_its_citation() -> None:
    doc = make_doc(
        "Công an bác tin đồn hồ Trà Khúc vỡ đập",
        "Công an tỉnh khẳng định tin hồ Trà Khúc vỡ đập là bịa đặt. Hồ vẫn an toàn.",
    )
    (found,) = candidates([doc])
    assert "hồ Trà Khúc vỡ đập" in found.claim
    assert (found.url, found.is_approved) == (doc.url, False)
    assert found.quote.endswith("bịa đặt.")


def test_ordinary_news_and_posts_are_no_candidates() -> None:
    news = make_doc("Khai mạc lễ hội biển", "Chương trình có nhiều hoạt động.")
    post = make_doc("Bác tin đồn", "tin đồn là bịa đặt nha", kind=DocumentKind.POST)
    assert candidates([news, post]) == []
