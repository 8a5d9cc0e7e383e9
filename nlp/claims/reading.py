"""What the encoder reads when it judges how a text stands to a claim."""

from __future__ import annotations

from langnghe.text import normalize

REFERENCE_WORDS, TEXT_WORDS = 50, 60


def sides_of_claim(claim: str, correction: str, text: str) -> tuple[str, str]:
    """The claim with the beginning of its correction, and the text that is judged."""
    return _first(f"{claim} Đính chính: {correction}", REFERENCE_WORDS), _first(text, TEXT_WORDS)


def _first(text: str, words: int) -> str:
    return normalize(" ".join(text.split(maxsplit=words)[:words]))
