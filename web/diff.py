"""What a publisher changed in a headline, word by word, for the eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise

from langnghe.document import Revision


@dataclass(frozen=True)
class Piece:
    """Some words and what happened to them: "" kept, "del" taken away, "ins" put in."""

    text: str
    change: str = ""


@dataclass(frozen=True)
class TitleEdit:
    """One visible edit: when we saw it, which parts changed, and the headline's two wordings."""

    seen_at: datetime
    parts: tuple[str, ...]
    pieces: tuple[Piece, ...]


_PARTS = {"title": "tiêu đề", "lead": "sapo", "text": "nội dung"}


def title_edits(revisions: Sequence[Revision]) -> list[TitleEdit]:
    """Return the edits between following revisions, newest first."""
    found: list[TitleEdit] = []
    for before, after in pairwise(revisions):
        parts = tuple(
            word for name, word in _PARTS.items() if getattr(before, name) != getattr(after, name)
        )
        pieces = word_diff(before.title, after.title) if before.title != after.title else ()
        found.append(TitleEdit(after.seen_at, parts, tuple(pieces)))
    return found[::-1]


def word_diff(before: str, after: str) -> list[Piece]:
    """Return both wordings in one line of kept, deleted and inserted pieces."""
    old, new = before.split(), after.split()
    pieces: list[Piece] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(" ".join(old[a1:a2])))
            continue
        if a2 > a1:
            pieces.append(Piece(" ".join(old[a1:a2]), "del"))
        if b2 > b1:
            pieces.append(Piece(" ".join(new[b1:b2]), "ins"))
    return pieces
