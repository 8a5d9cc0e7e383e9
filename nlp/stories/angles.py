"""The angles of one long matter: what a crisis of the office's own province falls into.

Average linkage asks that a whole cluster be alike. A crisis that fills a province's day is told
from many sides (the smell, the patients, the plant, the investigation, the apology) that share
few words, so that it becomes five stories of one matter. At home, where documents are few and a
spokesperson needs the matter whole, a cluster joins a larger one when each of its documents has
some there that clearly tell of the same.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence

from nlp.stories.linkage import Edge

JOINS = 0.5
_NEAREST = 3


def join_angles(
    cells: Iterable[Sequence[int]], edges: Iterable[Edge], is_home: Sequence[bool]
) -> list[list[int]]:
    """Return ``cells`` with those joined that are angles of one matter, each sorted.

    ``edges`` hold the likeness of nodes, ``is_home`` says of each node whether it may belong to a
    matter of the office's province; a cell takes part when most of its nodes may. The likeness of
    two cells is the mean, over the nodes of the smaller one, of the three best likenesses to the
    larger one; what is missing counts as 0. The most alike join first.
    """
    return _Angles([list(cell) for cell in cells], edges, is_home).joined()


class _Angles:
    def __init__(
        self, members: list[list[int]], edges: Iterable[Edge], is_home: Sequence[bool]
    ) -> None:
        self._members = members
        self._cell_of = {
            node: number
            for number, nodes in enumerate(members)
            if 2 * sum(is_home[node] for node in nodes) > len(nodes)
            for node in nodes
        }
        self._links: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        for a, b, likeness in edges:
            if a in self._cell_of and b in self._cell_of:
                self._links[a].append((b, likeness))
                self._links[b].append((a, likeness))
        self._heap: list[tuple[float, int, int, int, int]] = []

    def joined(self) -> list[list[int]]:
        for cell in sorted(set(self._cell_of.values())):
            self._offer(cell)
        while self._heap:
            _, a, b, size_a, size_b = heapq.heappop(self._heap)
            if len(self._members[a]) != size_a or len(self._members[b]) != size_b:
                continue
            self._members[a] += self._members[b]
            self._cell_of.update(dict.fromkeys(self._members[b], a))
            self._members[b] = []
            for other in self._beside(a) | {a}:
                self._offer(other)
        return [sorted(nodes) for nodes in self._members if nodes]

    def _beside(self, cell: int) -> set[int]:
        return {
            self._cell_of[other] for node in self._members[cell] for other, _ in self._links[node]
        }

    def _offer(self, cell: int) -> None:
        """Put the larger cells that ``cell`` could join onto the heap."""
        totals: defaultdict[int, float] = defaultdict(float)
        for node in self._members[cell]:
            towards: defaultdict[int, list[float]] = defaultdict(list)
            for other, likeness in self._links[node]:
                towards[self._cell_of[other]].append(likeness)
            for theirs, likenesses in towards.items():
                totals[theirs] += sum(heapq.nlargest(_NEAREST, likenesses)) / _NEAREST
        size = len(self._members[cell])
        for other, total in totals.items():
            theirs = len(self._members[other])
            if other != cell and theirs >= size and total >= JOINS * size:
                low, high = min(cell, other), max(cell, other)
                sizes = len(self._members[low]), len(self._members[high])
                heapq.heappush(self._heap, (-total / size, low, high, *sizes))
