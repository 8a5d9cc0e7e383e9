"""Average-linkage clustering of a sparse graph: what is not compared counts as not alike."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

Edge = tuple[int, int, float]


def average_linkage(count: int, edges: Iterable[Edge], threshold: float) -> list[list[int]]:
    """Return clusters of the nodes 0 … count-1, each sorted, in the order of their first nodes.

    Two clusters merge, the most alike first, while the mean likeness over all pairs between them
    is at least ``threshold``. Ties fall to the lower node numbers, so the answer depends on the
    graph alone. Takes O(e log e) for e edges.
    """
    links: list[dict[int, float]] = [{} for _ in range(count)]
    members: list[list[int]] = [[node] for node in range(count)]
    heap: list[tuple[float, int, int, int, int]] = []
    for a, b, likeness in edges:
        links[a][b] = links[b][a] = likeness
        if likeness >= threshold:
            heap.append((-likeness, min(a, b), max(a, b), 1, 1))
    heapq.heapify(heap)
    while heap:
        _, a, b, size_a, size_b = heapq.heappop(heap)
        if len(members[a]) != size_a or len(members[b]) != size_b:
            continue
        _absorb(a, b, links, members)
        for c, total in links[a].items():
            mean = total / (len(members[a]) * len(members[c]))
            if mean >= threshold:
                low, high = min(a, c), max(a, c)
                heapq.heappush(heap, (-mean, low, high, len(members[low]), len(members[high])))
    return [sorted(found) for found in members if found]


def _absorb(a: int, b: int, links: list[dict[int, float]], members: list[list[int]]) -> None:
    members[a] += members[b]
    members[b] = []
    del links[a][b]
    for c, total in links[b].items():
        if c != a:
            del links[c][b]
            links[a][c] = links[c][a] = links[a].get(c, 0.0) + total
    links[b] = {}
