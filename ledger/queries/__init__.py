"""Read models for the room, the digest and ``doctor``: dataclasses, never rows."""

from ledger.queries.alerts import AlertView, alert_view, alert_views
from ledger.queries.counters import Counters, counters
from ledger.queries.documents import (
    DocumentDetail,
    DocumentPage,
    DocumentView,
    LabelView,
    by_ids,
    count,
    detail,
    distinct_authors,
    matching_ids,
    newest,
)
from ledger.queries.filters import DocumentFilter
from ledger.queries.mails import MailPage, MailView, mail, mails
from ledger.queries.sources import Coverage, SourceHealth, coverage, source_health
from ledger.queries.stories import OutletShare, SpreadPoint, StoryDetail, story_page
from ledger.queries.trends import TrendCell, trends
from ledger.queries.volume import TopicVolume, history_days, topic_volume

__all__ = [
    "AlertView",
    "Counters",
    "Coverage",
    "DocumentDetail",
    "DocumentFilter",
    "DocumentPage",
    "DocumentView",
    "LabelView",
    "MailPage",
    "MailView",
    "OutletShare",
    "SourceHealth",
    "SpreadPoint",
    "StoryDetail",
    "TopicVolume",
    "TrendCell",
    "alert_view",
    "alert_views",
    "by_ids",
    "count",
    "counters",
    "coverage",
    "detail",
    "distinct_authors",
    "history_days",
    "mail",
    "mails",
    "matching_ids",
    "newest",
    "source_health",
    "story_page",
    "topic_volume",
    "trends",
]
