"""Claims that need checking: documents matched against a ledger of recorded fact-checks."""

from nlp.claims.matcher import ClaimMatcher, Cuts

__all__ = ["ClaimMatcher", "Cuts"]
