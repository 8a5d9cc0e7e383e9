"""What the encoder reads of a document when it compares it with another one."""

from __future__ import annotations

from langnghe.document import Document
from langnghe.text import normalize

WORDS = 45


def side_of_story(doc: Document) -> str:
    """One side of a pair: the title, then the lead or the text, at most 45 words in all."""
    said = f"{doc.title}. {doc.lead or doc.text[:600]}" if doc.title else doc.text[:800]
    if doc.kind.is_social and doc.parent_title:
        said = f"{doc.parent_title}. {said}"
    return normalize(" ".join(said.split(maxsplit=WORDS)[:WORDS]))
