"""Loads the recorded day: 24 hours of tỉnh Lam Giang, dated to the latest day that is over."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from langnghe.clock import LOCAL_ZONE, to_local
from langnghe.document import Document, DocumentKind
from langnghe.source import OutletKind
from langnghe.text import normalize
from runtime.replay.play import OutletFacts
from runtime.replay.stream import Stream

_FOLDER = Path(__file__).parent / "day"
PROFILE = _FOLDER / "profile.toml"
_AT = re.compile(r"D([01])T(\d\d):(\d\d)")
_DATE = re.compile(r"\{\{D([+-]?\d+)\}\}")
_DAY_STARTS = time(7, 0)


def load_stream(now: datetime | None = None) -> Stream:
    """Return the recorded day, dated so that all of it lies before ``now``."""
    return Stream(load_documents(recorded_day(now or datetime.now(UTC))))


def recorded_day(now: datetime) -> date:
    """Return the local day on whose 07:00 the recording begins; all of it is over by ``now``."""
    local = to_local(now)
    ended = local - timedelta(days=1, minutes=10)
    return ended.date() if ended.time() >= _DAY_STARTS else ended.date() - timedelta(days=1)


def outlet_facts() -> dict[str, OutletFacts]:
    """Return what is known of each fictional outlet, by its name."""
    return {
        row["name"]: OutletFacts(
            OutletKind(row["kind"]), row.get("province", ""), float(row.get("weight", 1.0))
        )
        for row in _outlets().values()
    }


def load_documents(day: date) -> Iterator[Document]:
    """Yield the recorded items as their outlets published them, social ones with raw handles.

    ``byline`` carries the handle: the loopback site prints it as a real feed would, so that the
    crawler's pseudonyms and masking are at work in the demo too.
    """
    outlets = _outlets()
    for file in sorted(_FOLDER.glob("stories-*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield _document(row, outlets[row["outlet"]]["name"], day)


def _document(row: Mapping[str, Any], outlet: str, day: date) -> Document:
    moment = _moment(row["at"], day)

    def text(name: str) -> str:
        return normalize(_DATE.sub(lambda m: _dated(day, int(m.group(1))), row.get(name) or ""))

    return Document(
        id=row["id"],
        kind=DocumentKind(row["kind"]),
        source_id=row["outlet"],
        outlet=outlet,
        url="",
        title=text("title"),
        lead=text("lead"),
        text=text("text"),
        published_at=moment,
        first_seen_at=moment,
        fetched_at=moment,
        byline=row.get("author") or "",
        parent_title=text("parent_title"),
        revision=int(row.get("revision", 1)),
    )


def _moment(at: str, day: date) -> datetime:
    match = _AT.fullmatch(at)
    if match is None:
        raise ValueError(f"not a moment of the recorded day: {at!r}")
    offset, hour, minute = (int(part) for part in match.groups())
    local = datetime.combine(day + timedelta(days=offset), time(hour, minute), tzinfo=LOCAL_ZONE)
    return local.astimezone(UTC)


def _dated(day: date, offset: int) -> str:
    moved = day + timedelta(days=offset)
    return f"{moved.day}/{moved.month}"


def _outlets() -> dict[str, Any]:
    return tomllib.loads((_FOLDER / "outlets.toml").read_text("utf-8"))
