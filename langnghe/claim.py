"""Claims that need checking: recorded corrections, and suggestions that link documents to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What the cited correction or fact-check concluded about the claim."""

    FALSE = "false"
    MISLEADING = "misleading"
    UNSUPPORTED = "unsupported"
    TRUE = "true"


@dataclass(frozen=True)
class FactCheck:
    """A recorded correction with its citation: URL, date, quote and verdict.

    In the product ``url`` and ``quote`` are required (a database constraint holds that);
    in a file for trying things out they may be empty.
    """

    id: str
    claim: str
    correction: str
    dated: date
    url: str = ""
    quote: str = ""
    verdict: Verdict = Verdict.FALSE
    publisher: str = ""
    is_approved: bool = False


class SuggestionState(StrEnum):
    """A suggestion is confirmed by one person and approved by another; nothing is automatic."""

    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True)
class ClaimSuggestion:
    """A suggested link "cần kiểm chứng" from a document to a recorded fact-check."""

    document_id: str
    fact_check_id: str
    confidence: float
    evidence: tuple[str, ...] = ()
    state: SuggestionState = SuggestionState.SUGGESTED
    suggested_at: datetime | None = None
