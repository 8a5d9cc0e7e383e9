"""A few documents that every store test can use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from langnghe.analysis import AnalysedDocument, Analysis, Label
from langnghe.document import Document, DocumentKind

NOW = datetime(2026, 3, 15, 5, 0, tzinfo=UTC)


def item(
    key: str,
    title: str = "",
    *,
    lead: str = "",
    text: str = "",
    minutes_ago: int = 0,
    outlet: str = "Báo Lam Giang",
    story_id: str = "",
    topic: str = "y_te",
) -> AnalysedDocument:
    """Return an analysed article published ``minutes_ago`` before NOW."""
    moment = NOW - timedelta(minutes=minutes_ago)
    doc = Document(
        id=key,
        kind=DocumentKind.ARTICLE,
        source_id="lam-giang",
        outlet=outlet,
        url=f"https://baolamgiang.example/{key}",
        title=title,
        lead=lead,
        text=text,
        published_at=moment,
        first_seen_at=moment,
        fetched_at=moment,
    )
    label = Label(topic, 0.9)
    analysis = Analysis(key, 1, label, Label("neu", 0.9), Label("na", 0.9), None)
    return AnalysedDocument(doc, analysis, story_id)


def many(count: int, start: int = 0) -> list[AnalysedDocument]:
    """Return ``count`` documents a minute apart, d0000 the newest."""
    return [
        item(f"d{n:04d}", f"nước máy ngày {n}", minutes_ago=n, story_id=f"s{n % 3}")
        for n in range(start, start + count)
    ]
