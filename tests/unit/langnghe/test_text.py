"""Words, marks and offsets: what every engine, rule and highlight stands on."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.text import (
    fold,
    has_marks,
    normalize,
    search_tokens,
    search_words,
    tokenize,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TP.HCM có 1.000 người", ["tp.hcm", "có", "1.000", "người"]),
        ("covid-19, 1,5%", ["covid", "19", "1,5"]),
        ("_a_ __ a_b", ["_a_", "a_b"]),
        ("o'clock d’Or a:b 'quoted'", ["o'clock", "d’or", "a:b", "quoted"]),
        ("19:30 1.000đ 2.5tr", ["19", "30", "1.000đ", "2.5tr"]),
        ("x² ½ No. 1.", ["x", "no", "1"]),
        ("日本語 テスト 한국어 😀", ["日", "本", "語", "テスト", "한국어", "😀"]),
        ("ho\u0323c", ["ho\u0323c"]),
        ("a" * 300, ["a" * 255, "a" * 45]),
        ("", []),
    ],
)
def test_unicode_words_are_those_of_uax_29_as_lucene_reads_them(
    text: str, expected: list[str]
) -> None:
    assert words(text) == expected
    assert [t.word for t in tokenize(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TP.HCM", ["tp", "hcm"]),
        ("1.000 1,000 1000 1.000.000", ["1000", "1000", "1000", "1000000"]),
        ("2,5 2.5 3.14159", ["2.5", "2.5", "3.14159"]),
        ("hoà hòa HOÀ khoẻ uỷ quý", ["hòa", "hòa", "hòa", "khỏe", "ủy", "quý"]),
        ("hoàn toàn", ["hoàn", "toàn"]),
        ("h\u200bọc ph\u00adí", ["học", "phí"]),
        ("ho\u0323c phi\u0301", ["học", "phí"]),
        ("a_b o'clock", ["a", "b", "o", "clock"]),
        ("…!?", []),
    ],
)
def test_search_words_are_tolerant(text: str, expected: list[str]) -> None:
    assert search_words(text) == expected


@given(st.text())
def test_offsets_point_into_the_text_itself(text: str) -> None:
    for token in tokenize(text):
        assert text[token.start : token.end].lower() == token.word
    previous = 0
    for token in search_tokens(text):
        assert previous <= token.start < token.end <= len(text)
        assert search_words(text[token.start : token.end]) == [token.word]
        previous = token.end


@given(st.text())
def test_search_words_read_themselves_again(text: str) -> None:
    found = search_words(text)
    assert search_words(" ".join(found)) == found


@given(st.text(alphabet="hocphiđườngưủyệựÀẢ \u200b.,1", max_size=30))
def test_unicode_forms_do_not_matter(text: str) -> None:
    assert search_words(unicodedata.normalize("NFD", text)) == search_words(text)


def test_folding_takes_off_every_vietnamese_mark() -> None:
    assert fold("Đường") == "duong"
    assert fold("ỦY BAN") == "uy ban"
    assert has_marks("đ")
    assert not has_marks("Hanoi")
    assert normalize("ho\u0323c\u200b hoà") == "học hòa"
