"""``langnghe search`` apart from its ledger: pages, rows, --since and --explain."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from indexer.memory import MemoryStore
from indexer.store import Sort
from langnghe.errors import QueryError
from langnghe.query import parse
from runtime.cli import search
from tests.contract.index.samples import NOW, item, many


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    made.put(many(25))
    return made


def test_pages_hold_as_many_hits_as_wanted(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_HITS", 4)
    found = search.pages(store, parse("nước"), NOW, Sort.NEWEST, 10)
    assert [len(page.hits) for page in found] == [4, 4, 2]
    assert len(search.pages(store, parse("nước"), NOW, Sort.NEWEST, 99)) == 7
    assert [page.total for page in search.pages(store, parse("nước"), NOW, Sort.NEWEST, 0)] == [25]


def test_a_row_has_what_a_hit_shows_and_no_more(store: MemoryStore) -> None:
    store.put([item("x", "mùi dầu", text="thân bài " * 100 + "hết")])
    (page,) = search.pages(store, parse('"mùi dầu"'), NOW, Sort.NEWEST, 10)
    row = json.loads(json.dumps(search.row_of(page.hits[0])))
    assert row["id"] == "x"
    assert row["title_marks"] == [[0, 7]]
    assert "hết" not in row["snippet"]


def test_since_is_one_more_condition(store: MemoryStore) -> None:
    query = search._with_since(parse("nước OR dầu"), "2026-03-15T11:50")
    assert store.count(query, now=NOW) == 11


def test_a_mistake_in_since_points_into_since(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(QueryError):
        search.read_query("nước", "hôm-qua")
    assert capsys.readouterr().err == "Ký tự 1:\n  hôm-qua\n  ^\n"


def test_explain_says_what_is_understood_and_opens_nothing() -> None:
    app = typer.Typer()
    app.callback()(lambda: None)
    search.register(app)
    result = CliRunner().invoke(app, ["search", '"học phí" -ubnd', "--explain"])
    assert result.exit_code == 0
    assert "cụm “học phí” (đúng dấu)" in result.stdout
    assert "Không có:" in result.stdout
    assert "cũng tìm: ủy ban nhân dân" in result.stdout


def test_an_error_points_at_its_character(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(QueryError):
        search.read_query("ngập OR topic:yte", "")
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["Ký tự 15:", "  ngập OR topic:yte", "                ^"]
    with pytest.raises(QueryError):
        search.read_query("ngập", "hôm qua")
    assert "hôm qua" in capsys.readouterr().err


def test_the_caret_stands_below_the_character_whatever_its_width() -> None:
    assert search.pointed("日本 (lũ", 3).splitlines()[1:] == ["  日本 (lũ", "       ^"]
    assert search.pointed("e\u0323m (lũ", 4).splitlines()[2] == "     ^"
