"""Where a page ends and the next begins."""

from __future__ import annotations

import math

from indexer.store import MOST_HITS
from langnghe.errors import QueryError

Cursor = tuple[float, int, str]


def page_size(limit: int) -> int:
    """Return ``limit`` within what one page can hold."""
    return max(0, min(limit, MOST_HITS))


def write_cursor(score: float, position: int, document_id: str = "") -> str:
    """Return the ``after`` of the page that follows a hit."""
    return f"{score!r}_{position}_{document_id}"


def read_cursor(after: str | None) -> Cursor | None:
    """Return the score, position and id of ``after``; raises QueryError when no page gave it."""
    if not after:
        return None
    pieces = after.split("_", 2)
    try:
        if len(pieces) == 3:
            score, position = float(pieces[0]), int(pieces[1])
            if math.isfinite(score) and abs(position) < 1 << 63:
                return score, position, pieces[2]
    except ValueError:
        pass
    raise QueryError("not a page", 0, "Trang này không còn; hãy tìm lại từ trang đầu.")
