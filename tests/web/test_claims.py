"""A suggestion needs two people and a whole citation."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from langnghe.claim import ClaimSuggestion, FactCheck
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
