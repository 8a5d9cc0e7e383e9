"""A suggestion needs two people and a whole citation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from langnghe.claim import ClaimSuggestion, FactCheck, SuggestionState, Verdict
from nlp.claims.candidates import candidates
from tests.contract.ledger.samples import article
from tests.web.conftest import HEALTH, Room

_ENTRY = {
    "claim": "Hồ chứa sắp vỡ",
    "correction": "Hồ chứa an toàn",
    "verdict": "false",
    "publisher": "Sở Nông nghiệp và Môi trường",
    "url": "https://so.example/dinh-chinh",
    "quote": "Hồ chứa vận hành bình thường",
    "dated": "2026-11-19",
}


@pytest.fixture
def suggested(stocked: Room) -> Room:
    """A room with one suggestion: doc-0001 may repeat k1."""
    from ledger import claims

    check = FactCheck(
        "k1", "Nước nhiễm dầu", "Nước đạt chuẩn", date(2026, 11, 19),
        "https://so.example/1", "nước đạt chuẩn",
    )  # fmt: skip
    claims.record_fact_check(check, "x", stocked.now)
    claims.approve_fact_check("k1", "y", stocked.now)
    claims.record_suggestions([ClaimSuggestion("doc-0001", "k1", 0.9, ("dầu",))], stocked.now)
    return stocked


def _act(client: Client, act: str) -> str:
    return client.post(f"/kiem-chung/doc-0001/k1/{act}/", follow=True).content.decode()


def test_both_texts_stand_side_by_side(suggested: Room) -> None:
    page = suggested.as_role("leader").get("/kiem-chung/").content.decode()
    assert "Nước nhiễm dầu" in page
    assert "Nước máy có mùi lạ, bản tin 1" in page
    assert "xác nhận</button>" not in page


def test_one_confirms_and_another_approves(suggested: Room) -> None:
    from ledger import claims

    first, second = suggested.as_role("approver"), suggested.as_role("approver")
    assert "chờ phê duyệt" in _act(first, "xac-nhan")
    assert "không được tự phê duyệt" in _act(first, "phe-duyet")
    assert "Đã phê duyệt." in _act(second, "phe-duyet")
    assert [s.document_id for s in claims.suggestions(("approved",))] == ["doc-0001"]  # type: ignore[arg-type]


def test_a_rejected_one_is_gone(suggested: Room) -> None:
    client = suggested.as_role("analyst")
    _act(client, "bac")
    assert "Không có gì ở bước này" in client.get("/kiem-chung/").content.decode()


def test_a_colleague_with_other_limits_decides_nothing(suggested: Room) -> None:
    client = suggested.as_role("approver", departments=[HEALTH])
    assert client.post("/kiem-chung/doc-0001/k1/xac-nhan/").status_code == 404
    assert "Nước nhiễm dầu" not in client.get("/kiem-chung/").content.decode()


@pytest.mark.parametrize("missing", ["url", "quote", "claim", "dated", "verdict"])
def test_a_correction_without_its_citation_is_not_recorded(room: Room, missing: str) -> None:
    from ledger import claims

    room.as_role("analyst").post("/kiem-chung/dinh-chinh/ghi/", {**_ENTRY, missing: ""})
    assert claims.load_fact_checks(only_approved=False) == []


def test_a_correction_waits_for_its_approval(room: Room) -> None:
    from ledger import claims

    room.as_role("analyst").post("/kiem-chung/dinh-chinh/ghi/", _ENTRY)
    (check,) = claims.load_fact_checks(only_approved=False)
    assert not check.is_approved
    assert room.as_role("analyst").post(_approval(check)).status_code == 403
    room.as_role("approver").post(_approval(check))
    assert [c.id for c in claims.load_fact_checks()] == [check.id]


def _approval(check: FactCheck) -> str:
    return f"/kiem-chung/dinh-chinh/{check.id}/duyet/"


_REPORT = replace(
    article(7),
    title="Sở Nông nghiệp bác tin đồn hồ chứa sắp vỡ",
    lead="Sở khẳng định hồ vận hành bình thường, thông tin sắp vỡ là sai sự thật.",
)


@pytest.fixture
def reported(room: Room) -> Room:
    """A room that has taken in a report that may be a correction."""
    from ledger import claims

    room.take_in(_REPORT)
    claims.record_candidates(candidates([_REPORT]))
    return room


def _page(room: Room, role: str = "analyst") -> str:
    return room.as_role(role).get("/kiem-chung/dinh-chinh/").content.decode()


def test_a_report_that_may_be_a_correction_is_offered_and_recorded_by_a_person(
    reported: Room,
) -> None:
    from ledger import claims

    assert _REPORT.title in _page(reported)
    assert claims.load_fact_checks(only_approved=False) == []
    client = reported.as_role("analyst")
    form = client.get(f"/kiem-chung/dinh-chinh/ghi/?bai={_REPORT.id}").content.decode()
    assert "thông tin sắp vỡ là sai sự thật." in form
    assert _REPORT.url in form
    client.post(f"/kiem-chung/dinh-chinh/ghi/?bai={_REPORT.id}", _ENTRY)
    (check,) = claims.load_fact_checks(only_approved=False)
    assert not check.is_approved
    assert "Bài có thể là đính chính" not in _page(reported)


def test_a_dropped_report_is_not_offered_again(reported: Room) -> None:
    from ledger import claims

    address = f"/kiem-chung/bai-dinh-chinh/{_REPORT.id}/bo-qua/"
    assert reported.as_role("leader").post(address).status_code == 403
    assert reported.as_role("approver", departments=[HEALTH]).post(address).status_code == 404
    assert reported.as_role("analyst").post(address).status_code == 302
    claims.record_candidates(candidates([_REPORT]))
    assert _REPORT.title not in _page(reported)
    assert reported.as_role("analyst").post(address).status_code == 404


def test_a_changed_correction_keeps_its_identity_and_waits_again(suggested: Room) -> None:
    from ledger import claims

    client = suggested.as_role("analyst")
    assert "Nước nhiễm dầu" in client.get("/kiem-chung/dinh-chinh/ghi/?sua=k1").content.decode()
    client.post("/kiem-chung/dinh-chinh/ghi/?sua=k1", {**_ENTRY, "claim": "Nước lẫn dầu"})
    (check,) = claims.load_fact_checks(only_approved=False)
    assert (check.id, check.claim, check.is_approved) == ("k1", "Nước lẫn dầu", False)
    assert client.get("/kiem-chung/dinh-chinh/ghi/?sua=nobody").status_code == 404


def test_a_withdrawn_correction_takes_only_what_nobody_decided_along(suggested: Room) -> None:
    from ledger import claims

    claims.record_suggestions([ClaimSuggestion("doc-0002", "k1", 0.9, ("dầu",))], suggested.now)
    _act(suggested.as_role("approver"), "xac-nhan")
    address = "/kiem-chung/dinh-chinh/k1/thoi-dung/"
    assert suggested.as_role("analyst").post(address).status_code == 403
    suggested.as_role("approver").post(address)
    assert claims.load_fact_checks() == []
    left = claims.suggestions(tuple(SuggestionState))
    assert [(s.document_id, s.state) for s in left] == [("doc-0001", SuggestionState.CONFIRMED)]


def test_a_page_that_checks_a_claim_by_its_mark_is_offered_with_its_verdict(room: Room) -> None:
    from ledger import claims

    told = FactCheck(
        id=_REPORT.id,
        claim="Hồ chứa sắp vỡ",
        correction=_REPORT.title,
        dated=_REPORT.published_at.date(),
        url=_REPORT.url,
        quote="Thân đập an toàn.",
        verdict=Verdict.MISLEADING,
        publisher="Trung tâm Kiểm chứng A",
    )
    room.take_in(_REPORT)
    claims.record_candidates(candidates([_REPORT]))
    room.take_in(replace(_REPORT, text="Toàn văn của trang", review=told))

    assert "Trung tâm Kiểm chứng A" in _page(room)
    assert claims.candidate(_REPORT.id) == told
    client = room.as_role("analyst")
    form = client.get("/kiem-chung/dinh-chinh/ghi/", {"bai": _REPORT.id}).content.decode()
    assert "Thân đập an toàn." in form
    assert 'value="misleading" selected' in form
    claims.drop_candidate(_REPORT.id, "an.nt", room.now)
    room.take_in(replace(_REPORT, text="Toàn văn mới hơn của trang", review=told))
    assert "Trung tâm Kiểm chứng A" not in _page(room)
