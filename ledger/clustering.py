"""Applies what clustering decided to the stories; a person's decision always wins.

- A story that was merged leads on to the one that lives (``resolve``), also for late links.
- A document that a person moved or split off (``by_person``) is not linked anew by a machine.
- Stories that a person split (``is_apart``) are not merged again; they are related instead.
- A person's title and pin outlive a merge.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Subquery

from langnghe.story import StoryChange, StoryLink, lone_story_id
from ledger.bulk import update_rows
from ledger.mapping import storable
from ledger.merging import Merger
from ledger.models import (
    AgencyRow,
    DocumentRow,
    PlaceRow,
    RevisionRow,
    StoryLinkRow,
    StoryRelationRow,
    StoryRow,
)

_TOP = 5
_UNTITLED_LENGTH = 90
_TITLES = 60


def apply_change(change: StoryChange, fresh: Collection[str], now: datetime) -> set[str]:
    """Apply a change in the caller's transaction; return the documents whose story changed.

    ``fresh`` are the documents just analysed, which count for their story's figures anyway.
    """
    # Links first: a story may be born and merged in the same batch.
    moved, touched, left = _link([*change.links, *_alone(change, fresh)], now)
    lives = _Lives(itertools.chain(*change.merged, *change.related))
    moved |= _merge_all(change.merged, lives, touched)
    moved |= _merge_emptied(left)
    _relate_all((lives.of(one), lives.of(other)) for one, other in change.related)
    fresh_stories = DocumentRow.objects.filter(pk__in=list(fresh), story__isnull=False)
    touched |= {s for s in fresh_stories.values_list("story_id", flat=True) if s}
    refresh(touched)
    return moved


def _alone(change: StoryChange, fresh: Collection[str]) -> list[StoryLink]:
    """Return a link to a story of its own for each fresh document that clustering did not hold.

    These came later than the window of clustering is long; one that has a story keeps it.
    """
    unlinked = set(fresh) - {link.document_id for link in change.links}
    homeless = DocumentRow.objects.filter(pk__in=unlinked, story=None)
    return [
        StoryLink(doc_id, lone_story_id(doc_id), 0.0)
        for doc_id in homeless.order_by("pk").values_list("pk", flat=True)
    ]


def resolve(story_id: str) -> str:
    """Return the story that ``story_id`` lives on as: itself unless it was merged."""
    seen: set[str] = set()
    while story_id not in seen:
        seen.add(story_id)
        into = StoryRow.objects.filter(pk=story_id).values_list("merged_into_id", flat=True)
        story_id = (into.first() if into else None) or story_id
    return story_id


class _Lives:
    """On which living story each of many ids leads, asked in a few queries for all of them."""

    def __init__(self, story_ids: Iterable[str]) -> None:
        self._into: dict[str, str] = {}
        asked = set(story_ids)
        while asked:
            rows = StoryRow.objects.filter(pk__in=asked).values_list("pk", "merged_into_id")
            self._into.update((story_id, into or "") for story_id, into in rows)
            asked = {into for into in self._into.values() if into} - self._into.keys() - asked

    def of(self, story_id: str) -> str | None:
        """Return the story that ``story_id`` lives on as; None for one that nobody knows."""
        seen: set[str] = set()
        while (into := self._into.get(story_id)) and story_id not in seen:
            seen.add(story_id)
            story_id = into
        return story_id if story_id in self._into else None

    def merge(self, ceased: str, keeper: str) -> None:
        """Note that ``ceased`` now lives on as ``keeper``."""
        self._into[ceased] = keeper


def _link(links: Iterable[StoryLink], now: datetime) -> tuple[set[str], set[str], dict[str, str]]:
    """Write the links that no person overruled.

    Returns the moved documents, the touched stories, and of stories that a document left the one
    that it went to.
    """
    wanted = {link.document_id: link for link in links}
    documents = {
        row.pk: row
        for row in DocumentRow.objects.filter(pk__in=wanted).only("id", "story_id", "published_at")
    }
    fixed = set(
        StoryLinkRow.objects.filter(document_id__in=wanted, by_person=True).values_list(
            "document_id", flat=True
        )
    )
    lives = _Lives({link.story_id for link in wanted.values()})
    rows: list[StoryLinkRow] = []
    moved: list[DocumentRow] = []
    touched: set[str] = set()
    left: dict[str, str] = {}
    first_seen: dict[str, datetime] = {}
    for doc_id, link in wanted.items():
        doc = documents.get(doc_id)
        if doc is None or doc_id in fixed:
            continue
        target = lives.of(link.story_id) or link.story_id
        first_seen[target] = min(doc.published_at, first_seen.get(target, doc.published_at))
        rows.append(_link_row(link, target, now))
        touched.add(target)
        if doc.story_id != target:
            if doc.story_id:
                touched.add(doc.story_id)
                left[doc.story_id] = target
            doc.story_id = target
            moved.append(doc)
    _make_stories(first_seen)
    StoryLinkRow.objects.bulk_create(
        rows,
        batch_size=200,
        update_conflicts=True,
        unique_fields=["document"],
        update_fields=["story", "score", "shared", "copy_of", "linked_at"],
    )
    update_rows(moved, ["story"])
    return {doc.pk for doc in moved}, touched, left


def _merge_all(pairs: Sequence[tuple[str, str]], lives: _Lives, touched: set[str]) -> set[str]:
    """Merge the first of each pair into the second, but for those that a person split.

    Returns the moved documents; ``lives`` and ``touched`` learn of the merges.
    """
    merger = Merger({living for pair in pairs for id in pair if (living := lives.of(id))})
    for ceased, keeper in pairs:
        one, other = lives.of(ceased), lives.of(keeper)
        if one is None or other is None or one == other or merger.are_apart(one, other):
            continue
        merger.merge(one, other)
        lives.merge(one, other)
        touched.add(other)
    return merger.write()


def _merge_emptied(left: Mapping[str, str]) -> set[str]:
    """Let the stories that their last document left live on as the one that it went to."""
    empty = StoryRow.objects.filter(pk__in=left, merged_into=None).exclude(
        Exists(DocumentRow.objects.filter(story=OuterRef("pk")))
    )
    pairs = [(story_id, left[story_id]) for story_id in empty.values_list("pk", flat=True)]
    return _merge_all(sorted(pairs), _Lives(itertools.chain(*pairs)), set())


def _link_row(link: StoryLink, story_id: str, now: datetime) -> StoryLinkRow:
    return StoryLinkRow(
        document_id=link.document_id,
        story_id=story_id,
        score=link.score,
        shared=[storable(word) for word in link.shared],
        copy_of=link.copy_of,
        linked_at=now,
    )


def _make_stories(first_seen: Mapping[str, datetime]) -> None:
    StoryRow.objects.bulk_create(
        [
            StoryRow(id=story_id, first_report_at=moment, last_report_at=moment)
            for story_id, moment in sorted(first_seen.items())
        ],
        batch_size=200,
        ignore_conflicts=True,
    )


def relate(one: str, other: str, *, is_apart: bool | None = None) -> None:
    """Link two stories without merging them; ``is_apart`` is set or lifted by a person."""
    first, second = sorted((one, other))
    row, _ = StoryRelationRow.objects.get_or_create(one_id=first, other_id=second)
    if is_apart is not None and row.is_apart is not is_apart:
        row.is_apart = is_apart
        row.save(update_fields=["is_apart"])


def _relate_all(pairs: Iterable[tuple[str | None, str | None]]) -> None:
    """Link pairs of living stories; what is linked already stays as it is."""
    wanted = {(min(one, other), max(one, other)) for one, other in pairs if one and other}
    StoryRelationRow.objects.bulk_create(
        [
            StoryRelationRow(one_id=one, other_id=other)
            for one, other in sorted(wanted)
            if one != other
        ],
        batch_size=200,
        ignore_conflicts=True,
    )


def merge_rows(ceased: str, keeper: str, now: datetime) -> set[str]:
    """Move all documents of ``ceased`` to ``keeper`` and return their ids."""
    merger = Merger({ceased, keeper})
    merger.merge(ceased, keeper)
    return merger.write()


@dataclass
class _Figures:
    """What the documents of one story add up to."""

    first_at: datetime | None = None
    last_at: datetime | None = None
    documents: int = 0
    posts: int = 0
    outlets: set[str] = field(default_factory=set)
    topics: Counter[str] = field(default_factory=Counter)
    topics_of_press: Counter[str] = field(default_factory=Counter)
    tones: Counter[str] = field(default_factory=Counter)
    stances: Counter[str] = field(default_factory=Counter)

    def add(self, group: Mapping[str, Any]) -> None:
        count = group["count"]
        self.first_at = min(self.first_at or group["first"], group["first"])
        self.last_at = max(self.last_at or group["last"], group["last"])
        self.documents += count
        if group["kind"] == "article":
            self.outlets.add(group["outlet"])
            self.topics_of_press[group["topic"]] += count
        else:
            self.posts += count
        self.topics[group["topic"]] += count
        self.tones[group["tone"]] += count
        self.stances[group["stance"]] += count


def refresh(story_ids: Collection[str]) -> None:
    """Count the figures of stories anew from their documents, in the caller's transaction."""
    if not story_ids:
        return
    figures: dict[str, _Figures] = defaultdict(_Figures)
    groups = (
        DocumentRow.objects.filter(story_id__in=list(story_ids))
        .order_by()
        .values("story_id", "kind", "outlet", "topic", "tone", "stance")
        .annotate(count=Count("pk"), first=Min("published_at"), last=Max("published_at"))
    )
    for group in groups:
        figures[group["story_id"]].add(group)
    places = _top_names(PlaceRow, story_ids)
    agencies = _top_names(AgencyRow, story_ids)
    central = _central(story_ids)
    rows = list(StoryRow.objects.filter(pk__in=list(story_ids)).order_by("pk"))
    for row in rows:
        found = figures[row.pk]
        row.document_count, row.post_count = found.documents, found.posts
        row.outlet_count = len(found.outlets)
        if found.first_at is None or found.last_at is None:
            row.is_pinned = False
            continue
        row.first_report_at, row.last_report_at = found.first_at, found.last_at
        # What a matter is about the press says more surely than a hundred short comments.
        row.topic = _most(found.topics_of_press) or _most(found.topics)
        row.tone = _most(found.tones)
        row.stance = _most(found.stances)
        row.negative_count, row.negative_stance_count = found.tones["neg"], found.stances["neg"]
        row.places, row.agencies = places.get(row.pk, []), agencies.get(row.pk, [])
        row.central_document_id, row.title = central.get(row.pk, ("", ""))
    update_rows(rows, _FIGURE_COLUMNS)


_FIGURE_COLUMNS = [
    "document_count",
    "post_count",
    "outlet_count",
    "is_pinned",
    "first_report_at",
    "last_report_at",
    "topic",
    "tone",
    "stance",
    "negative_count",
    "negative_stance_count",
    "places",
    "agencies",
    "central_document_id",
    "title",
]


def _most(counts: Counter[str]) -> str:
    """Return the commonest label that is not empty; the first in the alphabet on a tie."""
    known = [(-count, label) for label, count in counts.items() if label]
    return min(known)[1] if known else ""


def _top_names(
    model: type[PlaceRow] | type[AgencyRow], story_ids: Collection[str]
) -> dict[str, list[str]]:
    counted = (
        model._default_manager.filter(document__story_id__in=list(story_ids))
        .order_by()
        .values_list("document__story_id", "name")
        .annotate(count=Count("document", distinct=True))
    )
    ranked: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for story_id, name, count in counted:
        ranked[story_id].append((-count, name))
    return {s: [name for _, name in sorted(names)[:_TOP]] for s, names in ranked.items()}


def _central(story_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return (id, title) of each story's most central item: press first, the newest of a long
    story; a post without a headline gives its first words.
    """
    from nlp.stories.naming import most_central  # who only reads the ledger need not load it

    titled: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    press = StoryLinkRow.objects.filter(
        story__in=list(story_ids), document__kind="article", copy_of=""
    )
    newest_first = press.order_by("-linked_at", "-document_id")
    for story_id, doc_id, title in newest_first.values_list(
        "story_id", "document_id", "document__title"
    ):
        if title and len(titled[story_id]) < _TITLES:
            titled[story_id].append((doc_id, title))
    found = {}
    for story_id, rows in titled.items():
        rows.reverse()
        found[story_id] = rows[most_central([title for _, title in rows])]
    return found | _called_by_first(set(story_ids) - set(found))


def _called_by_first(story_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return (id, words) of the first item of stories without a headline of the press."""
    first = StoryLinkRow.objects.filter(story=OuterRef("pk")).order_by("linked_at", "document_id")
    chosen = dict(
        StoryRow.objects.filter(pk__in=list(story_ids))
        .annotate(first=Subquery(first.values("document_id")[:1]))
        .values_list("pk", "first")
    )
    words = {
        doc_id: title or lead or parent_title
        for doc_id, title, lead, parent_title in DocumentRow.objects.filter(
            pk__in=[doc_id for doc_id in chosen.values() if doc_id]
        ).values_list("pk", "title", "lead", "parent_title")
    }
    bare = [doc_id for doc_id, known in words.items() if not known]
    said = RevisionRow.objects.filter(document__in=bare).exclude(document__kind="article")
    words |= {
        d: " ".join(text.split())
        for d, text in said.order_by("number").values_list("document_id", "text")
    }
    return {s: (d, _headline(words[d])) for s, d in chosen.items() if d}


def _headline(words: str) -> str:
    if len(words) <= 2 * _UNTITLED_LENGTH:
        return words
    return words[:_UNTITLED_LENGTH].rsplit(" ", 1)[0] + "…"
