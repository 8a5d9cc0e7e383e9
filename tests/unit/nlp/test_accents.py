"""Marks are put back where there are none, and nothing else is touched."""

from __future__ import annotations

import pytest

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
