"""Documents, rules and alerts made by hand for the tests of alerting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.crisis import scale_from
from alerts.model import Alert, Headline, Rule, RuleType
from alerts.severity import SeverityJudge, Weights, load_signs
from langnghe.analysis import AnalysedDocument, Analysis, Label, PlaceMention
from langnghe.document import Document, DocumentKind

NOON = datetime(2026, 3, 18, 5, 0, tzinfo=UTC)

# A judge of the tests' own: signs alone decide, so that shipped weights may change freely.
JUDGE = SeverityJudge(
    load_signs(),
    Weights(
        {
            "@sign:many_dead": (1.0, 3.0, 4.0),
            "@sign:dead": (1.0, 2.0, 1.0),
            "@sign:school_poisoning": (1.0, 3.0, 3.0),
            "@sign:official_prosecuted": (1.0, 3.0, 3.0),
            "@sign:rumour": (1.0, 2.0, 1.5),
            "@stance:neg": (1.0, 1.0, 1.0),
        },
        (-1.5, -2.0),
    ),
)

SCALE = scale_from(
    {
        "weights": {
            "bias": 1.0,
            "attention_max": 1.0,
            "log_documents": 1.0,
            "log_stance": 0.5,
        },
        "levels": {name: [0.0, 1.5, 4.0] for name in ("it", "vua", "nhieu")},
    }
)


def item(
    name: str,
    title: str,
    *,
    story: str = "s1",
    outlet: str = "Báo Một",
    seen_at: datetime = NOON,
    kind: DocumentKind = DocumentKind.ARTICLE,
    stance: str = "na",
    tone: str = "neu",
    topic: str = "y_te",
    place: str = "",
    keywords: tuple[str, ...] = (),
    text: str = "",
    **more: Any,
) -> AnalysedDocument:
    """Return an analysed document with the words and labels that a test needs."""
    doc = Document(
        id=name,
        kind=kind,
        source_id=outlet,
        outlet=outlet,
        url=f"https://bao.example/{name}",
        title=title,
        lead="",
        text=text,
        published_at=seen_at - timedelta(minutes=20),
        first_seen_at=seen_at,
        fetched_at=seen_at,
        **more,
    )
    places = (PlaceMention(place, place, "commune"),) if place else ()
    analysis = Analysis(
        name,
        1,
        Label(topic, 0.9),
        Label(tone, 0.9),
        Label(stance, 0.9),
        None,
        places,
        keywords=keywords,
    )
    return AnalysedDocument(doc, analysis, story)


def rule(**changes: Any) -> Rule:
    """Return a rule on serious stories, changed as a test wants."""
    values: dict[str, Any] = {
        "id": "nghiem-trong",
        "name": "Nghiêm trọng",
        "type": RuleType.SEVERITY,
        "scope": "all",
    }
    return Rule(**{**values, **changes})


def alert(**changes: Any) -> Alert:
    """Return an open alert, changed as a test wants."""
    values: dict[str, Any] = {
        "id": "a1",
        "rule_id": "nghiem-trong",
        "story_id": "s1",
        "level": 2,
        "title": "23 trẻ nhập viện sau bữa trưa",
        "reasons": ("ngộ độc ở trường học",),
        "opened_at": NOON,
        "first_report_at": NOON - timedelta(minutes=30),
        "document_ids": ("d1",),
        "outlets": ("Báo Một",),
        "topic": "y_te",
        "places": ("xã Vĩnh Trạch",),
        "headlines": (Headline("23 trẻ nhập viện", "Báo Một", "https://bao.example/d1", NOON),),
    }
    return Alert(**{**values, **changes})
