"""Fact-checks and suggested links to them: one person confirms, another approves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models import QuerySet

from langnghe.analysis import Topic
from langnghe.claim import ClaimSuggestion, FactCheck, SuggestionState, Verdict
from langnghe.document import Document, DocumentKind
from langnghe.errors import LangNgheError
from ledger import audit, work
from ledger.border import reading, writing
from ledger.mapping import storable
from ledger.models import CandidateRow, DocumentRow, FactCheckRow, SuggestionRow

_NOT_OURS = (Topic.GIAI_TRI.value, Topic.THE_THAO.value, Topic.THE_GIOI.value)


class ClaimError(LangNgheError):
    """A fact-check or a suggestion breaks a rule of responsible use; the message says which."""

    code = "claim"


@writing
def record_fact_check(
    check: FactCheck, actor: str, now: datetime, *, document_id: str = ""
) -> None:
    """Enter a correction, not yet approved; the citation must be whole.

    Changing an entry takes its approval away. Raises ClaimError without URL, quote or verdict.
    """
    if not (check.url.startswith(("https://", "http://")) and check.quote.strip()):
        raise ClaimError(f"{check.id}: a fact-check needs its URL and the quoted words")
    if not check.claim.strip():
        raise ClaimError(f"{check.id}: a fact-check needs the claim that it is about")
    FactCheckRow.objects.update_or_create(
        pk=check.id,
        defaults={
            "claim": storable(check.claim),
            "correction": storable(check.correction),
            "dated": check.dated,
            "url": storable(check.url),
            "quote": storable(check.quote),
            "verdict": check.verdict.value,
            "publisher": storable(check.publisher),
            **({"document_id": document_id} if document_id else {}),
            "is_approved": False,
            "entered_by": actor,
            "entered_at": now,
            "approved_by": "",
            "approved_at": None,
            "looked_back_at": None,
        },
    )
    if document_id:
        CandidateRow.objects.filter(pk=document_id).update(decided_by=actor)
    audit.record(actor, "fact-check.enter", check.id, now)


@writing
def withdraw_fact_check(check_id: str, actor: str, now: datetime) -> None:
    """Let a fact-check be matched no longer, until somebody approves it again.

    Suggestions that nobody decided go with it; what people decided stays. Raises ClaimError for
    one that is not approved.
    """
    rows = FactCheckRow.objects.filter(pk=check_id, is_approved=True)
    if not rows.update(is_approved=False, approved_by="", approved_at=None, looked_back_at=None):
        raise ClaimError(f"no approved fact-check {check_id!r}")
    undecided = SuggestionRow.objects.filter(
        fact_check_id=check_id, state=SuggestionState.SUGGESTED.value
    )
    work.reindex(undecided.values_list("document_id", flat=True), now)
    undecided.delete()
    audit.record(actor, "fact-check.withdraw", check_id, now)


@writing
def record_candidates(found: Iterable[FactCheck]) -> None:
    """Keep press reports that may be corrections, by document; a person's decision stays."""
    wanted = {check.id: check for check in found}
    known = DocumentRow.objects.filter(pk__in=wanted).values_list("pk", flat=True)
    CandidateRow.objects.bulk_create(
        [
            CandidateRow(
                document_id=doc_id,
                claim=storable(wanted[doc_id].claim),
                quote=storable(wanted[doc_id].quote),
                dated=wanted[doc_id].dated,
            )
            for doc_id in known
        ],
        ignore_conflicts=True,
    )


@writing
def record_reviews(documents: Iterable[Document]) -> None:
    """Keep what stored pages state in their mark-up of claims that they check, by document.

    It replaces what was guessed from a headline; a person's decision stays.
    """
    for doc in documents:
        if doc.review is None or doc.kind is not DocumentKind.ARTICLE:
            continue
        CandidateRow.objects.filter(pk=doc.id, decided_by="").delete()
        row = CandidateRow(
            document_id=doc.id,
            claim=storable(doc.review.claim),
            quote=storable(doc.review.quote),
            dated=doc.review.dated,
            verdict=doc.review.verdict.value,
            publisher=storable(doc.review.publisher),
        )
        CandidateRow.objects.bulk_create([row], ignore_conflicts=True)


@reading
def candidates(limit: int = 50) -> list[FactCheck]:
    """Return what nobody recorded or dropped yet, newest first, each under its document's id.

    Entertainment, sport and the world are left out: no office here answers for them.
    """
    rows = CandidateRow.objects.filter(decided_by="").exclude(document__topic__in=_NOT_OURS)
    return [_candidate(row) for row in rows.select_related("document").order_by("-dated")[:limit]]


@reading
def candidate(document_id: str) -> FactCheck | None:
    """Return the candidate of a document, decided or not, None if it is none."""
    row = CandidateRow.objects.select_related("document").filter(pk=document_id).first()
    return _candidate(row) if row is not None else None


@writing
def drop_candidate(document_id: str, actor: str, now: datetime) -> None:
    """Say that a report is no correction to record; raises ClaimError where nothing waits."""
    if not CandidateRow.objects.filter(pk=document_id, decided_by="").update(decided_by=actor):
        raise ClaimError(f"no candidate {document_id!r} waits")
    audit.record(actor, "fact-check.drop", document_id, now)


def _candidate(row: CandidateRow) -> FactCheck:
    return FactCheck(
        id=row.document_id,
        claim=row.claim,
        correction=row.document.title,
        dated=row.dated,
        url=row.document.url,
        quote=row.quote,
        verdict=Verdict(row.verdict) if row.verdict else Verdict.FALSE,
        publisher=row.publisher or row.document.outlet,
    )


@writing
def approve_fact_check(check_id: str, actor: str, now: datetime) -> None:
    """Let a fact-check be matched against the stream; raises ClaimError for an unknown one."""
    rows = FactCheckRow.objects.filter(pk=check_id)
    if not rows.update(is_approved=True, approved_by=actor, approved_at=now):
        raise ClaimError(f"unknown fact-check {check_id!r}")
    audit.record(actor, "fact-check.approve", check_id, now)


@reading
def load_fact_checks(*, only_approved: bool = True) -> list[FactCheck]:
    """Return the recorded fact-checks, newest first."""
    rows = FactCheckRow.objects.order_by("-dated", "pk")
    return _fact_checks(rows.filter(is_approved=True) if only_approved else rows)


@reading
def unseen_fact_checks() -> list[FactCheck]:
    """Return approved fact-checks that earlier documents were not compared with yet."""
    return _fact_checks(FactCheckRow.objects.filter(is_approved=True, looked_back_at=None))


@writing
def mark_looked_back(check_ids: Sequence[str], now: datetime) -> None:
    """Note that earlier documents were compared with these fact-checks."""
    FactCheckRow.objects.filter(pk__in=check_ids, is_approved=True).update(looked_back_at=now)


def _fact_checks(rows: QuerySet[FactCheckRow]) -> list[FactCheck]:
    return [
        FactCheck(
            id=row.pk,
            claim=row.claim,
            correction=row.correction,
            dated=row.dated,
            url=row.url,
            quote=row.quote,
            verdict=Verdict(row.verdict),
            publisher=row.publisher,
            is_approved=row.is_approved,
        )
        for row in rows
    ]


@writing
def record_suggestions(suggestions: Iterable[ClaimSuggestion], now: datetime) -> int:
    """Keep new suggestions; what a person already decided about one is never changed."""
    wanted = list(suggestions)
    if not wanted:
        return 0
    documents = set(
        DocumentRow.objects.filter(pk__in={s.document_id for s in wanted}).values_list(
            "pk", flat=True
        )
    )
    checks = set(
        FactCheckRow.objects.filter(
            pk__in={s.fact_check_id for s in wanted}, is_approved=True
        ).values_list("pk", flat=True)
    )
    rows = [
        SuggestionRow(
            document_id=suggestion.document_id,
            fact_check_id=suggestion.fact_check_id,
            confidence=suggestion.confidence,
            evidence=[storable(words) for words in suggestion.evidence],
            suggested_at=suggestion.suggested_at or now,
        )
        for suggestion in wanted
        if suggestion.document_id in documents and suggestion.fact_check_id in checks
    ]
    SuggestionRow.objects.bulk_create(rows, ignore_conflicts=True)
    work.reindex({row.document_id for row in rows}, now)
    return len(rows)


@writing
def confirm(document_id: str, fact_check_id: str, username: str, now: datetime) -> None:
    """Confirm a suggestion as the first person; raises ClaimError in any other state."""
    row = _locked(document_id, fact_check_id, SuggestionState.SUGGESTED)
    row.state = SuggestionState.CONFIRMED.value
    row.confirmed_by, row.confirmed_at = _user(username), now
    row.save()
    audit.record(username, "claim.confirm", f"{document_id}:{fact_check_id}", now)


@writing
def approve(document_id: str, fact_check_id: str, username: str, now: datetime) -> None:
    """Approve a confirmed suggestion as a second person; raises ClaimError for the same one."""
    row = _locked(document_id, fact_check_id, SuggestionState.CONFIRMED)
    user = _user(username)
    if row.confirmed_by_id == user.pk:
        raise ClaimError("the person who confirmed a suggestion cannot approve it")
    row.state = SuggestionState.APPROVED.value
    row.approved_by, row.approved_at = user, now
    row.save()
    audit.record(username, "claim.approve", f"{document_id}:{fact_check_id}", now)


@writing
def reject(document_id: str, fact_check_id: str, username: str, now: datetime) -> None:
    """Reject a suggestion in any state; the same link is not suggested again."""
    row = _locked(document_id, fact_check_id, None)
    row.state = SuggestionState.REJECTED.value
    row.rejected_by, row.rejected_at = _user(username), now
    row.save()
    work.reindex([document_id], now)
    audit.record(username, "claim.reject", f"{document_id}:{fact_check_id}", now)


@reading
def suggestions(
    states: Sequence[SuggestionState] = (SuggestionState.SUGGESTED,),
    limit: int = 100,
    *,
    document_id: str = "",
) -> list[ClaimSuggestion]:
    """Return suggestions in these states, of one document where given, newest first."""
    rows = SuggestionRow.objects.filter(state__in=states).order_by("-suggested_at", "-pk")
    if document_id:
        rows = rows.filter(document_id=document_id)
    return [
        ClaimSuggestion(
            document_id=row.document_id,
            fact_check_id=row.fact_check_id,
            confidence=row.confidence,
            evidence=tuple(row.evidence),
            state=SuggestionState(row.state),
            suggested_at=row.suggested_at,
        )
        for row in rows[:limit]
    ]


def _locked(document_id: str, fact_check_id: str, wanted: SuggestionState | None) -> SuggestionRow:
    rows = SuggestionRow.objects.select_for_update().filter(
        document_id=document_id, fact_check_id=fact_check_id
    )
    row = rows.first()
    if row is None or (wanted is not None and row.state != wanted.value):
        raise ClaimError(f"there is no such suggestion in state {wanted or 'any'}")
    return row


def _user(username: str) -> User:
    found = get_user_model().objects.filter(username=username, is_active=True).first()
    if found is None:
        raise ClaimError(f"unknown user {username!r}")
    return found
