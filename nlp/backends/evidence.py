"""Picks the words that pushed a decision and gives them as they stand in the text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.backends.features import WORD

MAX_SPANS = 3
MAX_WORDS = 4
NEIGHBOUR_SHARE = 0.35
SPAN_SHARE = 0.25


def spans(pair: tuple[str, str], scores: NDArray[np.float32]) -> tuple[str, ...]:
    """The strongest runs of words, strongest first; ``scores`` has one number a word.

    A run grows around a strong word while its neighbours push the same way,
    up to four words, inside one side of the text. Words that pushed against
    the decision are never evidence.
    """
    if not len(scores) or scores.max() <= 0:
        return ()
    left = scores.astype(np.float64)
    positions = [(side, m.start(), m.end()) for side in (0, 1) for m in WORD.finditer(pair[side])]
    peak = float(left.max())
    found: list[str] = []
    for _ in range(MAX_SPANS):
        centre = int(left.argmax())
        if left[centre] < SPAN_SHARE * peak:
            break
        first, last = _grow(left, positions, centre)
        span = pair[positions[centre][0]][positions[first][1] : positions[last][2]]
        if span.lower() not in (other.lower() for other in found):
            found.append(span)
        left[first : last + 1] = 0
    return tuple(found)


def _grow(
    scores: NDArray[np.float64], positions: Sequence[tuple[int, int, int]], centre: int
) -> tuple[int, int]:
    enough = NEIGHBOUR_SHARE * scores[centre]
    first = last = centre
    while last - first + 1 < MAX_WORDS:
        before, after = (
            _neighbour(scores, positions, first, -1),
            _neighbour(scores, positions, last, 1),
        )
        if max(before, after) < enough:
            break
        if before >= after:
            first -= 1
        else:
            last += 1
    return first, last


def _neighbour(
    scores: NDArray[np.float64], positions: Sequence[tuple[int, int, int]], at: int, step: int
) -> float:
    to = at + step
    if not 0 <= to < len(positions) or positions[to][0] != positions[at][0]:
        return -1.0
    return float(scores[to])
