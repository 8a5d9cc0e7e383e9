"""The page of one story: how it spread, who told it, and why its documents belong together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from langnghe.scope import Scope
from langnghe.story import Story, StoryLink
from ledger.border import reading
from ledger.clustering import resolve
from ledger.models import DocumentRow, StoryDecisionRow, StoryLinkRow, StoryRow
from ledger.queries.documents import DocumentView, views
from ledger.queries.filters import DocumentFilter, documents
from ledger.stories import UnknownStory, load_stories, story_from

_HOUR = timedelta(hours=1)
CURVE_HOURS = 24 * 14


@dataclass(frozen=True)
class SpreadPoint:
    """What was published of a story in the hour that starts at ``at``."""

    at: datetime
    articles: int
    posts: int
    total: int
    """All documents up to the end of this hour."""


@dataclass(frozen=True)
class OutletShare:
    """One outlet's part in a story; a channel of posts counts as an outlet here."""

    outlet: str
    outlet_kind: str
    count: int
    first_at: datetime


@dataclass(frozen=True)
class Decision:
    """What a person decided about the story."""

    kind: str
    actor: str
    decided_at: datetime
    title: str = ""


@dataclass(frozen=True)
class StoryDetail:
    """All that a story's page shows. ``documents`` are the newest ones, ``links`` explain them.

    Both, and ``first_report``, are of the reader's scope; the counts are of the whole story.
    """

    story: Story
    first_report: DocumentView | None
    documents: tuple[DocumentView, ...]
    links: dict[str, StoryLink]
    curve: tuple[SpreadPoint, ...]
    outlets: tuple[OutletShare, ...]
    related: tuple[Story, ...]
    tones: dict[str, int]
    stances: dict[str, int]
    decisions: tuple[Decision, ...]


@reading
def story_page(story_id: str, limit: int = 200, scope: Scope | None = None) -> StoryDetail:
    """Return the page of a story as who is limited to ``scope`` sees it; a merged id leads to the
    living one. Raises UnknownStory."""
    row = StoryRow.objects.filter(pk=resolve(story_id)).first()
    if row is None:
        raise UnknownStory(f"unknown story {story_id!r}")
    members = DocumentRow.objects.filter(story=row)
    facts = list(
        members.order_by("published_at", "pk").values_list(
            "pk", "published_at", "kind", "outlet", "outlet_kind", "tone", "stance"
        )
    )
    seen = documents(DocumentFilter(story_ids=(row.pk,), scope=scope))
    shown = list(seen.order_by("-published_at", "-pk")[:limit])
    first = seen.filter(pk=facts[0][0]).first() if facts else None
    story = load_stories([row.pk])[0] if row.merged_into_id is None else story_from(row)
    decisions = StoryDecisionRow.objects.filter(story=row).order_by("pk")
    return StoryDetail(
        story=story,
        first_report=views([first])[0] if first else None,
        documents=tuple(views(shown)),
        links=_links([document.pk for document in shown]),
        curve=_curve([(at, kind) for _, at, kind, *_ in facts]),
        outlets=_outlets([(at, outlet, kind) for _, at, _, outlet, kind, *_ in facts]),
        related=tuple(load_stories(story.related_ids)),
        tones=dict(Counter(fact[5] for fact in facts if fact[5])),
        stances=dict(Counter(fact[6] for fact in facts if fact[6])),
        decisions=tuple(Decision(d.kind, d.actor, d.decided_at, d.title) for d in decisions),
    )


def _links(ids: list[str]) -> dict[str, StoryLink]:
    return {
        row.document_id: StoryLink(
            document_id=row.document_id,
            story_id=row.story_id,
            score=row.score,
            shared=tuple(row.shared),
            copy_of=row.copy_of,
        )
        for row in StoryLinkRow.objects.filter(document_id__in=ids)
    }


def _curve(facts: list[tuple[datetime, str]]) -> tuple[SpreadPoint, ...]:
    """Return every hour from the first to the last report, empty ones too, at most two weeks."""
    if not facts:
        return ()
    articles: Counter[datetime] = Counter()
    posts: Counter[datetime] = Counter()
    for moment, kind in facts:
        hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        (articles if kind == "article" else posts)[hour] += 1
    hours = sorted({*articles, *posts})
    hour = max(hours[0], hours[-1] - CURVE_HOURS * _HOUR)
    total = sum((articles + posts)[h] for h in hours if h < hour)
    points: list[SpreadPoint] = []
    while hour <= hours[-1]:
        total += articles[hour] + posts[hour]
        points.append(SpreadPoint(hour, articles[hour], posts[hour], total))
        hour += _HOUR
    return tuple(points)


def _outlets(facts: list[tuple[datetime, str, str]]) -> tuple[OutletShare, ...]:
    """Return the outlets in the order of their first report."""
    counts = Counter(outlet for _, outlet, _ in facts)
    firsts: dict[str, tuple[datetime, str]] = {}
    for moment, outlet, kind in facts:
        firsts.setdefault(outlet, (moment, kind))
    return tuple(
        OutletShare(outlet, kind, counts[outlet], moment)
        for outlet, (moment, kind) in firsts.items()
    )
