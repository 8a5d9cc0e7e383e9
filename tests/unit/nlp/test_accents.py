"""Marks are put back where there are none, and nothing else is touched."""

from __future__ import annotations

import sys

import pytest

from nlp import accents
from nlp.accents import with_marks


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("duong ngap ca tuan khong ai xu ly", "đường ngập cả tuần không ai xử lý"),
        ("Cong an thanh pho da xu phat", "Công an thành phố đã xử phạt"),
    ],
)
def test_plain_typing_gets_its_likeliest_marks(typed: str, meant: str) -> None:
    assert with_marks(typed) == meant


@pytest.mark.parametrize(
    "text",
    ["", "đuong ngap ca tuan", "Hello my friend how are you today", "123 456 789 !!!"],
)
def test_text_with_marks_or_in_another_language_stays(text: str) -> None:
    assert with_marks(text) == text


def test_no_letter_is_added_or_lost() -> None:
    text = "  mat nuoc  3 ngay roi... ai xu ly??"
    assert len(with_marks(text)) == len(text)


def test_a_dash_or_a_smile_does_not_hide_that_marks_are_missing() -> None:
    assert with_marks("cong an phuong – khong ai tra loi 😡").startswith("công an phường – không")


def test_a_step_further_copies_nothing_of_the_row_before_it() -> None:
    table = accents._table()
    ways: accents._Ways = {(table.ids["<"], table.ids["<"]): (1.0, ("", None))}
    sizes = []
    for _ in range(50):
        ways = accents._narrowed(table.continued(ways, "duong"))
        sizes.append(max(sys.getsizeof(row) for _, row in ways.values()))
    assert sizes[0] == sizes[-1]


def test_a_long_run_without_any_stop_is_marked_to_its_end() -> None:
    typed = "duong ngap ca tuan khong ai xu ly " * 500
    assert with_marks(typed) == "đường ngập cả tuần không ai xử lý " * 500
