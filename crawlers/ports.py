"""What the crawlers need from the outside; the ledger implements it, tests fake it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from langnghe.document import Document
from langnghe.source import FetchReport, FetchState, Source


@dataclass(frozen=True)
class PutResult:
    """The ids of the documents that were new, revised or already known as they are."""

    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


@dataclass(frozen=True)
class CrawlJob:
    """One source that is due, with what its earlier fetches taught us."""

    source: Source
    state: FetchState


@dataclass(frozen=True)
class Pushed:
    """A feed that a source's hub pushed to us, as it came."""

    job: CrawlJob
    content_type: str
    body: bytes


class LinkDesk(Protocol):
    """Takes what came of the links that people added; raises LedgerUnavailable while it cannot."""

    def read(self, entry_id: str, doc: Document) -> None:
        """Give the entry its page: ``doc`` under the page's own identity."""
        ...

    def unreadable(self, entry: Document, reason: str) -> None:
        """Note why the entry's page cannot be read; it stays as it was entered."""
        ...


class Inbox(Protocol):
    """Takes what was read. Every call is one transaction; repeating one changes nothing."""

    def put(self, documents: Sequence[Document]) -> PutResult:
        """Store ``documents``; raises LedgerUnavailable when nothing could be stored."""
        ...

    def unknown(self, ids: Sequence[str]) -> set[str]:
        """Return those document ``ids`` whose full text is not stored: pages worth fetching."""
        ...

    def report(self, report: FetchReport) -> None:
        """Record how a fetch went; the next fetch time follows from it."""
        ...

    def gone(self, document_id: str) -> None:
        """Note that a document is gone at its source: an article stays, marked; the words of a
        post that its author deleted are kept no more."""
        ...

    def quarantine(self, source_id: str, url: str, reason: str, payload: bytes) -> None:
        """Keep input that could not be understood, for a person to look at."""
        ...
