"""Stories that become one: decided one after another in memory, written together.

A merge asks the ledger a dozen things and more for each story that touches the ceased one; a batch
of reprints merges as many stories as it has documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q

from ledger.bulk import update_rows
from ledger.models import DocumentRow, StoryLinkRow, StoryRelationRow, StoryRow

_Pair = tuple[str, str]
_COLUMNS = ["merged_into", "person_title", "is_pinned", "title", "document_count"]


class Merger:
    """Merges living stories of ``story_ids``, in the caller's transaction.

    1. The stories are locked in the order of their ids, with what they are related to.
    2. ``merge`` and ``are_apart`` work in memory, so that each sees the merges before it.
    3. ``write`` puts all of it into the ledger.
    """

    def __init__(self, story_ids: Collection[str]) -> None:
        ids = set(story_ids)
        locked = StoryRow.objects.filter(pk__in=ids).order_by("pk").select_for_update()
        self._stories = {row.pk: row for row in locked}
        self._known: dict[_Pair, StoryRelationRow] = {}
        self._relations: dict[_Pair, bool] = {}
        self._mates: defaultdict[str, set[str]] = defaultdict(set)
        self._heirs: dict[str, str] = {}
        touching = Q(one__in=ids) | Q(other__in=ids)
        for row in StoryRelationRow.objects.filter(touching) if ids else ():
            self._known[row.one_id, row.other_id] = row
            self._relate(row.one_id, row.other_id, is_apart=row.is_apart)

    def are_apart(self, one: str, other: str) -> bool:
        """Return whether a person split these two stories."""
        return self._relations.get(_pair(one, other), False)

    def merge(self, ceased: str, keeper: str) -> None:
        """Let ``ceased`` live on as ``keeper``: its documents, relations, title and pin."""
        old, kept = self._stories[ceased], self._stories[keeper]
        kept.person_title = kept.person_title or old.person_title
        kept.is_pinned = kept.is_pinned or old.is_pinned
        old.merged_into, old.is_pinned, old.document_count = kept, False, 0
        old.title = old.person_title = ""
        for mate in self._mates.pop(ceased, set()):
            is_apart = self._relations.pop(_pair(ceased, mate))
            self._mates[mate].discard(ceased)
            if mate != keeper:
                self._relate(keeper, mate, is_apart=is_apart)
        self._heirs[ceased] = keeper

    def write(self) -> set[str]:
        """Write what was merged and return the documents that moved."""
        if not self._heirs:
            return set()
        changed = {*self._heirs, *self._heirs.values()}
        update_rows([self._stories[story_id] for story_id in sorted(changed)], _COLUMNS)
        ceased_of: defaultdict[str, list[str]] = defaultdict(list)
        for ceased in self._heirs:
            ceased_of[self._last_heir(ceased)].append(ceased)
        ids = DocumentRow.objects.filter(story_id__in=self._heirs).values_list("pk", flat=True)
        moved = set(ids)
        for heir, stories in ceased_of.items():
            DocumentRow.objects.filter(story_id__in=stories).update(story_id=heir)
            StoryLinkRow.objects.filter(story_id__in=stories).update(story_id=heir)
        self._write_relations()
        return moved

    def _write_relations(self) -> None:
        gone = [row.pk for pair, row in self._known.items() if pair not in self._relations]
        StoryRelationRow.objects.filter(pk__in=gone).delete()
        StoryRelationRow.objects.bulk_create(
            [
                StoryRelationRow(one_id=one, other_id=other, is_apart=is_apart)
                for (one, other), is_apart in sorted(self._relations.items())
                if (one, other) not in self._known
            ],
            batch_size=200,
        )
        for pair, is_apart in self._relations.items():
            row = self._known.get(pair)
            if row is not None and row.is_apart is not is_apart:
                row.is_apart = is_apart
                row.save(update_fields=["is_apart"])

    def _relate(self, one: str, other: str, *, is_apart: bool) -> None:
        pair = _pair(one, other)
        self._relations[pair] = self._relations.get(pair, False) or is_apart
        self._mates[one].add(other)
        self._mates[other].add(one)

    def _last_heir(self, story_id: str) -> str:
        while story_id in self._heirs:
            story_id = self._heirs[story_id]
        return story_id


def _pair(one: str, other: str) -> _Pair:
    return (one, other) if one < other else (other, one)
