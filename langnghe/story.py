"""A story (vụ việc): one concrete happening or decision and its direct follow-ups."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StoryLink:
    """Why a document belongs to a story: the shared rare words, places and numbers."""

    document_id: str
    story_id: str
    score: float
    shared: tuple[str, ...] = ()
    copy_of: str = ""
    """The id of the document of which this one is a copy or wire reprint, "" if none."""
    near: str = ""
    """The earlier document of the story that it is most alike to, "" if none is alike."""
    near_score: float = 1.0
    """How likely both tell of one happening, from 0 to 1."""


@dataclass(frozen=True)
class Story:
    """A story as the room shows it; ``title`` is the most central item's or a person's."""

    id: str
    title: str
    first_report_at: datetime
    last_report_at: datetime
    document_count: int
    outlet_count: int
    post_count: int = 0
    topic: str = ""
    tone: str = ""
    stance: str = ""
    negative_count: int = 0
    negative_stance_count: int = 0
    places: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    related_ids: tuple[str, ...] = ()
    is_pinned: bool = False
    central_document_id: str = ""


@dataclass(frozen=True)
class StoryChange:
    """What clustering a batch decided; the ledger applies it in one transaction.

    ``links`` assign documents to stories (a story id that is new creates the story);
    ``merged`` maps a story id that ceases to the one that keeps living; ``related`` links
    stories without merging them. A person's merge, split, rename or pin always wins.
    """

    links: tuple[StoryLink, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    related: tuple[tuple[str, str], ...] = ()


def lone_story_id(document_id: str) -> str:
    """Return the id of the story that a document founds: "s" and 16 hex digits of its own id."""
    return "s" + hashlib.sha256(document_id.encode()).hexdigest()[:16]
