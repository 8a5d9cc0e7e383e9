"""``langnghe alerts``: list, acknowledge, and replay rules over a recorded stream."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from alerts.engine import AlertEngine
from alerts.message import reasons_of
from alerts.model import Action, AlertIntent, AlertState
from alerts.rules import load_default_rules, load_rules
from alerts.usual import SectorCounts
from langnghe.analysis import AnalysedDocument
from langnghe.clock import to_local
from langnghe.document import Document
from langnghe.items import read_items, replay_moment
from langnghe.profile import PROFILE_NAME, load_profile
from langnghe.settings import load_settings
from langnghe.wording import ALERT_LEVEL_LABELS
from nlp.pipeline import Pipeline
from nlp.stories import StoryIndex
from runtime.cli.analyze import show_progress
from runtime.understanding import open_pair_reader, open_pipeline

CRAWL_GAP = timedelta(minutes=2)
"""Items that were fetched closer to each other than this came in one crawl."""
LARGEST_BATCH = 512


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help="Cảnh báo: xem, tiếp nhận, chạy thử trên dòng tin đã ghi.")
    group.command("replay", help="Chạy quy tắc trên dòng tin đã ghi, theo đồng hồ của nó.")(replay)
    group.command("list", help="Các cảnh báo, mới nhất trước.")(list_alerts)
    group.command("ack", help="Tiếp nhận một cảnh báo.")(acknowledge)
    group.command("drill", help="Diễn tập: gửi một cảnh báo giả có đánh dấu DIỄN TẬP.")(drill)
    app.add_typer(group, name="alerts")


def list_alerts(
    every: Annotated[bool, typer.Option("--all", help="Cả cảnh báo đã xong.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Số cảnh báo.")] = 50,
) -> None:
    """Print the alerts of the ledger, open ones unless ``--all``."""
    from runtime.wiring import open_runtime

    open_runtime(migrate=True)
    from ledger.alerts import alerts

    states = () if every else (AlertState.OPEN.value, AlertState.ACKNOWLEDGED.value)
    found = alerts(states=states, limit=limit)
    if not sys.stdout.isatty():
        for alert in found:
            row = row_of(AlertIntent(Action.OPEN, alert, alert.reasons[0] if alert.reasons else ""))
            row |= {"id": alert.id, "state": alert.state.value, "assignee": alert.assignee}
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    table = Table()
    for heading in ("Mã", "Lúc", "Mức", "Vụ việc", "Người tiếp nhận"):
        table.add_column(heading, overflow="fold")
    for alert in found:
        at = to_local(alert.opened_at).strftime("%d/%m %H:%M")
        level = ALERT_LEVEL_LABELS[alert.level]
        table.add_row(alert.id, at, level, alert.title, alert.assignee)
    Console().print(table)


def acknowledge(
    alert_id: Annotated[str, typer.Argument(help="Mã cảnh báo (xem langnghe alerts list).")],
) -> None:
    """Take an alert over in the name of whoever is logged in on this machine."""
    from runtime.wiring import open_runtime

    runtime = open_runtime(migrate=True)
    from ledger.alerts import acknowledge as take

    try:
        taken = take(alert_id, getpass.getuser(), runtime.clock.now())
    except LookupError as error:
        typer.echo(f"Không có cảnh báo {alert_id}: xem mã bằng langnghe alerts list.", err=True)
        raise typer.Exit(1) from error
    typer.echo("Đã tiếp nhận." if taken else "Cảnh báo này đã có người tiếp nhận.")


def drill(
    title: Annotated[str, typer.Argument(help="Tên tình huống diễn tập.")],
    level: Annotated[int, typer.Option(min=1, max=3, help="1 theo dõi, 2 chú ý, 3 khẩn.")] = 3,
) -> None:
    """Open an alert that every message marks as an exercise, and send it as a real one goes."""
    from runtime.wiring import open_runtime

    runtime = open_runtime(migrate=True)
    from runtime.alerting import AlertDesk

    desk = AlertDesk(runtime)
    opened = desk.drill(title, level, getpass.getuser())
    typer.echo(f"Đã mở cảnh báo diễn tập {opened}; {desk.deliver().sent} thư đã gửi.")


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
    sizes = SectorCounts()
    index = StoryIndex(profile=profile, reader=open_pair_reader(settings))
    for intent in replay_stream(read_items(items), engine, pipeline, index, sizes=sizes):
        row, topic = row_of(intent), intent.alert.topic
        if topic and intent.alert.document_ids:
            row["reasons"].append(sizes.sentence(topic, intent.alert.opened_at))
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def replay_stream(
    docs: Iterable[Document],
    engine: AlertEngine,
    pipeline: Pipeline,
    stories: StoryIndex,
    *,
    sizes: SectorCounts | None = None,
    progress: Callable[[int], None] = show_progress,
) -> Iterator[AlertIntent]:
    """Yield what ``engine`` decides about ``docs``; held alerts are left out, as in a mailbox.

    ``sizes`` counts the documents by sector, those of the alert's batch included.
    """
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
        if sizes is not None:
            for analysis in analyses:
                sizes.take(analysis.value_of("topic"), now)
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
        "reasons": list(reasons_of(intent)),
        "first_report": to_local(alert.first_report_at).isoformat(),
        "items": list(alert.document_ids),
        "action": intent.action.value,
    }
