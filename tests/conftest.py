"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["tests.elastic_fixture", "tests.ledger_fixture"]

_SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real data beside the project; a test that wants it skips where it is absent."""
    if not (_SHARED / "data").is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return _SHARED
