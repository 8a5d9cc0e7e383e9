"""Which entries of the embedded index a query asks for."""

from __future__ import annotations

import pytest

from indexer.embedded.compile import match_expression
from indexer.embedded.schema import FTS_COLUMNS, fts_row
from langnghe.query import parse
from langnghe.query.words import TextWords


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ('"học phí"', '("+học+phí" OR "!hoc !phi")'),
        ('"sách giáo khoa"', '("+sách+giáo +giáo+khoa" OR "!sach !giao !khoa")'),
        ('"hoc phi"', '"~hoc ~phi"'),
        ("học", '("học" OR "!hoc")'),
        ('title:"học phí"', '(t:"+học+phí" OR tb:"!hoc !phi")'),
    ],
)
def test_a_phrase_with_marks_is_looked_for_by_its_pairs(query: str, expression: str) -> None:
    assert match_expression(parse(query).root) == expression


def test_near_is_one_word_wider_between_pairs() -> None:
    both = match_expression(parse('"học phí" NEAR/4 "nhà trường"').root)
    assert both is not None
    assert 'NEAR("+học+phí" "+nhà+trường", 5)' in both
    mixed = match_expression(parse('"học phí" NEAR/4 trường').root)
    assert mixed is not None
    assert 'NEAR("học phí" "trường", 4)' in mixed


def test_pairs_stand_behind_the_words_of_their_own_field() -> None:
    row = dict(zip(FTS_COLUMNS, fts_row(TextWords("Học phí tăng", "Sáng", ""), {}), strict=True))
    assert row["t"] == "học phí tăng +học+phí +phí+tăng"
    assert row["tf"] == "~hoc ~phi ~tang"
    assert (row["l"], row["b"], row["x"]) == ("sáng", "", "=all")
