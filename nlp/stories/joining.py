"""How posts and comments join the stories that the press tells.

A post has few words and is like few documents, so that it would thin out every mean. The press is
clustered alone; a thread (a post with its answers) then joins the story to which its nearest
documents belong, and threads that no story takes are clustered among themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from heapq import nlargest

from nlp.stories.linkage import average_linkage

_NEAREST = 3
JOINS = 0.2
AMONG_THREADS = 0.4


def join_threads(
    groups: Sequence[Sequence[str]],
    threads: Sequence[Sequence[str]],
    edges: Mapping[str, Mapping[str, float]],
) -> list[list[str]]:
    """Return ``groups`` with the threads that join them, then the threads' own groups.

    ``edges`` hold the likeness of pairs. A thread's likeness to a group is the mean of its three
    best pairs; what is missing counts as 0, so that one chance likeness does not carry a thread.
    A thread that holds a document of a group (a comment under an article) belongs to it.
    """
    found = [list(group) for group in groups]
    group_of = {id: number for number, group in enumerate(groups) for id in group}
    left: list[list[str]] = []
    for thread in threads:
        number = _home(thread, group_of, edges)
        members = [id for id in thread if id not in group_of]
        if number is None:
            left.append(members)
        else:
            found[number].extend(members)
    return found + _among(left, edges)


def _home(
    thread: Sequence[str], group_of: Mapping[str, int], edges: Mapping[str, Mapping[str, float]]
) -> int | None:
    for id in thread:
        if id in group_of:
            return group_of[id]
    pairs: defaultdict[int, list[float]] = defaultdict(list)
    for id in thread:
        for other, likeness in edges[id].items():
            if other in group_of:
                pairs[group_of[other]].append(likeness)
    scores = [(sum(nlargest(_NEAREST, p)) / _NEAREST, -number) for number, p in pairs.items()]
    best, number = max(scores, default=(0.0, 0))
    return -number if best >= JOINS else None


def _among(
    threads: Sequence[Sequence[str]], edges: Mapping[str, Mapping[str, float]]
) -> list[list[str]]:
    number_of = {id: number for number, thread in enumerate(threads) for id in thread}
    best: defaultdict[tuple[int, int], float] = defaultdict(float)
    for id, number in number_of.items():
        for other, likeness in edges[id].items():
            theirs = number_of.get(other, number)
            if theirs > number:
                best[number, theirs] = max(best[number, theirs], likeness)
    links = [(one, other, likeness) for (one, other), likeness in sorted(best.items())]
    cells = average_linkage(len(threads), links, AMONG_THREADS)
    return [[id for number in cell for id in threads[number]] for cell in cells]
