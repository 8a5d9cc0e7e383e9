"""The models and their cards: what each is for, how good it is, on what, and where it fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from langnghe.settings import Settings
from nlp.backends.base import SHIPPED_MODELS
from nlp.backends.card import SHIPPED_CARDS, Card, card_names, read_card, stale_files
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
    """Show every model's card."""
    folder = room().settings.models_folder or SHIPPED_MODELS
    cards = [read_card(name) for name in card_names()]
    values = {
        "cards": [(card, page_of(card), stale_files(card, folder)) for card in cards],
        "in_use": _in_use(room().settings),
    }
    return render(request, "admin/models.html", values)


def page_of(card: Card) -> list[Block]:
    """Return the card's Vietnamese page in blocks, the title left out."""
    try:
        text = (SHIPPED_CARDS / f"{card.name}.md").read_text("utf-8")
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
        settings.nlp_backend, settings.nlp_backend
    )
