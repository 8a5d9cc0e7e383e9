"""Recognises corrections and fact-checks in the press as candidates for the ledger.

A candidate only fills a form: a person checks claim, quote and verdict before it is recorded.
Posts are never candidates; a correction needs a publisher and an address to be cited.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from langnghe.claim import FactCheck
from langnghe.clock import to_local
from langnghe.document import Document, DocumentKind
from langnghe.text import normalize
from nlp.resources import read_entries
from nlp.segment import sentences

_LEAD_IN = re.compile(r"^[^:]{3,60}:\s*")
_LEAST_CUES = 2


def candidates(docs: Sequence[Document]) -> list[FactCheck]:
    """Return a filled form for each press article that corrects a claim, in order.

    The headline must carry a cue, and headline and lead two different ones together. ``claim``
    is the headline without its cue, ``quote`` the sentence with the strongest cue; both are a
    start for the person who records the fact-check.
    """
    found = []
    for doc in docs:
        if doc.kind is not DocumentKind.ARTICLE or not doc.url:
            continue
        title, lead = normalize(doc.title), normalize(doc.lead or doc.text[:400])
        in_title = _cues().findall(title)
        cues = {cue.lower() for cue in (*in_title, *_cues().findall(lead))}
        if in_title and len(cues) >= _LEAST_CUES:
            found.append(_form(doc, title, lead))
    return found


def _form(doc: Document, title: str, lead: str) -> FactCheck:
    telling = [sentence for sentence in sentences(lead) if _cues().search(sentence)]
    return FactCheck(
        id=doc.id,
        claim=_claim_in(title),
        correction=title,
        dated=to_local(doc.published_at).date(),
        url=doc.url,
        quote=telling[0] if telling else lead,
        publisher=doc.outlet,
    )


def _claim_in(title: str) -> str:
    """Return the headline without the words that correct it."""
    bare = _cues().sub(" ", _LEAD_IN.sub("", title))
    return " ".join(bare.split()).strip(" ,.'\"“”‘’") or title


@lru_cache(maxsize=1)
def _cues() -> re.Pattern[str]:
    longest_first = sorted(read_entries("correction-cues.txt"), key=len, reverse=True)
    return re.compile(
        r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.IGNORECASE
    )
