"""What of a document a classifier reads: a headline side and a body side, in one normal form."""

from __future__ import annotations

from langnghe.text import normalize
from nlp.accents import with_marks
from nlp.backends.base import TextInput

LEAD_WORDS = 60
SOCIAL_WORDS = 120


def pair(item: TextInput) -> tuple[str, str]:
    """The two sides of a text, normalised.

    An article gives its title and its lead, or the first 60 words of its text
    where the lead is empty; a post or comment gives the title above it and
    what it says, at most 120 words of it; marks that its writer left out are put back.
    """
    if not item.kind.is_social:
        return normalize(item.title), normalize(item.lead.strip() or _first(item.text, LEAD_WORDS))
    said = " ".join(part for part in (item.title, item.lead, item.text) if part.strip())
    return normalize(item.parent_title), with_marks(normalize(_first(said, SOCIAL_WORDS)))


def _first(text: str, words: int) -> str:
    return " ".join(text.split(maxsplit=words)[:words])


def spoken(item: TextInput) -> tuple[str, str]:
    """A post seen as if it were news, for its topic: what it stands under, then what it says,
    at most 120 words of each."""
    headline = item.parent_title.strip() or item.title
    body = item.text if item.parent_title.strip() == "" else f"{item.title} {item.text}"
    above, below = (with_marks(normalize(_first(side, SOCIAL_WORDS))) for side in (headline, body))
    return above, below
