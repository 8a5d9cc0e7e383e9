"""Stories out of the ledger, and what people decide about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from langnghe.errors import LangNgheError
from langnghe.scope import Scope
from langnghe.story import Story
from ledger import audit, work
from ledger.border import reading, writing
from ledger.clustering import merge_rows, refresh, relate, resolve
from ledger.mapping import storable
from ledger.models import (
    DocumentRow,
    PlaceRow,
    StoryDecisionRow,
    StoryLinkRow,
    StoryRelationRow,
    StoryRow,
)

_MOVES_LOOKED_AT = 50


class UnknownStory(LangNgheError):
    """There is no story of that id."""

    code = "not-found"


@dataclass(frozen=True)
class StoryFilter:
    """Which stories a list shows; empty fields do not filter. Times are of the last report."""

    topics: tuple[str, ...] = ()
    tones: tuple[str, ...] = ()
    stances: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    min_documents: int = 1
    min_outlets: int = 0
    only_pinned: bool = False
    scope: Scope | None = None


@dataclass(frozen=True)
class StoryPage:
    """One page of a list of stories; ``next`` opens the following one ("" = the end)."""

    stories: tuple[Story, ...]
    total: int
    next: str = ""


@reading
def story(story_id: str) -> Story:
    """Return a story; the id of a merged one leads to the one that lives. Raises UnknownStory."""
    row = StoryRow.objects.filter(pk=resolve(story_id)).first()
    if row is None:
        raise UnknownStory(f"unknown story {story_id!r}")
    return story_from(row, _related([row.pk]).get(row.pk, ()))


@reading
def load_stories(ids: Sequence[str]) -> list[Story]:
    """Return living stories in the order of ``ids``; the others are left out."""
    rows = {row.pk: row for row in StoryRow.objects.filter(pk__in=ids, merged_into=None)}
    related = _related(list(rows))
    return [story_from(rows[i], related.get(i, ())) for i in dict.fromkeys(ids) if i in rows]


@reading
def stories(wanted: StoryFilter | None = None, *, limit: int = 50, after: str = "") -> StoryPage:
    """Return stories by their latest report, newest first; ``after`` is a page's ``next``."""
    rows = _filtered(wanted or StoryFilter())
    total = rows.count()
    if after:
        moment, _, story_id = after.partition("|")
        at = datetime.fromisoformat(moment)
        rows = rows.filter(Q(last_report_at__lt=at) | Q(last_report_at=at, pk__lt=story_id))
    found = list(rows.order_by("-last_report_at", "-pk")[: limit + 1])
    page, rest = found[:limit], found[limit:]
    related = _related([row.pk for row in page])
    last = page[-1] if rest else None
    return StoryPage(
        stories=tuple(story_from(row, related.get(row.pk, ())) for row in page),
        total=total,
        next=f"{last.last_report_at.isoformat()}|{last.pk}" if last else "",
    )


@reading
def last_decision() -> int:
    """Return the number of people's latest decision: when it grows, restore the StoryIndex."""
    return StoryDecisionRow.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@writing
def merge(story_id: str, into: str, actor: str, now: datetime) -> None:
    """Make two stories one, for good; ``into`` lives on. Raises UnknownStory."""
    ceased, keeper = _locked(story_id), _locked(into)
    if ceased.pk == keeper.pk:
        return
    _decide("merge", keeper, actor, now, other_story_id=ceased.pk)
    moved = merge_rows(ceased.pk, keeper.pk, now)
    refresh({keeper.pk})
    work.reindex(moved, now)


@writing
def split(story_id: str, document_ids: Sequence[str], actor: str, now: datetime) -> str:
    """Take documents out of a story into one of their own and return its id.

    No machine links these documents anew or merges the two stories again. Raises UnknownStory
    when the documents are not all of this story, or are all of it.
    """
    row = _locked(story_id)
    inside = DocumentRow.objects.filter(story=row)
    taken = inside.filter(pk__in=document_ids)
    if not document_ids or taken.count() != len(set(document_ids)):
        raise UnknownStory(f"not all documents belong to story {row.pk!r}")
    if taken.count() == inside.count():
        raise UnknownStory(f"nothing would be left of story {row.pk!r}")
    first = taken.order_by("first_seen_at", "pk")[0]
    new = StoryRow.objects.create(
        pk=_free_id(f"s{first.pk}"),
        first_report_at=first.published_at,
        last_report_at=first.published_at,
    )
    _decide("split", row, actor, now, other_story_id=new.pk, document_ids=document_ids)
    _move(document_ids, new, now)
    relate(row.pk, new.pk, is_apart=True)
    refresh({row.pk, new.pk})
    return new.pk


@writing
def move(document_id: str, into: str, actor: str, now: datetime) -> None:
    """Put one document into another story, for good; no machine merges the two afterwards.

    A story that loses its last document so lives on as the other one. Raises UnknownStory.
    """
    row = _locked(into)
    doc = DocumentRow.objects.filter(pk=document_id).first()
    if doc is None:
        raise UnknownStory(f"unknown document {document_id!r}")
    before = doc.story_id
    if before == row.pk:
        return
    _decide("move", row, actor, now, document_ids=[document_id], other_story_id=before or "")
    _move([document_id], row, now)
    if before and DocumentRow.objects.filter(story=before).exists():
        relate(row.pk, before, is_apart=True)
    elif before:
        merge_rows(before, row.pk, now)
    refresh({row.pk, before} if before else {row.pk})


@dataclass(frozen=True)
class Moved:
    """That a person put one document from one story into another."""

    document_id: str
    came_from: str
    went_to: str


@reading
def last_move(document_id: str) -> Moved | None:
    """Return the move or split by which a document alone came to its story; None without one."""
    story_id = DocumentRow.objects.filter(pk=document_id).values_list("story_id", flat=True).first()
    decided = StoryDecisionRow.objects.filter(
        Q(kind="move", story=story_id) | Q(kind="split", other_story_id=story_id)
    )
    for row in decided.order_by("-pk")[:_MOVES_LOOKED_AT] if story_id else ():
        if row.document_ids == [document_id]:
            left = row.other_story_id if row.kind == "move" else row.story_id
            return Moved(document_id, left, story_id or "")
    return None


@writing
def undo_move(document_id: str, moved_to: str, actor: str, now: datetime) -> str:
    """Put a document that was moved to a story back where it was and return that story; both may be
    merged again, unless people parted them by more than this.

    Where the story it left has ceased, it gets one of its own. Raises UnknownStory when nobody
    moved it there, or it is there no more: a button pressed twice takes back one move.
    """
    moved = last_move(document_id)
    if moved is None or moved.went_to != resolve(moved_to):
        raise UnknownStory(f"nobody moved document {document_id!r} to {moved_to!r}")
    back = resolve(moved.came_from)
    if back == moved.went_to or not StoryRow.objects.filter(pk=back).exists():
        return split(moved.went_to, [document_id], actor, now)
    move(document_id, back, actor, now)
    if not _parted_by_others(back, moved.went_to, document_id):
        one, other = sorted((back, moved.went_to))
        StoryRelationRow.objects.filter(one=one, other=other).update(is_apart=False)
    return back


def _parted_by_others(one: str, other: str, document_id: str) -> bool:
    """Return whether people parted two stories also by taking something else than this document."""
    between = Q(story=one, other_story_id=other) | Q(story=other, other_story_id=one)
    rows = StoryDecisionRow.objects.filter(between, kind__in=("split", "move"))
    return any(row.document_ids != [document_id] for row in rows)


@writing
def rename(story_id: str, title: str, actor: str, now: datetime) -> None:
    """Give a story a person's title; "" gives the machine's back. Raises UnknownStory."""
    row = _locked(story_id)
    row.person_title = storable(title.strip())
    row.save(update_fields=["person_title"])
    _decide("rename", row, actor, now, title=row.person_title)


@writing
def pin(story_id: str, is_pinned: bool, actor: str, now: datetime) -> None:
    """Keep a story at the top, or let it go. Raises UnknownStory."""
    row = _locked(story_id)
    row.is_pinned = is_pinned
    row.save(update_fields=["is_pinned"])
    _decide("pin" if is_pinned else "unpin", row, actor, now)


def story_from(row: StoryRow, related: Sequence[str] = ()) -> Story:
    """Return the story of ``row``."""
    return Story(
        id=row.pk,
        title=row.person_title or row.title,
        first_report_at=row.first_report_at,
        last_report_at=row.last_report_at,
        document_count=row.document_count,
        outlet_count=row.outlet_count,
        post_count=row.post_count,
        topic=row.topic,
        tone=row.tone,
        stance=row.stance,
        negative_count=row.negative_count,
        negative_stance_count=row.negative_stance_count,
        places=tuple(row.places),
        agencies=tuple(row.agencies),
        related_ids=tuple(related),
        is_pinned=row.is_pinned,
        central_document_id=row.central_document_id,
    )


def _filtered(wanted: StoryFilter) -> QuerySet[StoryRow]:
    rows = StoryRow.objects.filter(
        merged_into=None,
        document_count__gte=max(wanted.min_documents, 1),
        outlet_count__gte=wanted.min_outlets,
    )
    for name, values in (
        ("topic", wanted.topics),
        ("tone", wanted.tones),
        ("stance", wanted.stances),
    ):
        if values:
            rows = rows.filter(**{f"{name}__in": values})
    if wanted.since:
        rows = rows.filter(last_report_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(last_report_at__lt=wanted.until)
    if wanted.scope is not None:
        named = PlaceRow.objects.filter(document__story=OuterRef("pk"))
        named = named.filter(Q(name__in=wanted.scope.places) | Q(code__in=wanted.scope.places))
        rows = rows.filter(Q(topic__in=wanted.scope.topics) | Exists(named))
    return rows.filter(is_pinned=True) if wanted.only_pinned else rows


def _related(ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {story_id: [] for story_id in ids}
    pairs = StoryRelationRow.objects.filter(Q(one_id__in=ids) | Q(other_id__in=ids))
    for one, other in pairs.order_by("pk").values_list("one_id", "other_id"):
        if one in found:
            found[one].append(other)
        if other in found:
            found[other].append(one)
    return found


def _locked(story_id: str) -> StoryRow:
    row = StoryRow.objects.select_for_update().filter(pk=resolve(story_id)).first()
    if row is None:
        raise UnknownStory(f"unknown story {story_id!r}")
    return row


def _free_id(wanted: str) -> str:
    taken = set(StoryRow.objects.filter(pk__startswith=wanted).values_list("pk", flat=True))
    candidates = (wanted if n == 0 else f"{wanted}-{n}" for n in range(len(taken) + 1))
    return next(c for c in candidates if c not in taken)


def _move(document_ids: Sequence[str], story_row: StoryRow, now: datetime) -> None:
    DocumentRow.objects.filter(pk__in=document_ids).update(story=story_row)
    StoryLinkRow.objects.bulk_create(
        [
            StoryLinkRow(document_id=d, story=story_row, linked_at=now, by_person=True)
            for d in document_ids
        ],
        update_conflicts=True,
        unique_fields=["document"],
        update_fields=["story", "linked_at", "by_person"],
    )
    work.reindex(document_ids, now)


def _decide(
    kind: str,
    row: StoryRow,
    actor: str,
    now: datetime,
    *,
    other_story_id: str = "",
    document_ids: Sequence[str] = (),
    title: str = "",
) -> None:
    StoryDecisionRow.objects.create(
        kind=kind,
        story=row,
        other_story_id=other_story_id,
        document_ids=list(document_ids),
        title=title,
        actor=actor,
        decided_at=now,
    )
    audit.record(actor, f"story.{kind}", row.pk, now, {"other": other_story_id, "title": title})
