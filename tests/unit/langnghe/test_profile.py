"""The office's profile."""

from pathlib import Path

import pytest

from langnghe.errors import ConfigError
from langnghe.profile import load_profile


def test_without_a_profile_the_country_is_watched(tmp_path: Path) -> None:
    assert load_profile(tmp_path / "none.toml").is_national


def test_departments_people_and_places_are_read(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(
        'office = "UBND tỉnh Lam Giang"\nprovince = "lam-giang"\n'
        '[[departments]]\nname = "Sở Y tế"\ntopics = ["y_te"]\n'
        '[[people]]\nname = "A"\nemail = "a@lamgiang.example.vn"\nrole = "leader"\n',
        "utf-8",
    )
    profile = load_profile(path)
    assert not profile.is_national
    assert profile.departments[0].topics == ("y_te",)
    assert profile.people[0].role == "leader"


@pytest.mark.parametrize(
    "text",
    [
        "[[own_topics]]\nname='Nước'\nquery='(nước'",
        "[[own_topics]]\nname='Nước'",
        "offices = 'x'",
        "[[people]]\nname='A'\nemail='a@b.vn'\nrole='boss'",
        "office = ",
        "x = [[",
    ],
)
def test_a_mistake_is_a_config_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError):
        load_profile(path)


def test_own_topics_are_named_queries(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_text("[[own_topics]]\nname = 'Nước sạch'\nquery = '\"nước sạch\" AND xã'\n", "utf-8")
    (topic,) = load_profile(path).own_topics
    assert (topic.name, topic.query) == ("Nước sạch", '"nước sạch" AND xã')
