"""What a person at the command line is told when something is wrong: a sentence, exit code 1."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from runtime.cli import main
from runtime.process import take_lock


@pytest.fixture(autouse=True)
def clean_environ(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LANGNGHE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LANGNGHE_AUTHOR_KEY_FILE", str(tmp_path / "author.key"))
    monkeypatch.setenv("COLUMNS", "400")


def say(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *arguments: str
) -> tuple[object, str]:
    """Run the command line and return its exit code and what it said on stderr."""
    monkeypatch.setattr("sys.argv", ["langnghe", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    said = capfd.readouterr().err
    assert "Traceback" not in said
    return end.value.code, said


def test_a_data_directory_that_is_a_file(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("in the way")
    code, said = say(monkeypatch, capfd, "doctor")
    assert (code, "Không ghi được vào thư mục dữ liệu" in said) == (1, True)


def test_an_unknown_setting(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGNGHE_WEB_PROT", "1")
    code, said = say(monkeypatch, capfd, "run", "--no-ask")
    assert (code, "LANGNGHE_WEB_PROT" in said) == (1, True)


def test_a_second_service_on_one_data_directory(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with take_lock(tmp_path / "data" / "run"):
        code, said = say(monkeypatch, capfd, "run", "--no-ask")
    assert (code, "đang chạy trên thư mục dữ liệu này rồi" in said) == (1, True)
    assert not (tmp_path / "data" / "ledger.sqlite3").exists()


def test_a_restore_never_replaces_the_ledger_of_a_running_service(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with take_lock(tmp_path / "data" / "run"):
        code, said = say(monkeypatch, capfd, "restore", str(tmp_path / "any.zip"), "--force")
    assert (code, "dừng dịch vụ đó trước" in said) == (1, True)
    assert not (tmp_path / "data" / "ledger.sqlite3").exists()


def test_a_replay_never_empties_the_directory_of_a_running_one(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".phat-lai").touch()
    (tmp_path / "data" / "ledger.sqlite3").write_text("of the running one")
    with take_lock(tmp_path / "data" / "run"):
        code, _ = say(monkeypatch, capfd, "demo", "--data-dir", str(tmp_path / "data"))
    assert code == 1
    assert (tmp_path / "data" / "ledger.sqlite3").read_text() == "of the running one"


def test_a_recorded_file_that_is_absent_or_cut(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said = say(monkeypatch, capfd, "replay", str(tmp_path / "absent.jsonl"))
    assert (code, "absent.jsonl" in said) == (1, True)
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(b'{"title": "x"}\n' * 9)[:-12])
    code, said = say(monkeypatch, capfd, "replay", str(cut))
    assert (code, "cut.jsonl.gz" in said) == (1, True)


@pytest.mark.parametrize(
    "command", [("add", "http://127.0.0.1:8000/rss"), ("discover", "http://10.0.0.4/")]
)
def test_a_source_inside_the_network(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], command: tuple[str, str]
) -> None:
    code, said = say(monkeypatch, capfd, "sources", *command)
    assert (code, "không phải địa chỉ web công khai" in said) == (1, True)
