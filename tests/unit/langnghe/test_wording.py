"""What stands beside names on a screen."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from langnghe.analysis import AgencyMention, PlaceMention
from langnghe.wording import ERROR_SENTENCES, agency_note, lasted, place_note


@pytest.mark.parametrize(
    ("place", "note"),
    [
        (PlaceMention("x", "xã A", "commune", "27667", "79"), ""),
        (PlaceMention("x", "huyện B", "district", "787", "79", "2025-06-30"), "trước 01/7/2025"),
        (PlaceMention("x", "xã C", "commune"), "nhiều nơi cùng tên, chưa rõ nơi nào"),
        (PlaceMention("x", "Khu Lam Đông", "commune", "", "lam-giang"), ""),
    ],
)
def test_a_place_says_until_when_it_was_and_that_it_is_open(place: PlaceMention, note: str) -> None:
    assert place_note(place) == note


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 phút"), (59, "59 phút"), (60, "1 giờ"), (221, "3 giờ 41 phút"), (3010, "2 ngày 2 giờ")],
)
def test_how_long_something_took_is_told_in_two_units(minutes: int, said: str) -> None:
    assert lasted(timedelta(minutes=minutes)) == said


def test_an_agency_says_where_it_is_and_which_office_was_named() -> None:
    sector = AgencyMention("x", "Sở Y tế", "department", "Lam Giang", "Giám đốc")
    assert agency_note(sector) == "Giám đốc, Lam Giang"
    commune = AgencyMention("x", "UBND xã A", "people's-committee", "xã A")
    assert agency_note(commune) == ""


def test_every_error_of_the_house_is_explained_in_vietnamese() -> None:
    house = Path(__file__).parents[3]
    rooms = (
        "langnghe",
        "crawlers",
        "nlp",
        "indexer",
        "alerts",
        "reports",
        "ledger",
        "runtime",
        "web",
    )
    files = [file for room in rooms for file in (house / room).rglob("*.py")]
    codes = {
        c for f in files for c in re.findall(r'^    code = "(.+)"$', f.read_text("utf-8"), re.M)
    }
    assert len(codes) > 20
    assert codes - ERROR_SENTENCES.keys() == set()
