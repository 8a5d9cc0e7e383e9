"""What a document that arrives means for the one we hold: pure, from fingerprints alone.

A false "đã sửa" is worse than a late one. So a feed's words are only ever compared with what the
same feed said before, an article's page only with its page, and a page that follows its feed item
is fuller text of the same revision, never an edit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from langnghe.document import Channel, Document
from langnghe.url import is_web_url

REVISIONS_KEPT = 24


class Fullness(IntEnum):
    """How much of the original a document holds; ``Document.extraction`` says it."""

    FEED = 0
    GIVEN = 1
    PAGE = 2


class Step(StrEnum):
    """What to do with an arrival."""

    NEW = "new"
    SIGHTED = "sighted"
    ENRICHED = "enriched"
    REVISED = "revised"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Held:
    """What we hold of a document: its words' fingerprint and how full they are."""

    content_hash: str
    title: str
    fullness: Fullness


@dataclass(frozen=True)
class Sighting:
    """What one source said of a document last; "" while it only gave us the page."""

    seen_hash: str
    title_hash: str


@dataclass(frozen=True)
class Decision:
    """The step; ``title_only``: take the new title, keep the fuller text that we hold;
    ``is_page_due``: the feed says that the page changed, so it should be read again."""

    step: Step
    title_only: bool = False
    is_page_due: bool = False


def fullness(extraction: str) -> Fullness:
    """Return how full a document is whose extraction says "feed…", "page…" or anything else."""
    if extraction.startswith("feed"):
        return Fullness.FEED
    if extraction.startswith("page"):
        return Fullness.PAGE
    return Fullness.GIVEN


def title_hash(title: str) -> str:
    """Return the fingerprint of a title."""
    return hashlib.sha256(title.encode()).hexdigest()[:32]


def decide(held: Held | None, sighting: Sighting | None, incoming: Document) -> Decision:
    """Return what ``incoming`` means, given what we hold and what its source said before."""
    if held is None:
        return Decision(Step.NEW)
    if incoming.channel is Channel.MANUAL and not incoming.kind.is_social:
        # A link that somebody adds again tells nothing that its page does not tell better.
        is_bare = is_web_url(held.title) and not is_web_url(incoming.title)
        return Decision(Step.ENRICHED if is_bare else Step.SIGHTED)
    full = fullness(incoming.extraction)
    if full > held.fullness:
        return Decision(Step.ENRICHED)
    if full is Fullness.PAGE:
        is_same = incoming.content_hash == held.content_hash
        return Decision(Step.UNCHANGED if is_same else Step.REVISED)
    if sighting is None or not sighting.seen_hash:
        return Decision(Step.SIGHTED)
    if incoming.content_hash in (sighting.seen_hash, held.content_hash):
        return Decision(Step.UNCHANGED)
    if full == held.fullness:
        return Decision(Step.REVISED)
    is_retitled = title_hash(incoming.title) != sighting.title_hash
    if is_retitled and incoming.title != held.title:
        return Decision(Step.REVISED, title_only=True, is_page_due=True)
    return Decision(Step.UNCHANGED, is_page_due=True)


def changed_parts(before: tuple[str, str, str], after: tuple[str, str, str]) -> tuple[str, ...]:
    """Return which of (title, lead, text) differ in more than white space."""
    names = ("title", "lead", "text")
    return tuple(
        name
        for name, old, new in zip(names, before, after, strict=True)
        if old.split() != new.split()
    )


def surplus_revisions(numbers: list[int]) -> list[int]:
    """Return which revisions to drop: the first one and the newest ones are kept."""
    ordered = sorted(numbers)
    return ordered[1 : len(ordered) - REVISIONS_KEPT + 1] if len(ordered) > REVISIONS_KEPT else []
