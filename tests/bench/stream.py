"""The recorded stream as analysed documents, repeated with shifted times to any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

from langnghe.analysis import AnalysedDocument, Analysis, Label, Tone, Topic
from langnghe.document import Document
from langnghe.items import read_items

_SHIFT = timedelta(minutes=37)
_TOPICS, _TONES = list(Topic), list(Tone)


def stream_file(shared: Path) -> str:
    """Return the path of the recorded stream."""
    return str(next((shared / "data" / "news").glob("stream-*.jsonl.gz")))


def analysed_stream(shared: Path, count: int) -> Iterator[AnalysedDocument]:
    """Yield ``count`` documents; each round of the stream lies 37 minutes after the one before.

    The labels are made from the id: spread like real ones over fields, but without meaning.
    """
    recorded = list(read_items(stream_file(shared)))
    yield from islice(_rounds(recorded), count)


def batches(items: Iterator[AnalysedDocument], size: int) -> Iterator[list[AnalysedDocument]]:
    """Yield ``items`` in lists of ``size``."""
    while batch := list(islice(items, size)):
        yield batch


def _rounds(recorded: list[Document]) -> Iterator[AnalysedDocument]:
    number = 0
    while True:
        for doc in recorded:
            yield _analysed(doc if number == 0 else _shifted(doc, number))
        number += 1


def _shifted(doc: Document, number: int) -> Document:
    return replace(doc, id=f"{doc.id}-{number}", published_at=doc.published_at + _SHIFT * number)


def _analysed(doc: Document) -> AnalysedDocument:
    seed = int(doc.id[:8], 16)
    analysis = Analysis(
        doc.id,
        1,
        topic=Label(_TOPICS[seed % len(_TOPICS)], 0.9),
        tone=Label(_TONES[seed // 31 % len(_TONES)], 0.9),
        stance=Label("na", 0.9),
        intent=None,
    )
    return AnalysedDocument(doc, analysis, story_id=f"s{seed // 7 % 40_000:x}")
