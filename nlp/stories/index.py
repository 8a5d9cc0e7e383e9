"""Clusters the stream of the last days into stories, document by document.

1. A document's nearest earlier documents are found by their rare shared words.
2. A forest of small trees says how likely each pair tells of one story, and the encoder, where
   there is one, reads the pairs that the forest leaves open; a comment and what it answers are
   one story.
3. The part of the press that new documents touch is clustered again by average linkage, so that
   a late document can join two clusters or move one. In a province's office the angles of one
   matter at home that the encoder compared then join (see :mod:`nlp.stories.angles`).
4. Clusters that tell of a great disaster are held together (see :mod:`nlp.stories.themes`); posts
   and comments join by threads (see :mod:`nlp.stories.joining`).
5. Clusters keep the story ids that their documents had; an id, once given, never changes meaning.

Deterministic in the order of arrival. Only the window is held in memory.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from langnghe.analysis import Analysis
from langnghe.document import Document
from langnghe.profile import Profile
from langnghe.story import StoryChange, StoryLink, lone_story_id
from nlp.backends.pairs import PairReader
from nlp.stories.angles import join_angles
from nlp.stories.copies import CopyFinder
from nlp.stories.features import Traits, home_names, shared_words, traits_of
from nlp.stories.joining import join_threads
from nlp.stories.likeness import Compared, Likeness
from nlp.stories.linkage import average_linkage
from nlp.stories.neighbours import Neighbours
from nlp.stories.reading import side_of_story
from nlp.stories.themes import Burst, theme_model, themed
from nlp.stories.threads import LIKENESS, Threads

Item = tuple[Document, Analysis | None]


@dataclass(frozen=True)
class Thresholds:
    """When clusters merge, when stories are called related, what edge is worth keeping."""

    same: float = 0.27
    related: float = 0.30
    kept: float = 0.02
    touching: float = 0.10


class StoryIndex:
    """The stories of the last ``window_days``; not thread-safe: one process holds it."""

    def __init__(
        self,
        window_days: int = 7,
        *,
        capacity: int = 30_000,
        thresholds: Thresholds | None = None,
        burst: Burst | None = None,
        profile: Profile | None = None,
        reader: PairReader | None = None,
    ) -> None:
        self._window_days = window_days
        self._home = home_names(profile) if profile is not None else None
        self._home_codes = frozenset((profile.province,)) if profile is not None else frozenset()
        self._capacity = capacity
        self._thresholds = thresholds or Thresholds()
        self._burst = burst or Burst()
        self._has_reader = reader is not None
        self._likeness = Likeness(reader)
        self._themes = theme_model()
        self._copies = CopyFinder(capacity)
        self._near = Neighbours()
        self._threads = Threads()
        self._edges: dict[str, dict[str, float]] = {}
        self._texts: dict[str, str] = {}
        self._themes_of: dict[str, tuple[float, ...]] = {}
        self._cell_of: dict[str, int] = {}
        self._cells: dict[int, list[str]] = {}
        self._cell_numbers = itertools.count()
        self._story_of: dict[str, str] = {}
        self._bound: dict[str, str] = {}
        self._order: dict[str, int] = {}
        self._by_words: set[str] = set()
        self._ceased: dict[str, None] = {}
        self._arrivals = 0
        self._newest = float("-inf")

    def assign(
        self, items: Sequence[Item], now: datetime, *, is_hurried: bool = False
    ) -> StoryChange:
        """Return what the arrival of ``items`` changes: links, merged stories, related stories.

        ``is_hurried`` lets words alone decide, about fifteen times as fast as with the encoder.

        A document that comes again (a new revision) is compared anew and keeps its story unless
        its words now belong elsewhere; where its title and lead are those that were compared (a
        page after its feed item), nothing is. Links come for the new documents and for every
        document of the window whose story changed.
        """
        docs = list({doc.id: doc for doc, _ in items}.values())
        copies = {doc.id: self._copies.original_of(doc) for doc in docs}
        new = [doc.id for doc in docs]
        held = self._hold(docs, now, is_hurried=is_hurried)
        self._expire()
        self._connect_cells([id for id in held if self._is_press(id)])
        before = dict(self._story_of)
        self._name_groups(self._groups())
        self._bury(set(before.values()) - set(self._story_of.values()))
        changed = [id for id, story in self._story_of.items() if before.get(id) != story]
        changed = list(dict.fromkeys([*(id for id in new if id in self._story_of), *changed]))
        return StoryChange(
            links=tuple(self._link(id, copies.get(id, "")) for id in changed),
            merged=self._merged(before),
            related=self._related(new),
        )

    def restore(self, items: Iterable[tuple[Document, Analysis | None, str, bool]]) -> None:
        """Take up documents whose stories are known (oldest first), as after a restart.

        The last value tells that a person brought the story together: what is alike to any part
        of it joins it, and it is never told apart again.
        """
        known: dict[str, tuple[Document, str]] = {}
        for doc, _, story_id, is_bound in items:
            known[doc.id] = (doc, story_id)
            if is_bound:
                self._bound[doc.id] = story_id
        for doc, _ in known.values():
            self._copies.original_of(doc)
        self._hold(
            [doc for doc, _ in known.values()], None, {id: s for id, (_, s) in known.items()}
        )
        self._story_of.update({id: story for id, (_, story) in known.items() if story})
        own = {id: lone_story_id(id) for id in self._story_of}
        self._bury({own[id] for id, story in self._story_of.items() if story != own[id]})
        self._expire()
        self._connect_cells([id for id in self._edges if self._is_press(id)])
        self._name_groups(self._groups())

    def story_of(self, document_id: str) -> str:
        """Return the story of a document of the window; raises KeyError for any other."""
        return self._story_of[document_id]

    def __len__(self) -> int:
        return len(self._edges)

    # Holding and forgetting documents

    def _hold(
        self,
        docs: Sequence[Document],
        now: datetime | None,
        decided: Mapping[str, str] | None = None,
        *,
        is_hurried: bool = False,
    ) -> list[str]:
        """Take up documents and connect each with its neighbours; ``decided`` are known stories.

        Returns those that were compared: not one that looks as it did.
        """
        compared = []
        for doc in docs:
            traits = traits_of(doc, latest=now, home=self._home)
            if doc.id in self._edges:
                if self._looks_as_before(doc, traits):
                    continue
                self._forget(doc.id, keeps_story=True)
            compared.append(Compared(doc, traits, self._near.nearest(traits)))
            self._edges[doc.id] = {}
            self._texts[doc.id] = side_of_story(doc)
            for mate in self._threads.mates(doc):
                self._edges[doc.id][mate] = self._edges[mate][doc.id] = LIKENESS
            self._threads.add(doc)
            self._near.add(traits)
            if decided is None and (is_hurried or not self._has_reader):
                self._by_words.add(doc.id)
            self._themes_of[doc.id] = self._themes.probabilities(traits)
            self._order.setdefault(doc.id, self._arrivals)
            self._arrivals += 1
            self._newest = max(self._newest, traits.at)
        found = self._likeness.of(compared, self._texts, decided, is_hurried=is_hurried)
        for one, likely in zip(compared, found, strict=True):
            for (other, _), p in zip(one.near, likely, strict=True):
                if p >= self._thresholds.kept:
                    self._edges[one.doc.id].setdefault(other.document_id, p)
                    self._edges[other.document_id].setdefault(one.doc.id, p)
        return [one.doc.id for one in compared]

    def _looks_as_before(self, doc: Document, traits: Traits) -> bool:
        """Whether all that a comparison sees of a held document is what it saw before."""
        is_same = self._near.get(doc.id) == traits and self._texts[doc.id] == side_of_story(doc)
        return is_same and not doc.kind.is_social

    def _forget(self, document_id: str, *, keeps_story: bool = False) -> None:
        self._near.remove(document_id)
        self._threads.remove(document_id)
        for other in self._edges.pop(document_id):
            del self._edges[other][document_id]
        del self._themes_of[document_id]
        del self._texts[document_id]
        self._by_words.discard(document_id)
        cell = self._cell_of.pop(document_id, None)
        if cell is not None:
            self._cells[cell].remove(document_id)
            if not self._cells[cell]:
                del self._cells[cell]
        if not keeps_story:
            self._story_of.pop(document_id, None)
            self._bound.pop(document_id, None)
            self._order.pop(document_id, None)

    def _expire(self) -> None:
        horizon = self._newest - self._window_days
        old = [id for id in self._edges if self._near.get(id).at < horizon]
        surplus = len(self._edges) - len(old) - self._capacity
        if surplus > 0:
            gone = set(old)
            old += [id for id in self._edges if id not in gone][:surplus]
        for document_id in old:
            self._forget(document_id)

    # Clusters

    def _connect_cells(self, new: Sequence[str]) -> None:
        """Cluster again the new documents with every cell that they touch."""
        touched = {
            self._cell_of[other]
            for id in new
            for other, p in self._edges[id].items()
            if p >= self._thresholds.touching and other in self._cell_of
        }
        nodes = [id for cell in sorted(touched) for id in self._cells.pop(cell)]
        nodes = sorted({*nodes, *new}, key=self._order.__getitem__)
        number = {id: n for n, id in enumerate(nodes)}
        edges = [
            (n, number[other], p)
            for id, n in number.items()
            for other, p in self._edges[id].items()
            if other in number and number[other] > n
        ]
        cells = average_linkage(len(nodes), edges, self._thresholds.same)
        if self._home is not None:
            cells = join_angles(cells, edges, [self._may_be_angle(id) for id in nodes])
        for cell in cells:
            number_of_cell = next(self._cell_numbers)
            self._cells[number_of_cell] = [nodes[n] for n in cell]
            for n in cell:
                self._cell_of[nodes[n]] = number_of_cell

    def _may_be_angle(self, document_id: str) -> bool:
        """Whether a document names the office's own province or none, and the encoder compared it:
        words alone call too much of one town alike."""
        named = self._near.get(document_id).provinces
        is_home = not named or not named.isdisjoint(self._home_codes)
        return is_home and document_id not in self._by_words

    def _groups(self) -> list[list[str]]:
        """Return the documents of each story of the window: cells, and themed cells together."""
        cells = list(self._cells.values())
        number = {id: n for n, id in enumerate(self._themes_of)}
        rows = np.asarray(list(self._themes_of.values())).reshape(-1, 2)
        themes = themed([[number[id] for id in cell] for cell in cells], rows, self._burst)
        groups: list[list[str]] = []
        great: dict[int, list[str]] = {}
        for cell, theme in zip(cells, themes, strict=True):
            if theme < 0:
                groups.append(cell)
            else:
                great.setdefault(theme, []).extend(cell)
        groups += (sorted(ids, key=self._order.__getitem__) for ids in great.values())
        social = [id for id in self._edges if self._near.get(id).is_social]
        return self._bound_together(
            join_threads(groups, self._threads.grouped(social), self._edges)
        )

    def _bound_together(self, groups: Sequence[list[str]]) -> list[list[str]]:
        """Join the groups that hold parts of a story that a person brought together."""
        found: list[list[str]] = []
        parts: list[tuple[set[str], list[str]]] = []
        for group in groups:
            stories = {self._bound[id] for id in group if id in self._bound}
            if not stories:
                found.append(group)
                continue
            ids = list(group)
            for part in [part for part in parts if part[0] & stories]:
                parts.remove(part)
                stories |= part[0]
                ids += part[1]
            parts.append((stories, ids))
        return found + [sorted(ids, key=self._order.__getitem__) for _, ids in parts]

    def _is_press(self, document_id: str) -> bool:
        return document_id in self._edges and not self._near.get(document_id).is_social

    def _name_groups(self, groups: Sequence[Sequence[str]]) -> None:
        """Give each group the story id that most of its documents had, else a new one."""
        wishes = []
        for number, group in enumerate(groups):
            held = Counter(self._story_of[id] for id in group if id in self._story_of)
            wishes += [
                (-count, self._order[group[0]], story, number) for story, count in held.items()
            ]
        taken: dict[str, int] = {}
        named: dict[int, str] = {}
        for _, _, story, number in sorted(wishes):
            if story not in taken and number not in named:
                taken[story] = number
                named[number] = story
        for number, group in enumerate(groups):
            story = named.get(number) or self._new_story_id(group, taken)
            taken[story] = number
            for id in group:
                self._story_of[id] = story

    def _new_story_id(self, group: Sequence[str], taken: Collection[str]) -> str:
        """Return the story id of the first document whose own was not yet given to another."""
        attempts = itertools.chain(group, (f"{group[0]}/{n}" for n in itertools.count(2)))
        return next(
            id for id in map(lone_story_id, attempts) if id not in taken and id not in self._ceased
        )

    def _bury(self, stories: Collection[str]) -> None:
        """Give the ids of ``stories`` to no other: the ledger leads each to its heir for good.

        After a restart an id of a document that is no longer the founder of its story counts as
        ceased. The latest are remembered, as many as documents.
        """
        living = set(self._story_of.values())
        self._ceased.update(dict.fromkeys(sorted(set(stories) - living)))
        for story in list(self._ceased)[: max(0, len(self._ceased) - self._capacity)]:
            del self._ceased[story]

    def _merged(self, before: dict[str, str]) -> tuple[tuple[str, str], ...]:
        living = set(self._story_of.values())
        heirs: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for id, story in before.items():
            if story not in living and id in self._story_of:
                heirs[story][self._story_of[id]] += 1
        return tuple((gone, heir.most_common(1)[0][0]) for gone, heir in sorted(heirs.items()))

    # Explanations

    def _link(self, document_id: str, copy_of: str) -> StoryLink:
        story = self._story_of[document_id]
        mates = [
            (p, other)
            for other, p in self._edges[document_id].items()
            if self._story_of.get(other) == story
        ]
        if not mates:
            return StoryLink(document_id, story, 0.0, copy_of=copy_of)
        score, mate = max(mates)
        shared = shared_words(self._near.get(document_id), self._near.get(mate))
        link = StoryLink(document_id, story, round(score, 4), shared, copy_of)
        own = self._order[document_id]
        earlier = [(p, other) for p, other in mates if self._order[other] < own]
        if not earlier or document_id in self._bound:
            return link
        score, mate = max(earlier)
        return replace(link, near=mate, near_score=round(score, 4))

    def _related(self, new: Sequence[str]) -> tuple[tuple[str, str], ...]:
        found: set[tuple[str, str]] = set()
        for id in new:
            story = self._story_of.get(id, "")
            for other, p in self._edges.get(id, {}).items():
                theirs = self._story_of[other]
                if p >= self._thresholds.related and story != theirs:
                    found.add((min(story, theirs), max(story, theirs)))
        return tuple(sorted(found))
