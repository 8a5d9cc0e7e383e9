"""A page's ClaimReview (schema.org): the claim that it checks and what it concludes.

It only ever fills a form that a person reads: nothing is recorded from a mark-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from crawlers.dates import parse_date
from crawlers.jsonld import json_ld, types_of
from crawlers.markup import title_text
from langnghe.claim import Verdict
from langnghe.clock import to_local
from langnghe.text import normalize, words

_MARK = "ClaimReview"
_LONGEST_CLAIM, _LONGEST_BODY = 500, 2000
# Words of a conclusion, the more telling first: "sai một phần" before "sai".
_VERDICTS: tuple[tuple[Verdict, tuple[str, ...]], ...] = (
    (
        Verdict.MISLEADING,
        ("một phần", "hiểu lầm", "hiểu nhầm", "thiếu bối cảnh", "thiếu ngữ cảnh", "lệch lạc",
         "misleading", "half", "partly", "mostly", "mixture", "missing context"),
    ),
    (
        Verdict.UNSUPPORTED,
        ("chưa có căn cứ", "không có căn cứ", "chưa xác minh", "chưa kiểm chứng", "unproven",
         "unverified", "unsupported"),
    ),
    (
        Verdict.FALSE,
        ("sai", "giả", "bịa đặt", "không đúng", "chưa đúng", "không chính xác", "chưa chính xác",
         "xuyên tạc", "false", "fake", "incorrect", "inaccurate", "untrue", "not true",
         "not correct", "not accurate", "pants on fire", "hoax"),
    ),
    (Verdict.TRUE, ("đúng", "chính xác", "true", "correct", "accurate")),
)  # fmt: skip


@dataclass(frozen=True)
class ClaimReview:
    """What a page states of a claim; "" and None where it says nothing."""

    claim: str
    verdict: Verdict
    body: str = ""
    publisher: str = ""
    dated: date | None = None


def claim_review(tree: etree._Element) -> ClaimReview | None:
    """Return the first review of a claim in the page's JSON-LD; None for nearly every page."""
    # Looked for as a word first: a page without it must cost nothing.
    if not any(_MARK in (script.text or "") for script in tree.iter("script")):
        return None
    for node in json_ld(tree):
        if _MARK.lower() in types_of(node):
            claim = _words(node.get("claimReviewed"))[:_LONGEST_CLAIM]
            if claim:
                return _review(node, claim)
    return None


def _review(node: Mapping[str, Any], claim: str) -> ClaimReview:
    published_at = parse_date(_words(node.get("datePublished")))
    body = _words(node.get("reviewBody")) or _words(node.get("description"))
    return ClaimReview(
        claim=claim,
        verdict=verdict_of(node.get("reviewRating")),
        body=body[:_LONGEST_BODY],
        publisher=_name(node.get("author"))[:120],
        dated=to_local(published_at).date() if published_at else None,
    )


def verdict_of(rating: Any) -> Verdict:
    """Return what a rating concludes: its words first, else its number, else unsupported."""
    if not isinstance(rating, Mapping):
        return Verdict.UNSUPPORTED
    said = f" {' '.join(words(normalize(_words(rating.get('alternateName')))))} "
    for verdict, cues in _VERDICTS:
        if any(f" {cue} " in said for cue in cues):
            return verdict
    try:
        worst, best = float(rating.get("worstRating", 1)), float(rating.get("bestRating", 5))
        value = (float(rating["ratingValue"]) - worst) / (best - worst)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return Verdict.UNSUPPORTED
    if value >= 1:
        return Verdict.TRUE
    return Verdict.FALSE if value <= 0 else Verdict.MISLEADING


def _name(author: Any) -> str:
    if isinstance(author, list):
        author = author[0] if author else ""
    return _words(author.get("name") if isinstance(author, Mapping) else author)


def _words(value: Any) -> str:
    return title_text(value) if isinstance(value, str) else ""
