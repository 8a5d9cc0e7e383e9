"""``langnghe alerts``: list, acknowledge, and replay rules over a recorded stream."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from alerts.engine import AlertEngine
from alerts.model import Action, AlertIntent
from alerts.rules import load_default_rules, load_rules
from langnghe.analysis import AnalysedDocument
from langnghe.clock import to_local
from langnghe.document import Document
from langnghe.items import read_items, replay_moment
from langnghe.profile import PROFILE_NAME, load_profile
from langnghe.settings import load_settings
from nlp.pipeline import Pipeline
from nlp.stories import StoryIndex
from runtime.cli.analyze import open_pipeline, show_progress

CRAWL_GAP = timedelta(minutes=2)
"""Items that were fetched closer to each other than this came in one crawl."""
LARGEST_BATCH = 512


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help="Cảnh báo: xem, tiếp nhận, chạy thử trên dòng tin đã ghi.")
    group.command("replay", help="Chạy quy tắc trên dòng tin đã ghi, theo đồng hồ của nó.")(replay)
    app.add_typer(group, name="alerts")


def replay(
    items: Annotated[str, typer.Argument(help="Tệp JSON Lines (.gz được), “-” là đầu vào chuẩn.")],
    rules: Annotated[
        Path | None, typer.Option(help="Tệp quy tắc TOML; bỏ trống là bộ quy tắc mặc định.")
    ] = None,
) -> None:
    """Print each alert of a recorded stream as one JSON line, on the stream's own clock."""
    settings = load_settings()
    profile = load_profile(settings.data_dir / PROFILE_NAME)
    chosen = load_default_rules() if rules is None else load_rules(rules)
    engine = AlertEngine(chosen, profile)
    pipeline = open_pipeline(settings)
    for intent in replay_stream(read_items(items), engine, pipeline):
        sys.stdout.write(json.dumps(row_of(intent), ensure_ascii=False) + "\n")
        sys.stdout.flush()


def replay_stream(
    docs: Iterable[Document],
    engine: AlertEngine,
    pipeline: Pipeline,
    *,
    progress: Callable[[int], None] = show_progress,
) -> Iterator[AlertIntent]:
    """Yield what ``engine`` decides about ``docs``; held alerts are left out, as in a mailbox."""
    stories = StoryIndex()
    done = 0
    for batch in crawls(docs):
        now = max(replay_moment(doc) for doc in batch)
        analyses = pipeline.analyse(batch, now)
        change = stories.assign(list(zip(batch, analyses, strict=True)), now)
        story_of = {link.document_id: link.story_id for link in change.links}
        analysed = [
            AnalysedDocument(doc, analysis, story_of.get(doc.id, ""))
            for doc, analysis in zip(batch, analyses, strict=True)
        ]
        for intent in engine.observe(analysed, change, now):
            if intent.action is not Action.HOLD:
                yield intent
        done += len(batch)
        progress(done)


def crawls(docs: Iterable[Document]) -> Iterator[list[Document]]:
    """Yield the documents in batches, one per crawl; a long crawl is cut."""
    batch: list[Document] = []
    for doc in docs:
        if batch and (
            len(batch) >= LARGEST_BATCH or replay_moment(doc) - replay_moment(batch[-1]) > CRAWL_GAP
        ):
            yield batch
            batch = []
        batch.append(doc)
    if batch:
        yield batch


def row_of(intent: AlertIntent) -> dict[str, Any]:
    """Return the JSON object of one alert."""
    alert = intent.alert
    return {
        "at": to_local(alert.opened_at).isoformat(),
        "rule": alert.rule_id,
        "story": alert.story_id,
        "level": alert.level,
        "title": alert.title,
        "reasons": [intent.reason, *alert.reasons],
        "first_report": to_local(alert.first_report_at).isoformat(),
        "items": list(alert.document_ids),
        "action": intent.action.value,
    }
