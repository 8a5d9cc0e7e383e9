"""``langnghe claims``: match documents against recorded fact-checks."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import typer

from langnghe.claim import FactCheck, Verdict
from langnghe.errors import InvalidDocument
from langnghe.items import read_lines
from langnghe.settings import load_settings
from langnghe.text import normalize
from nlp.claims import ClaimMatcher
from nlp.claims.candidates import candidates
from runtime.cli.analyze import show_progress
from runtime.cli.items_file import ItemsFile
from runtime.understanding import open_pair_reader

_BATCH = 64


def register(app: typer.Typer) -> None:
    """Add the command group to ``app``."""
    group = typer.Typer(
        help="Thông tin cần kiểm chứng: đối chiếu với các bản kiểm chứng đã ghi nhận.",
        no_args_is_help=True,
    )
    group.command("check", help="Gợi ý tin bài lặp lại thông tin đã được đính chính.")(check)
    group.command("candidates", help="Nhận ra bài đính chính trong tệp, để người ghi sổ xem lại.")(
        find_candidates
    )
    app.add_typer(group, name="claims")


def check(
    items: Annotated[str, typer.Argument(help="Tệp JSON Lines (.gz được), “-” là đầu vào chuẩn.")],
    ledger: Annotated[str, typer.Option(help="Tệp JSON Lines: id, date, claim, correction.")],
) -> None:
    """Print {"id", "suggestions"} for every item; an empty list for most."""
    checks = [fact_check_from(row, number) for number, row in read_lines(ledger)]
    matcher = ClaimMatcher(checks, reader=open_pair_reader(load_settings()))
    file = ItemsFile(items)
    docs = iter(file)
    done = 0
    while batch := list(itertools.islice(docs, _BATCH)):
        for doc, suggestions in zip(batch, matcher.suggest(batch), strict=True):
            found = [
                {
                    "claim": suggestion.fact_check_id,
                    "confidence": suggestion.confidence,
                    "evidence": list(suggestion.evidence),
                }
                for suggestion in suggestions
            ]
            row = {"id": doc.id, "suggestions": found}
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        done += len(batch)
        show_progress(done)
    show_progress(done, is_last=True)
    file.end()


def find_candidates(
    items: Annotated[str, typer.Argument(help="Tệp JSON Lines (.gz được), “-” là đầu vào chuẩn.")],
) -> None:
    """Print one ledger line (id, date, claim, correction, url, quote) for each candidate."""
    file = ItemsFile(items)
    for found in itertools.chain.from_iterable(candidates([doc]) for doc in file):
        row = {
            "id": found.id,
            "date": found.dated.isoformat(),
            "claim": found.claim,
            "correction": found.correction,
            "url": found.url,
            "quote": found.quote,
            "publisher": found.publisher,
        }
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    file.end()


def fact_check_from(row: Mapping[str, Any], number: int) -> FactCheck:
    """Return the fact-check of a ledger line; raises InvalidDocument naming the line."""
    try:
        return FactCheck(
            id=str(row["id"]),
            claim=normalize(str(row["claim"])),
            correction=normalize(str(row.get("correction", ""))),
            dated=date.fromisoformat(str(row["date"])[:10]),
            url=str(row.get("url") or ""),
            quote=normalize(str(row.get("quote") or "")),
            verdict=Verdict(row.get("verdict") or Verdict.FALSE),
            publisher=str(row.get("publisher") or ""),
        )
    except (KeyError, ValueError) as error:
        raise InvalidDocument(str(row.get("id", "")), f"line {number}: {error}") from error
