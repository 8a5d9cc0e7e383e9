"""``langnghe analyze``: labels for the items of a file, one JSON object a line."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from langnghe.analysis import Analysis, Label, PlaceMention
from langnghe.document import Document
from langnghe.settings import load_settings
from langnghe.wording import (
    INTENT_LABELS,
    STANCE_LABELS,
    TONE_LABELS,
    TOPIC_LABELS,
    UNSURE,
    label,
    place_note,
)
from nlp.pipeline import Pipeline
from runtime.cli.items_file import ItemsFile
from runtime.understanding import open_pipeline

_BATCH = 64


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("analyze", help="Phân tích các tin trong một tệp (mỗi dòng một JSON).")(analyze)


def analyze(
    items: Annotated[str, typer.Argument(help="Tệp JSON Lines (.gz được), “-” là đầu vào chuẩn.")],
    backend: Annotated[
        str, typer.Option(help="Mô hình: auto, linear hoặc encoder; bỏ trống là theo cài đặt.")
    ] = "",
) -> None:
    """Print one line of labels for each item, in order; memory does not grow with the file."""
    file = ItemsFile(items)
    analysed = _analysed(open_pipeline(load_settings(), backend=backend), file)
    if sys.stdout.isatty():
        _print_table(analysed)
    else:
        for doc, analysis in analysed:
            sys.stdout.write(json.dumps(row_of(doc, analysis), ensure_ascii=False) + "\n")
    file.end()


def row_of(doc: Document, analysis: Analysis) -> dict[str, Any]:
    """Return the JSON object of one analysed item: plain label strings of the gold files."""
    labels: dict[str, Label | None] = {
        "topic": analysis.topic,
        "tone": analysis.tone,
        "stance": analysis.stance,
        "intent": analysis.intent,
    }
    known = {name: found for name, found in labels.items() if found is not None}
    return {
        "id": doc.id,
        **{name: None if found is None else str(found.value) for name, found in labels.items()},
        "confidence": {name: found.confidence for name, found in known.items()},
        "evidence": {name: list(found.evidence) for name, found in known.items()},
        "unsure": [name for name, found in known.items() if found.is_unsure],
        "sentences": [
            {
                "agency": told.agency,
                "stance": told.value,
                "confidence": told.confidence,
                "text": told.sentence,
            }
            for told in analysis.stance.sentences
        ],
        "language": analysis.language,
        "places": [
            {
                "text": place.text,
                "name": place.name,
                "level": place.level,
                "code": place.code,
                "province": place.province,
                "valid_until": place.valid_until,
            }
            for place in analysis.places
        ],
        "agencies": [
            {
                "text": agency.text,
                "name": agency.name,
                "kind": agency.kind,
                "place": agency.place,
                "role": agency.role,
            }
            for agency in analysis.agencies
        ],
        "keywords": list(analysis.keywords),
        "importance": None if analysis.importance is None else asdict(analysis.importance),
        "model": f"{analysis.model} {analysis.model_version}".strip(),
    }


def _analysed(pipeline: Pipeline, docs: Iterable[Document]) -> Iterator[tuple[Document, Analysis]]:
    stream = iter(docs)
    done = 0
    while batch := list(itertools.islice(stream, _BATCH)):
        analyses = pipeline.analyse(batch, datetime.now(UTC))
        yield from zip(batch, analyses, strict=True)
        done += len(batch)
        show_progress(done)
    show_progress(done, is_last=True)


def show_progress(done: int, *, is_last: bool = False) -> None:
    """Write to stderr how many items are done: now and then, and at the end."""
    if is_last:
        sys.stderr.write(f"\rĐã xử lý {done:,} tin.\n".replace(",", "."))
    elif sys.stderr.isatty() or done % (_BATCH * 100) == 0:
        sys.stderr.write(f"\r{done:,} tin…".replace(",", "."))
        sys.stderr.flush()


def _print_table(analysed: Iterable[tuple[Document, Analysis]]) -> None:
    table = Table(show_lines=False)
    for heading in ("Tin", "Lĩnh vực", "Sắc thái", "Với cơ quan nhà nước", "Ý định", "Địa bàn"):
        table.add_column(heading, overflow="fold")
    for doc, analysis in analysed:
        intent = analysis.intent
        table.add_row(
            doc.title or doc.text[:80],
            _shown(analysis.topic, TOPIC_LABELS),
            _shown(analysis.tone, TONE_LABELS),
            _shown(analysis.stance, STANCE_LABELS),
            _shown(intent, INTENT_LABELS) if intent else "",
            ", ".join(dict.fromkeys(map(_place, analysis.places))),
        )
    Console().print(table)


def _place(place: PlaceMention) -> str:
    note = place_note(place)
    return f"{place.name} ({note})" if note else place.name


def _shown(found: Label, labels: dict[str, str]) -> str:
    shown = label(labels, found.value)
    return f"{UNSURE} ({shown}?)" if found.is_unsure else f"{shown} {found.confidence:.0%}"
