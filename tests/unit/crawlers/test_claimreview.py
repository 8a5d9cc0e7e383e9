"""ClaimReview in a page becomes a filled form, never more."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crawlers.claimreview import verdict_of
from crawlers.documents import ReadContext, article_from_page
from crawlers.pages import extract_page
from crawlers.plain import from_plain, to_plain
from langnghe.claim import Verdict
from langnghe.document import Document
from langnghe.source import Source, SourceKind

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
URL = "https://bao-a.example/kiem-chung/ho-chua-100001.html"
BODY = (
    "<p>" + "Sở đã kiểm tra hồ chứa và thấy thân đập an toàn, mực nước bình thường. " * 6 + "</p>"
)
REVIEW: dict[str, Any] = {
    "@type": "ClaimReview",
    "claimReviewed": "Hồ chứa ở Lam Giang sắp vỡ",
    "reviewBody": "Hồ chứa không có dấu hiệu mất an toàn nào.",
    "reviewRating": {"@type": "Rating", "ratingValue": "1", "alternateName": "Sai sự thật"},
    "itemReviewed": {"@type": "Claim", "appearance": "https://mang.example/1"},
    "author": {"@type": "Organization", "name": "Trung tâm Kiểm chứng A"},
    "datePublished": "2026-03-01T08:00:00+07:00",
    "url": URL,
}


def document(*objects: Any) -> Document:
    scripts = "".join(
        f'<script type="application/ld+json">{json.dumps(each, ensure_ascii=False)}</script>'
        for each in objects
    )
    page = extract_page(
        f"<html><head><title>Không có chuyện hồ chứa sắp vỡ</title>{scripts}</head>"
        f"<body><h1>Không có chuyện hồ chứa sắp vỡ</h1>{BODY}</body></html>".encode(),
        url=URL,
        now=NOW,
    )
    source = Source("bao-a", "Báo A", "Báo A", SourceKind.FEED, "https://bao-a.example/rss")
    return article_from_page(page, source, ReadContext(now=NOW, url=URL))


@pytest.mark.parametrize("stated", [REVIEW, {"@graph": [{"@type": "NewsArticle"}, REVIEW]}])
def test_a_review_fills_the_form_with_its_citation(stated: Any) -> None:
    check = document(stated).review

    assert check is not None
    assert check.claim == "Hồ chứa ở Lam Giang sắp vỡ"
    assert check.quote == "Hồ chứa không có dấu hiệu mất an toàn nào."
    assert (check.verdict, check.dated) == (Verdict.FALSE, date(2026, 3, 1))
    assert (check.publisher, check.url) == ("Trung tâm Kiểm chứng A", URL)
    assert not check.is_approved


def test_the_page_fills_what_its_review_leaves_out() -> None:
    check = document({"@type": "ClaimReview", "claimReviewed": "Hồ sắp vỡ"}).review

    assert check is not None
    assert check.quote.startswith("Sở đã kiểm tra hồ chứa")
    assert (check.verdict, check.publisher) == (Verdict.UNSUPPORTED, "Báo A")
    assert check.dated == date(2026, 3, 2)


@pytest.mark.parametrize(
    "stated",
    [
        {"@type": "NewsArticle", "headline": "Không có chuyện hồ chứa sắp vỡ"},
        {"@type": "ClaimReview", "claimReviewed": "  "},
        {"@type": "ClaimReview", "claimReviewed": ["một", "hai"]},
        {"@type": "ClaimReviewList"},
        "ClaimReview",
    ],
)
def test_a_page_without_a_review_has_none(stated: Any) -> None:
    assert document(stated).review is None


@pytest.mark.parametrize(
    ("rating", "verdict"),
    [
        ({"alternateName": "Sai một phần"}, Verdict.MISLEADING),
        ({"alternateName": "SAI"}, Verdict.FALSE),
        ({"alternateName": "Tin giả!"}, Verdict.FALSE),
        ({"alternateName": "Chưa có căn cứ"}, Verdict.UNSUPPORTED),
        ({"alternateName": "Đúng"}, Verdict.TRUE),
        ({"alternateName": "Không đúng"}, Verdict.FALSE),
        ({"alternateName": "Chưa chính xác"}, Verdict.FALSE),
        ({"alternateName": "Not accurate"}, Verdict.FALSE),
        ({"alternateName": "Xem bài", "ratingValue": 5}, Verdict.TRUE),
        ({"ratingValue": 1, "bestRating": 5, "worstRating": 1}, Verdict.FALSE),
        ({"ratingValue": 3}, Verdict.MISLEADING),
        ({"ratingValue": "x"}, Verdict.UNSUPPORTED),
        ({"ratingValue": 1, "bestRating": 1, "worstRating": 1}, Verdict.UNSUPPORTED),
        ("Sai", Verdict.UNSUPPORTED),
    ],
)
def test_a_rating_is_read_by_its_words_then_by_its_number(rating: Any, verdict: Verdict) -> None:
    assert verdict_of(rating) is verdict


def test_a_review_survives_the_spool() -> None:
    doc = document(REVIEW)
    assert from_plain(Document, json.loads(json.dumps(to_plain(doc)))) == doc
