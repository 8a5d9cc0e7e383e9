"""The tables of the ledger: the only tables of the product."""

from ledger.models.alerts import (
    AlertEventRow,
    AlertRow,
    CrisisRow,
    DeliveryRow,
    RuleRow,
    RuleVersionRow,
    SilenceRow,
)
from ledger.models.analyses import AgencyRow, AnalysisRow, CorrectionRow, PlaceRow
from ledger.models.answering import (
    AnnouncementRow,
    ClockRow,
    DrillRow,
    DutyRow,
    FeedbackRow,
    PressRequestRow,
)
from ledger.models.audit import AuditHeadRow, AuditRow
from ledger.models.base import LedgerRow, MomentField
from ledger.models.claims import CandidateRow, FactCheckRow, SuggestionRow
from ledger.models.digests import DigestEditRow, DigestRow
from ledger.models.documents import (
    DailyCountRow,
    DocumentRow,
    DocumentState,
    RemovalRow,
    RevisionRow,
    SightingRow,
)
from ledger.models.sources import FetchLogRow, FetchStateRow, SourceRow, SubscriptionRow
from ledger.models.stories import StoryDecisionRow, StoryLinkRow, StoryRelationRow, StoryRow
from ledger.models.topics import OwnTopicRow
from ledger.models.users import DigestChoiceRow, MemberRow, OneTimeLinkRow
from ledger.models.work import LeaseRow, QuarantineRow, QuarantineState, StateRow, WorkRow

__all__ = [
    "AgencyRow",
    "AlertEventRow",
    "AlertRow",
    "AnalysisRow",
    "AnnouncementRow",
    "AuditHeadRow",
    "AuditRow",
    "CandidateRow",
    "ClockRow",
    "CorrectionRow",
    "CrisisRow",
    "DailyCountRow",
    "DeliveryRow",
    "DigestChoiceRow",
    "DigestEditRow",
    "DigestRow",
    "DocumentRow",
    "DocumentState",
    "DrillRow",
    "DutyRow",
    "FactCheckRow",
    "FeedbackRow",
    "FetchLogRow",
    "FetchStateRow",
    "LeaseRow",
    "LedgerRow",
    "MemberRow",
    "MomentField",
    "OneTimeLinkRow",
    "OwnTopicRow",
    "PlaceRow",
    "PressRequestRow",
    "QuarantineRow",
    "QuarantineState",
    "RemovalRow",
    "RevisionRow",
    "RuleRow",
    "RuleVersionRow",
    "SightingRow",
    "SilenceRow",
    "SourceRow",
    "StateRow",
    "StoryDecisionRow",
    "StoryLinkRow",
    "StoryRelationRow",
    "StoryRow",
    "SubscriptionRow",
    "SuggestionRow",
    "WorkRow",
]
