"""``langnghe search``: the same question as in the room, in the same language."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from indexer.store import MOST_HITS, Hit, Marks, Page, Sort, Store
from langnghe.clock import to_local
from langnghe.errors import QueryError
from langnghe.items import write_lines
from langnghe.query import Query, parse
from langnghe.query.ast import all_of
from langnghe.query.explain import explain_query
from langnghe.query.moments import parse_published
from langnghe.wording import KIND_LABELS, label

_ACTION = "search"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("search", help="Tìm tin bài: từ, “cụm từ”, AND OR NOT, NEAR/5, topic:, now-7d …")(
        search
    )


def search(
    query: Annotated[str, typer.Argument(help='Câu tìm, ví dụ: "học phí" AND (tăng OR "lạm thu")')],
    since: Annotated[
        str, typer.Option(help="Chỉ tin đăng từ lúc này: now-7d, 2025-10-01, 01/10/2025.")
    ] = "",
    limit: Annotated[int, typer.Option(min=0, help="Số tin in ra.")] = 20,
    count: Annotated[bool, typer.Option("--count", help="Chỉ in số tin tìm được.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="In cách máy hiểu câu tìm, không tìm.")
    ] = False,
    sort: Annotated[Sort, typer.Option(help="Mới nhất, cũ nhất hoặc liên quan nhất.")] = (
        Sort.NEWEST
    ),
    as_json: Annotated[
        bool, typer.Option("--json", help="In JSON Lines (mặc định khi không phải màn hình).")
    ] = False,
) -> None:
    """Print hits as a table, or as JSON Lines where the output is no screen."""
    asked = read_query(query, since)
    if explain:
        typer.echo(explain_query(asked))
        return
    from runtime.wiring import open_runtime

    runtime = open_runtime(migrate=True)
    from ledger import audit

    now = runtime.clock.now()
    audit.record(f"dòng lệnh: {getpass.getuser()}", _ACTION, query, now)
    if count:
        _print_count(runtime.store.search(asked, now=now, limit=0))
    elif as_json or not sys.stdout.isatty():
        for page in pages(runtime.store, asked, now, sort, limit):
            write_lines(map(row_of, page.hits), sys.stdout)
    else:
        found = list(pages(runtime.store, asked, now, sort, limit))
        _print_table([hit for page in found for hit in page.hits])
        _print_count(found[0])
    _tell_what_waits()


def _tell_what_waits() -> None:
    """Say on stderr what no search can find yet."""
    from ledger import queries

    counters = queries.counters()
    waiting = counters.waiting + counters.index_waiting
    if waiting:
        typer.echo(
            f"Còn {waiting} tin chờ phân tích hoặc chờ vào kho tìm kiếm, chưa tìm được; "
            "chúng được xử lý khi dịch vụ chạy (langnghe run).",
            err=True,
        )


def read_query(query: str, since: str) -> Query:
    """Return what was asked; before a QueryError leaves, the character is shown on stderr."""
    text = query
    try:
        parsed = parse(query)
        text = since
        return _with_since(parsed, since)
    except QueryError as error:
        typer.echo(pointed(text, error.position), err=True)
        raise


def pointed(text: str, position: int) -> str:
    """Return the surroundings of the character at 0-based ``position`` and a caret below it."""
    before = "".join(c if c.isprintable() else " " for c in text[max(0, position - 40) : position])
    after = "".join(c if c.isprintable() else " " for c in text[position : position + 30])
    return f"Ký tự {position + 1}:\n  {before}{after}\n  {' ' * cell_len(before)}^"


def pages(store: Store, query: Query, now: datetime, sort: Sort, limit: int) -> list[Page]:
    """Return the pages that hold the first ``limit`` hits, at least one."""
    found: list[Page] = []
    after: str | None = None
    left = limit
    while not found or (left > 0 and after is not None):
        page = store.search(query, now=now, sort=sort, limit=min(left, MOST_HITS), after=after)
        found.append(page)
        left -= len(page.hits)
        after = page.next
    return found


def row_of(hit: Hit) -> dict[str, Any]:
    """Return the JSON object of a hit."""
    return {
        "id": hit.document_id,
        "published": hit.published_at.isoformat(),
        "kind": hit.kind,
        "outlet": hit.outlet,
        "title": hit.title,
        "title_marks": hit.title_marks,
        "snippet": hit.snippet,
        "snippet_marks": hit.snippet_marks,
        "url": hit.url,
        "story": hit.story_id,
        "score": hit.score,
    }


def _with_since(query: Query, since: str) -> Query:
    if not since:
        return query
    sign = ">="
    start = parse_published(f"{sign}{since}", -len(sign))
    return Query(all_of([query.root, start]), query.text)


def _print_count(page: Page) -> None:
    if sys.stdout.isatty():
        typer.echo(
            f"{page.total} tin: {page.exact_total} đúng như đã gõ, "
            f"{page.folded_total} khi bỏ dấu hoặc viết cách khác."
        )
    else:
        row = {"total": page.total, "exact": page.exact_total, "folded": page.folded_total}
        write_lines([row], sys.stdout)


def _print_table(hits: list[Hit]) -> None:
    table = Table(show_lines=True)
    for heading in ("Đăng lúc", "Nguồn", "Tin bài"):
        table.add_column(heading, overflow="fold")
    for hit in hits:
        shown = Text.assemble(
            _marked(hit.title, hit.title_marks, "bold"),
            "\n",
            _marked(hit.snippet, hit.snippet_marks),
        )
        source = f"{hit.outlet}\n{label(KIND_LABELS, hit.kind)}"
        table.add_row(f"{to_local(hit.published_at):%H:%M %d/%m/%Y}", source, shown)
    Console().print(table)


def _marked(text: str, marks: Marks, style: str = "") -> Text:
    shown = Text(text, style=style)
    for start, end in marks:
        shown.stylize("reverse", start, end)
    return shown
