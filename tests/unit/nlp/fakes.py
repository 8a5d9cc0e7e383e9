"""Documents by hand and a backend that answers from a table, for tests without a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from langnghe.document import Document, DocumentKind
from nlp.backends.base import Guess, Guesses, TextInput

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def make_doc(
    title: str = "",
    lead: str = "",
    text: str = "",
    *,
    id: str = "d1",
    kind: DocumentKind = DocumentKind.ARTICLE,
    hours: float = 0.0,
    outlet: str = "Báo A",
    parent_title: str = "",
    province: str = "",
) -> Document:
    """Return a document seen ``hours`` after NOW."""
    moment = NOW + timedelta(hours=hours)
    return Document(
        id=id,
        kind=kind,
        source_id=outlet,
        outlet=outlet,
        url=f"https://example.vn/{id}",
        title=title,
        lead=lead,
        text=text,
        published_at=moment,
        first_seen_at=moment,
        fetched_at=moment,
        parent_title=parent_title,
        province=province,
    )


def guess(label: str, confidence: float = 0.9, evidence: tuple[str, ...] = ()) -> Guess:
    """Return a guess with one probability."""
    return Guess(label, confidence, {label: confidence}, evidence)


class FakeBackend:
    """Answers what ``answer`` says of each text; by default a sure neutral."""

    name = "fake"
    version = "1"

    def __init__(self, answer: Callable[[TextInput], Guesses] | None = None) -> None:
        self._answer = answer or self._neutral
        self.batches: list[int] = []

    def classify(self, inputs: Sequence[TextInput]) -> list[Guesses]:
        self.batches.append(len(inputs))
        return [self._answer(text) for text in inputs]

    @staticmethod
    def _neutral(text: TextInput) -> Guesses:
        intent = guess("other") if text.kind.is_social else None
        return Guesses(guess("y_te"), guess("neu"), guess("na"), intent)
