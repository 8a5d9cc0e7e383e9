"""Where a page ends and the next begins."""

from __future__ import annotations

import math

from indexer.store import MOST_HITS
from langnghe.errors import QueryError


def page_size(limit: int) -> int:
    """Return ``limit`` within what one page can hold."""
    return max(0, min(limit, MOST_HITS))


def write_cursor(score: float, position: int) -> str:
    """Return the ``after`` of the page that follows a hit."""
    return f"{score!r}_{position}"


def read_cursor(after: str | None) -> tuple[float, int] | None:
    """Return the score and position of ``after``; raises QueryError when no page gave it."""
    if not after:
        return None
    pieces = after.split("_")
    try:
        if len(pieces) == 2:
            score, position = float(pieces[0]), int(pieces[1])
            if math.isfinite(score) and abs(position) < 1 << 63:
                return score, position
    except ValueError:
        pass
    raise QueryError("not a page", 0, "Trang này không còn; hãy tìm lại từ trang đầu.")
