"""The models and their cards: what each is for, how good it is, on what, and where it fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from langnghe.settings import Settings
from langnghe.wording import LABEL_NAMES
from nlp.backends.base import SHIPPED_MODELS
from nlp.backends.card import SHIPPED_CARDS, Card, card_names, folder_of, read_card, stale_files
from runtime.understanding import PULLED, pulled_folder, pulled_names, taught_report
from web.room import room

_MARKS = re.compile(r"\*\*|__|`")
_RULE = re.compile(r"^\|[\s:|-]+\|$")


@dataclass(frozen=True)
class Block:
    """A piece of a card's page: heading, text, list or table (the first row is its head)."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def models(request: HttpRequest) -> HttpResponse:
    """Show every model's card, and what the office taught."""
    settings = room().settings
    taught = taught_report(settings)
    values = {
        "cards": list(_cards(settings, is_taught=taught is not None)),
        "in_use": _in_use(settings),
        "taught": taught,
        "gains": _gains(taught) if taught else [],
    }
    return render(request, "admin/models.html", values)


def _cards(settings: Settings, *, is_taught: bool) -> Iterator[tuple[Card, list[Block], list[str]]]:
    """Yield each card with its page and the files that are not those it was made for."""
    weights = settings.models_folder or SHIPPED_MODELS
    for name in card_names():
        card = read_card(name)
        folder = folder_of(card, weights)
        stale = [] if is_taught and folder == weights else stale_files(card, folder)
        yield card, page_of(card, SHIPPED_CARDS), stale
    for name in pulled_names(settings):
        folder = pulled_folder(settings, name)
        card = read_card(name, folder)
        yield card, page_of(card, folder), stale_files(card, folder)


def _gains(taught: Mapping[str, Any]) -> list[tuple[str, int, float, float, bool]]:
    """Return (label, texts, right before, right after, whether it learnt) by corrected label."""
    return [
        (
            LABEL_NAMES.get(task, task),
            before["texts"],
            100 * before["accuracy"],
            100 * taught["after"][task]["accuracy"],
            task in taught["taught"],
        )
        for task, before in taught["before"].items()
    ]


def page_of(card: Card, folder: Path) -> list[Block]:
    """Return the card's Vietnamese page in blocks, the title left out."""
    try:
        text = (folder / f"{card.name}.md").read_text("utf-8")
    except OSError:
        return [Block("text", card.task), Block("list", rows=tuple((x,) for x in card.limits))]
    return [block for block in blocks(text) if block.kind != "title"]


def blocks(markdown: str) -> Iterator[Block]:
    """Yield the blocks of simple Markdown: headings, paragraphs, lists, tables."""
    for part in re.split(r"\n\s*\n", _separated(markdown)):
        lines = [line.strip() for line in part.strip().splitlines() if line.strip()]
        if not lines:
            continue
        if lines[0].startswith("#"):
            kind = "title" if lines[0].startswith("# ") else "heading"
            yield Block(kind, _plain(lines[0].lstrip("# ")))
        elif lines[0].startswith("|"):
            rows = [line for line in lines if not _RULE.match(line)]
            yield Block("table", rows=tuple(_cells(row) for row in rows))
        elif lines[0].startswith(("- ", "* ")):
            yield Block("list", rows=tuple((_plain(line.lstrip("-* ")),) for line in lines))
        else:
            yield Block("text", _plain(" ".join(lines)))


def _separated(markdown: str) -> str:
    """Set headings off by empty lines."""
    return re.sub(r"(?m)^(#+ .*)$", r"\n\1\n", markdown)


def _cells(row: str) -> tuple[str, ...]:
    return tuple(_plain(cell.strip()) for cell in row.strip("|").split("|"))


def _plain(text: str) -> str:
    return _MARKS.sub("", text)


def _in_use(settings: Settings) -> str:
    return {"auto": "tự chọn", "linear": "tuyến tính", "encoder": "mã hóa"}.get(
        settings.nlp_backend, settings.nlp_backend.replace(PULLED, "lấy về: ")
    )
