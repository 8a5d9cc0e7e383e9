"""Small documents and analyses for the ledger's tests, built by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from langnghe.analysis import AgencyMention, Analysis, Label, PlaceMention
from langnghe.document import Document, DocumentKind
from langnghe.story import StoryChange, StoryLink

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
"""10:00 in Vietnam."""

AUTHOR = "0123456789abcdef"


def article(number: int = 1, **changes: Any) -> Document:
    """Return article ``number``, published ``number`` minutes before NOW."""
    doc = Document(
        id=f"doc-{number:04d}",
        kind=DocumentKind.ARTICLE,
        source_id="bao-a",
        outlet="Báo A",
        url=f"https://bao-a.example/{number}",
        title=f"Nước máy có mùi lạ, bản tin {number}",
        lead="Người dân phường Lam Thành phản ánh nước có mùi dầu.",
        text="Từ sáng sớm, nhiều hộ dân cho biết nước máy có mùi lạ.",
        published_at=NOW - timedelta(minutes=number),
        first_seen_at=NOW,
        fetched_at=NOW,
        extraction="page:trafilatura",
        outlet_kind="local",
    )
    return replace(doc, **changes)


def feed_item(number: int = 1, **changes: Any) -> Document:
    """Return article ``number`` as its feed gives it: title and lead alone."""
    return article(number, **{"text": "", "extraction": "feed", **changes})


def post(number: int = 1, **changes: Any) -> Document:
    """Return a public post by a pseudonymous author."""
    values = {
        "id": f"post-{number:04d}",
        "kind": DocumentKind.POST,
        "source_id": "dien-dan",
        "outlet": "Diễn đàn",
        "url": f"https://dien-dan.example/{number}",
        "title": "",
        "lead": "",
        "text": f"Nước hôi quá, lần thứ {number}",
        "author_key": AUTHOR,
        "extraction": "feed",
        "outlet_kind": "social",
    }
    return article(number, **{**values, **changes})


def analysis(doc: Document, **changes: Any) -> Analysis:
    """Return an analysis of ``doc``: environment, bad news, critical of an authority."""
    found = Analysis(
        document_id=doc.id,
        revision=doc.revision,
        topic=Label("moi_truong_thien_tai", 0.9, ("nước máy",)),
        tone=Label("neg", 0.8, ("mùi lạ",)),
        stance=Label("neg", 0.6, ("phản ánh",), is_unsure=True),
        intent=Label("complaint", 0.7) if doc.kind.is_social else None,
        places=(PlaceMention("phường Lam Thành", "phường Lam Thành", "commune", "26734", "40"),),
        agencies=(AgencyMention("Sở Y tế", "Sở Y tế Lam Giang", "so"),),
        model="linear",
        model_version="1",
        analysed_at=NOW,
        keywords=("nước máy",),
    )
    return replace(found, **changes)


def links(story_id: str, docs: Sequence[Document], **changes: Any) -> StoryChange:
    """Return the change that puts ``docs`` into one story."""
    return StoryChange(
        links=tuple(
            replace(StoryLink(doc.id, story_id, 0.5, ("nước máy", "mùi")), **changes)
            for doc in docs
        )
    )
