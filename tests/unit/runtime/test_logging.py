"""The console stays readable; the log file tells everything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from langnghe.errors import DataDirUnusable
from runtime.process import configure_logging

ROOT = Path(__file__).resolve().parents[3]
SAYS = """
import logging, pathlib, sys
from runtime.process import configure_logging
configure_logging("info", "worker", pathlib.Path(sys.argv[1]))
logging.getLogger("room").debug("a detail")
logging.getLogger("room").info("a step")
logging.getLogger("room").warning("a worry")
logging.getLogger("apscheduler.scheduler").warning("maximum number of running instances reached")
"""


def say(data_dir: Path) -> str:
    command = [sys.executable, "-c", SAYS, str(data_dir)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    return done.stderr


def test_only_worries_reach_the_console(tmp_path: Path) -> None:
    console = say(tmp_path)
    assert console.endswith("worker WARNING room: a worry\n")
    assert console.count("\n") == 1
    logged = (tmp_path / "log" / "worker.log").read_text("utf-8").splitlines()
    assert [line.split(" ", 2)[2] for line in logged] == [
        "INFO room: a step",
        "WARNING room: a worry",
    ]


def test_a_log_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    with pytest.raises(DataDirUnusable, match="log"):
        configure_logging("INFO", "worker", tmp_path)
