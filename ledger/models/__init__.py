"""The tables of the ledger: the only tables of the product."""

from ledger.models.analyses import AgencyRow, AnalysisRow, CorrectionRow, PlaceRow
from ledger.models.audit import AuditHeadRow, AuditRow
from ledger.models.base import LedgerRow, MomentField
from ledger.models.claims import FactCheckRow, SuggestionRow
from ledger.models.documents import (
    DailyCountRow,
    DocumentRow,
    DocumentState,
    RemovalRow,
    RevisionRow,
    SightingRow,
)
from ledger.models.sources import FetchLogRow, FetchStateRow, SourceRow
from ledger.models.stories import StoryDecisionRow, StoryLinkRow, StoryRelationRow, StoryRow
from ledger.models.users import MemberRow, OneTimeLinkRow
from ledger.models.work import LeaseRow, QuarantineRow, QuarantineState, StateRow, WorkRow

__all__ = [
    "AgencyRow",
    "AnalysisRow",
    "AuditHeadRow",
    "AuditRow",
    "CorrectionRow",
    "DailyCountRow",
    "DocumentRow",
    "DocumentState",
    "FactCheckRow",
    "FetchLogRow",
    "FetchStateRow",
    "LeaseRow",
    "LedgerRow",
    "MemberRow",
    "MomentField",
    "OneTimeLinkRow",
    "PlaceRow",
    "QuarantineRow",
    "QuarantineState",
    "RemovalRow",
    "RevisionRow",
    "SightingRow",
    "SourceRow",
    "StateRow",
    "StoryDecisionRow",
    "StoryLinkRow",
    "StoryRelationRow",
    "StoryRow",
    "SuggestionRow",
    "WorkRow",
]
