"""``langnghe rules match``: which rules which items satisfy, by the evaluator of the alerts."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from langnghe.analysis import AnalysedDocument
from langnghe.errors import ConfigError, QueryError
from langnghe.items import read_items, replay_moment, write_lines
from langnghe.query import Query, RuleSet, parse
from langnghe.query.words import ExactWords, ItemWords


def register(rules_app: typer.Typer) -> None:
    """Add the command to the group ``rules``."""
    rules_app.command("match", help="So tin bài với nhiều câu tìm cùng lúc.")(match)


def match(
    rules: Annotated[Path, typer.Argument(help="Tệp quy tắc: mỗi dòng một câu tìm.")],
    items: Annotated[str, typer.Argument(help="Tệp JSON Lines (.gz được), “-” là đầu vào chuẩn.")],
    exact: Annotated[
        bool,
        typer.Option(
            "--exact", help="So đúng từng từ như đã viết (có dấu), tiêu đề và sa-pô là một trường."
        ),
    ] = False,
) -> None:
    """Print {"id", "rules": [line numbers from 1]} for each item that matches; the rate on stderr.

    A line that is empty or begins with # is no rule.
    """
    started = time.perf_counter()
    numbers, queries = read_rules(rules, is_exact=exact)
    rule_set = RuleSet(queries)
    loaded_s = time.perf_counter() - started
    counter = _Counter()
    write_lines(_matched(rule_set, numbers, items, exact, counter), sys.stdout)
    rate = counter.items / counter.matching_s if counter.matching_s else 0.0
    sys.stderr.write(
        f"{len(queries)} rules loaded in {loaded_s:.1f} s; {counter.items} items, "
        f"{counter.matches} matches, {rate:.0f} items/s\n"
    )


def read_rules(path: Path, *, is_exact: bool) -> tuple[list[int], list[Query]]:
    """Return the line numbers and queries of a rules file; raises QueryError naming the line."""
    numbers: list[int] = []
    queries: list[Query] = []
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            queries.append(parse(line, is_exact=is_exact))
        except QueryError as error:
            where = f"{path}, line {number}, character {error.position + 1}: {error}"
            raise QueryError(where, error.position, error.hint) from error
        numbers.append(number)
    return numbers, queries


class _Counter:
    """What was matched, and the time that matching alone took."""

    def __init__(self) -> None:
        self.items = 0
        self.matches = 0
        self.matching_s = 0.0


def _matched(
    rule_set: RuleSet, numbers: list[int], items: str, is_exact: bool, counter: _Counter
) -> Iterator[dict[str, Any]]:
    read = ExactWords if is_exact else ItemWords
    for doc in read_items(items):
        now = replay_moment(doc)
        item = AnalysedDocument(doc)
        started = time.perf_counter()
        found = rule_set.match_words(read(item), now)
        counter.matching_s += time.perf_counter() - started
        counter.items += 1
        counter.matches += len(found)
        if found:
            yield {"id": doc.id, "rules": [numbers[i] for i in found]}
