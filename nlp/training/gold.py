"""The labelled texts and the one split that training and the gates share.

Held out, and so never seen by weights that ship: the last 15 % by time of
the news labels, every news item of the weeks events-dev2 and events-dev3, and
the comments whose article title falls into the held-out fifth by hash. A
small part of the rest is kept for tuning: calibration, thresholds and the
weights of the ensemble.

The folder ``own`` holds what the project labelled itself under the same
guides: ids with labels (their texts stay with the recorded data) and posts and
claims that it wrote.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from langnghe.document import DocumentKind
from nlp.backends.base import TextInput

Part = Literal["train", "tune", "held_out"]

HELD_OUT_SHARE = 0.15
HELD_OUT_WEEKS = frozenset({"events-dev2", "events-dev3"})
TUNE_WINDOW = 4000
STREAM = "news/stream-2025-08_2026-04.jsonl.gz"
OWN = Path(__file__).parent / "own"
COMMENTS = "social/comments-constructive.train.jsonl.gz"
_PARENT_TITLE = re.compile(r"^\[bài: (.*?)\]\s*", re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A labelled text; ``labels`` are the gold strings by task."""

    id: str
    input: TextInput
    labels: Mapping[str, str]
    batch: str
    part: Part


def bucket(text: str) -> int:
    """A stable number from 0 to 99 for a text, the same on every machine."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 100


def read_news(data_dir: Path) -> list[Example]:
    """The news labels joined with their texts, in order of time."""
    rows = _rows(data_dir / "gold/news.train.tsv")
    rows.sort(key=lambda row: (row["published"], row["id"]))
    wanted = {row["id"] for row in rows}
    texts = {key: item for key, item in read_stream(data_dir) if key in wanted}
    closed = {
        row["id"]
        for row in _rows(data_dir / "gold/events-read.tsv")
        if row["week"] in HELD_OUT_WEEKS
    }
    cut = int(len(rows) * (1 - HELD_OUT_SHARE))
    examples = []
    for place, row in enumerate(rows):
        part: Part = "train"
        if place >= cut or row["id"] in closed:
            part = "held_out"
        elif place >= cut - TUNE_WINDOW and bucket(row["id"]) < 25:
            part = "tune"
        labels = {"topic": row["topic"], "tone": row["tone"], "stance": row["authority"]}
        examples.append(Example(row["id"], texts[row["id"]], labels, row["batch"], part))
    return examples


def read_comments(data_dir: Path) -> list[Example]:
    """The labelled reader comments, split by the title of their article."""
    texts: dict[str, str] = {}
    for line in (data_dir / "gold/comments.train.txt").read_text("utf-8").splitlines():
        key, _, text = line.partition("\t")
        texts[key] = text
    examples = []
    for line in (data_dir / "gold/comments.train.tsv").read_text("utf-8").splitlines():
        key, tone, intent, stance = line.split("\t")
        match = _PARENT_TITLE.match(texts[key])
        parent = match.group(1) if match else ""
        body = texts[key][match.end() :] if match else texts[key]
        place = bucket(parent)
        part: Part = "held_out" if place < 20 else "tune" if place < 28 else "train"
        item = TextInput(kind=DocumentKind.COMMENT, title="", text=body, parent_title=parent)
        labels = {"tone": tone, "intent": intent, "stance": stance}
        examples.append(Example(key, item, labels, "comments", part))
    return examples


def read_own_comments(data_dir: Path) -> list[Example]:
    """Further real comments that the project labelled; none under a held-out title."""
    labels = {key: rest for key, *rest in _lines(OWN / "comments.tsv")}
    examples = []
    with gzip.open(data_dir / COMMENTS, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            text = f"{row['title']}\n{row['text']}"
            key = hashlib.sha256(text.encode()).hexdigest()[:10]
            parent = " ".join(row["title"].split())
            if key not in labels or bucket(parent) < 20:
                continue
            tone, intent, stance = labels.pop(key)
            item = TextInput(DocumentKind.COMMENT, "", text=row["text"], parent_title=parent)
            wanted = {"tone": tone, "intent": intent, "stance": stance}
            part: Part = "tune" if bucket(parent) < 28 else "train"
            examples.append(Example(key, item, wanted, "own_comments", part))
    return examples


def read_own_posts() -> list[Example]:
    """Posts that we wrote ourselves, since comments under articles lack many kinds of them."""
    examples = []
    for number, (text, tone, intent, stance) in enumerate(_lines(OWN / "posts.tsv")):
        item = TextInput(kind=DocumentKind.POST, title="", text=text)
        labels = {"tone": tone, "intent": intent, "stance": stance}
        examples.append(Example(f"own-{number}", item, labels, "own", "train"))
    return examples


def read_own_replies(data_dir: Path) -> list[Example]:
    """Comments that we wrote ourselves under headlines of the stream: real ones are few."""
    rows = list(_lines(OWN / "replies.tsv"))
    wanted = {key for key, *_ in rows}
    titles = {key: item.title for key, item in read_stream(data_dir) if key in wanted}
    examples = []
    for number, (key, tone, intent, stance, text) in enumerate(rows):
        parent = " ".join(titles[key].split())
        item = TextInput(DocumentKind.COMMENT, "", text=text, parent_title=parent)
        labels = {"tone": tone, "intent": intent, "stance": stance}
        examples.append(Example(f"reply-{number}", item, labels, "own_replies", "train"))
    return examples


def read_own_news(data_dir: Path) -> list[Example]:
    """Further items of the stream that the project labelled; none of the held-out times."""
    labels = {key: rest for key, *rest in _lines(OWN / "news.tsv")}
    return [
        Example(
            key,
            item,
            dict(zip(("topic", "tone", "stance"), labels[key], strict=True)),
            "own",
            "train",
        )
        for key, item in read_stream(data_dir)
        if key in labels
    ]


def read_all_news(data_dir: Path) -> list[Example]:
    """Every news item with topic, tone and stance: the gold labels and the project's own."""
    return [*read_news(data_dir), *read_own_news(data_dir)]


def read_all_social(data_dir: Path) -> list[Example]:
    """Every comment and post with tone, intent and stance, real ones and written ones."""
    return [
        *read_comments(data_dir),
        *read_own_comments(data_dir),
        *read_own_replies(data_dir),
        *read_own_posts(),
    ]


def read_levels(data_dir: Path, weeks: Sequence[str], *, singles: bool = True) -> list[Example]:
    """The editor's level of every read item of ``weeks``, and of ``singles`` read one by one."""
    levels = dict(_lines(OWN / "levels.tsv")) if singles else {}
    for name in weeks:
        folder = OWN if name.startswith("events-own") else data_dir / "gold"
        for row in _rows(folder / "events-read.tsv"):
            if row["week"] == name:
                levels[row["id"]] = "0"
        for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines():
            story = json.loads(line)
            levels.update(dict.fromkeys(story["ids"], str(story["level"])))
    return [
        Example(key, item, {"level": levels[key]}, "levels", "train")
        for key, item in read_stream(data_dir)
        if key in levels
    ]


def read_stream(data_dir: Path) -> Iterator[tuple[str, TextInput]]:
    """Every item of the unlabelled stream under its short id."""
    with gzip.open(data_dir / STREAM, "rt", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            yield (
                item["id"][:10],
                TextInput(
                    kind=DocumentKind.ARTICLE, title=item["title"], lead=item["summary"] or ""
                ),
            )


def _lines(path: Path) -> Iterator[list[str]]:
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))
