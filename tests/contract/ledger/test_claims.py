"""No tag without a citation, no citation without two people: held by the database itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from langnghe.claim import ClaimSuggestion, FactCheck, SuggestionState
from langnghe.profile import Person
from tests.contract.ledger.conftest import Analyse
from tests.contract.ledger.samples import NOW, article, post

pytestmark = pytest.mark.usefixtures("ledger")

CHECK = FactCheck(
    id="ho-chua",
    claim="Hồ chứa sắp vỡ đập",
    correction="Hồ chứa an toàn",
    dated=date(2026, 11, 20),
    url="https://lamgiang.example/tin/1",
    quote="Hồ chứa vận hành bình thường, không có nguy cơ vỡ đập.",
    publisher="Sở Nông nghiệp và Môi trường",
)
SUGGESTION = ClaimSuggestion("post-0001", "ho-chua", 0.9, ("vỡ đập",))


@pytest.fixture
def suggested(analyse: Analyse) -> None:
    from ledger import claims, ingest, users

    for name in ("an", "binh"):
        users.save_member(Person(name, f"{name}@example.vn", "analyst"), "cli", NOW)
    claims.record_fact_check(CHECK, "an@example.vn", NOW)
    claims.approve_fact_check(CHECK.id, "binh@example.vn", NOW)
    ingest.record_ingest([post(1)], NOW)
    claims.record_suggestions([SUGGESTION], NOW)


def test_a_fact_check_comes_back_and_is_matched_only_when_approved() -> None:
    from ledger import claims

    claims.record_fact_check(CHECK, "an@example.vn", NOW)
    assert claims.load_fact_checks() == []
    claims.approve_fact_check(CHECK.id, "binh@example.vn", NOW)
    assert claims.load_fact_checks() == [replace(CHECK, is_approved=True)]
    claims.record_fact_check(replace(CHECK, claim="Khác"), "an@example.vn", NOW)
    assert claims.load_fact_checks() == []


@pytest.mark.parametrize(
    "missing", [{"url": ""}, {"quote": ""}, {"quote": "  "}, {"claim": ""}, {"url": "x.vn"}]
)
def test_a_fact_check_without_its_citation_is_refused(missing: dict[str, str]) -> None:
    from ledger import claims

    with pytest.raises(claims.ClaimError):
        claims.record_fact_check(replace(CHECK, **missing), "an@example.vn", NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "broken",
    [
        {"url": ""},
        {"quote": ""},
        {"verdict": ""},
        {"claim": ""},
        {"dated": None},
        {"url": "ftp://x"},
        {"is_approved": True},
    ],
)
def test_the_database_itself_refuses_a_fact_check_without_citation(
    broken: dict[str, object],
) -> None:
    from ledger.models import FactCheckRow

    whole = {
        "id": "x",
        "claim": "c",
        "correction": "d",
        "dated": date(2026, 11, 20),
        "url": "https://x.example",
        "quote": "q",
        "verdict": "false",
        "entered_by": "an",
        "entered_at": NOW,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        FactCheckRow.objects.create(**{**whole, **broken})
    FactCheckRow.objects.create(**whole)


@pytest.mark.usefixtures("suggested")
def test_one_confirms_and_another_approves() -> None:
    from ledger import claims, documents

    claims.confirm("post-0001", "ho-chua", "an@example.vn", NOW)
    with pytest.raises(claims.ClaimError):
        claims.approve("post-0001", "ho-chua", "an@example.vn", NOW)
    claims.approve("post-0001", "ho-chua", "binh@example.vn", NOW)
    [found] = claims.suggestions([SuggestionState.APPROVED])
    assert (found.document_id, found.evidence) == ("post-0001", ("vỡ đập",))
    assert documents.load_analysed(["post-0001"])[0].claim_ids == ("ho-chua",)


@pytest.mark.usefixtures("suggested")
def test_a_suggestion_cannot_skip_its_steps() -> None:
    from ledger import claims

    with pytest.raises(claims.ClaimError):
        claims.approve("post-0001", "ho-chua", "binh@example.vn", NOW)
    with pytest.raises(claims.ClaimError):
        claims.confirm("post-0001", "ho-chua", "nobody@example.vn", NOW)
    claims.confirm("post-0001", "ho-chua", "an@example.vn", NOW)
    with pytest.raises(claims.ClaimError):
        claims.confirm("post-0001", "ho-chua", "binh@example.vn", NOW)


@pytest.mark.usefixtures("suggested")
def test_a_rejected_suggestion_is_not_made_again() -> None:
    from ledger import claims, documents

    claims.reject("post-0001", "ho-chua", "an@example.vn", NOW)
    claims.record_suggestions([SUGGESTION], NOW)
    assert claims.suggestions() == []
    assert documents.load_analysed(["post-0001"])[0].claim_ids == ()


@pytest.mark.usefixtures("suggested")
def test_the_database_itself_refuses_a_state_without_its_people() -> None:
    from ledger.models import MemberRow, SuggestionRow

    rows = SuggestionRow.objects.filter(document_id="post-0001")
    an, binh = MemberRow.objects.order_by("user__username").values_list("user_id", flat=True)
    for broken in (
        {"state": "confirmed"},
        {"state": "approved"},
        {"state": "rejected"},
        {"state": "tin-gia"},
        {"state": "approved", "confirmed_by": an},
        {"state": "approved", "approved_by": an},
        {"state": "approved", "confirmed_by": an, "approved_by": an},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**broken)
    assert rows.update(state="approved", confirmed_by=an, approved_by=binh) == 1


def test_a_suggestion_needs_an_approved_fact_check() -> None:
    from ledger import claims, ingest

    ingest.record_ingest([post(1), article(2)], NOW)
    assert claims.record_suggestions([SUGGESTION], NOW) == 0
    claims.record_fact_check(CHECK, "an@example.vn", NOW)
    assert claims.record_suggestions([SUGGESTION], NOW) == 0
    assert claims.suggestions() == []


def test_a_new_fact_check_is_compared_once_with_what_came_before() -> None:
    from ledger import claims

    claims.record_fact_check(CHECK, "an@example.vn", NOW)
    assert claims.unseen_fact_checks() == []
    claims.approve_fact_check(CHECK.id, "binh@example.vn", NOW)
    assert [check.id for check in claims.unseen_fact_checks()] == [CHECK.id]
    claims.mark_looked_back([CHECK.id], NOW)
    assert claims.unseen_fact_checks() == []
    claims.record_fact_check(replace(CHECK, claim="Khác"), "an@example.vn", NOW)
    claims.approve_fact_check(CHECK.id, "binh@example.vn", NOW)
    assert [check.id for check in claims.unseen_fact_checks()] == [CHECK.id]


@pytest.mark.usefixtures("suggested")
def test_a_document_is_indexed_again_when_its_claims_change(analyse: Analyse) -> None:
    from ledger import claims, work

    analyse([post(1)])
    claims.record_suggestions([SUGGESTION], NOW)
    for step in (None, claims.reject):
        if step is not None:
            step("post-0001", "ho-chua", "an@example.vn", NOW)
        items = work.claim(work.Stage.INDEX, 10, NOW, 60, "index")
        assert work.complete(items) == ["post-0001"]
