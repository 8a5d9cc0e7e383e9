"""Files of items on the command line: odd lines and missing times cost nobody else an answer."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from langnghe.items import document_from
from runtime.cli import app
from runtime.cli.items_file import with_times

DATED = {"id": "1", "title": "Đê biển vỡ ở xã Tân Thành", "published": "2025-10-06T08:00:00+07:00"}
UNDATED = {"id": "2", "kind": "post", "text": "Đê biển vỡ ở xã Tân Thành rồi"}
OLD = {"id": "3", "title": "Hội chợ xuân", "published": "2025-01-01T08:00:00+07:00"}


@pytest.fixture(autouse=True)
def _linear(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LANGNGHE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LANGNGHE_NLP_BACKEND", "linear")


def _run(tmp_path: Path, command: str, *lines: str) -> tuple[int, list[dict[str, object]], str]:
    file = tmp_path / "items.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    ended = CliRunner().invoke(app, [command, str(file)])
    return ended.exit_code, [json.loads(line) for line in ended.stdout.splitlines()], ended.stderr


def test_every_item_has_a_story_whatever_its_time(tmp_path: Path) -> None:
    lines = [json.dumps(row) for row in (UNDATED, DATED, {**UNDATED, "id": "4"}, OLD, {})]
    code, rows, _ = _run(tmp_path, "stories", *lines)
    assert (code, len(rows)) == (0, 5)
    assert all(row["story"] for row in rows)
    story = {row["id"]: row["story"] for row in rows}
    assert story["3"] not in {story["1"], story["2"], story["4"]}


@pytest.mark.parametrize("command", ["stories", "analyze"])
def test_bad_lines_are_told_and_the_others_answered(tmp_path: Path, command: str) -> None:
    lines = (json.dumps(DATED), "not json", '{"kind": "tweet"}', json.dumps(OLD))
    code, rows, said = _run(tmp_path, command, *lines)
    assert (code, [row["id"] for row in rows]) == (1, ["1", "3"])
    assert "line 2" in said
    assert "line 3" in said


def test_an_undated_item_came_with_what_stands_before_it() -> None:
    docs = list(with_times(document_from(row) for row in (DATED, UNDATED)))
    assert docs[1].published_at == docs[1].first_seen_at == docs[0].published_at


def test_a_wrong_year_does_not_make_the_rest_old() -> None:
    wrong = document_from({"id": "x", "published": "2999-01-01T00:00:00+07:00"})
    (doc,) = with_times(iter([wrong]))
    assert doc.published_at <= datetime.now(UTC)
    assert doc.fetched_at <= datetime.now(UTC)
