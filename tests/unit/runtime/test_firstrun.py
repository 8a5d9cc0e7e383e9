"""The office's profile from what a person types."""

from __future__ import annotations

from pathlib import Path

import pytest

from langnghe.profile import load_profile
from runtime.profiling import find_province, named_profile, write_profile


@pytest.mark.parametrize(
    "typed", ["Lào Cai", "lao cai", "TỈNH LÀO CAI", "tỉnh Lào Cai", " Lào  Cai "]
)
def test_a_province_is_found_however_it_is_typed(typed: str) -> None:
    found = find_province(typed)
    assert found is not None
    assert found.name == "Lào Cai"


def test_a_province_that_is_no_more_is_not_taken_for_one_of_today() -> None:
    assert find_province("Hà Nam") is None


def test_a_written_profile_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    write_profile(named_profile("Hà Nội"), path)
    profile = load_profile(path)
    assert profile.office == "UBND thành phố Hà Nội"
    assert not profile.is_national
    assert "y_te" in {topic for d in profile.departments for topic in d.topics}


def test_anything_else_is_a_ministry_and_nothing_is_the_country(tmp_path: Path) -> None:
    write_profile(named_profile("Bộ Y tế"), tmp_path / "a.toml")
    write_profile(named_profile(""), tmp_path / "b.toml")
    assert load_profile(tmp_path / "a.toml").ministry == "Bộ Y tế"
    assert load_profile(tmp_path / "b.toml").is_national
