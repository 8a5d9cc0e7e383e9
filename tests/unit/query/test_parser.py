"""What people may type, and what the hint says when they may not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from langnghe.errors import QueryError
from langnghe.query import parse
from langnghe.query.ast import (
    And,
    Everything,
    Filter,
    Moment,
    Near,
    Not,
    Or,
    Published,
    Words,
)

HOC = Words(("học",), is_marked=True)
PHI = Words(("phi",))


def test_words_side_by_side_must_all_be_there() -> None:
    assert parse("học phi").root == And((HOC, PHI))
    assert parse("học AND phi").root == And((HOC, PHI))


def test_and_binds_tighter_than_or() -> None:
    assert parse("học phi OR ban").root == Or((And((HOC, PHI)), Words(("ban",))))


def test_minus_and_not_exclude() -> None:
    expected = And((HOC, Not(PHI)))
    assert parse("học -phi").root == expected
    assert parse("học NOT phi").root == expected
    assert parse("học AND NOT phi").root == expected
    assert parse('-"học phi"').root == Not(Words(("học", "phi"), is_marked=True))
    assert parse("NOT NOT phi").root == PHI


def test_an_exclamation_mark_before_a_word_excludes_it_and_a_dash_between_words_nothing() -> None:
    assert parse("học !phi").root == And((HOC, Not(PHI)))
    assert parse("học!! phi").root == And((HOC, PHI))
    assert parse("học -- phi").root == And((HOC, PHI))
    assert parse("học !! phi").root == And((HOC, PHI))


def test_a_hyphen_inside_a_word_excludes_nothing() -> None:
    assert parse("covid-19").root == Words(("covid", "19"))


def test_an_abbreviation_with_dots_is_a_phrase_of_its_words() -> None:
    assert parse("TP.HCM").root == Words(("tp", "hcm"))


def test_numbers_lose_their_grouping() -> None:
    assert parse("1.000").root == parse("1,000").root == parse("1000").root


def test_the_place_of_the_tone_mark_does_not_matter() -> None:
    assert parse("hoà").root == parse("hòa").root


def test_a_mark_on_one_side_of_near_marks_both() -> None:
    assert parse("học NEAR/3 phi").root == Near(
        (HOC,), (Words(("phi",), is_marked=True),), distance=3
    )
    assert parse("title:(phi ONEAR/0 (ban OR lam))").root == Near(
        (Words(("phi",), "title"),),
        (Words(("ban",), "title"), Words(("lam",), "title")),
        distance=0,
        is_ordered=True,
        field="title",
    )


def test_fields_take_codes_and_the_labels_of_the_screen() -> None:
    y_te = Filter("topic", "y_te")
    assert parse("topic:y_te").root == y_te
    assert parse('topic:"Y tế"').root == y_te
    assert parse("topic:(y_te OR giao_duc)").root == Or((y_te, Filter("topic", "giao_duc")))
    assert parse("STORY:*").root == Filter("story", "*")
    assert parse('outlet:"Báo  Lam Giang"').root == Filter("outlet", "báo lam giang")


def test_published_takes_days_of_vietnam_and_relative_times() -> None:
    start, end = 1_759_251_600, 1_759_251_600 + 86_400 - 1  # 01/10/2025 in Vietnam
    day = Published(Moment(start), Moment(end))
    assert parse("published:2025-10-01").root == day
    assert parse("published:01/10/2025").root == day
    assert parse("published:[2025-10-01 TO 2025-10-01]").root == day
    assert parse("published:>2025-10-01").root == Published(low=Moment(end + 1))
    assert parse("published:[* TO 2025-10-01]").root == Published(high=Moment(end))
    relative = parse("published:now-7d").root
    assert isinstance(relative, Published)
    assert relative.low is not None
    assert relative.low.back is not None
    assert relative.low.back.days == 7
    assert relative.high is None
    assert parse("now-7d").root == parse("published: now-7d").root == relative
    assert parse("published:[now-7d to now]").root == parse("published:[now-7d TO now]").root


def test_a_boost_weighs_every_word_of_a_group() -> None:
    root = parse("(học OR phi^3)^2").root
    assert isinstance(root, Or)
    assert [w.boost for w in root.children if isinstance(w, Words)] == [2.0, 6.0]


def test_nothing_asks_for_everything() -> None:
    assert parse("  ").root == parse("*").root == Everything()


def test_punctuation_between_words_says_nothing() -> None:
    assert parse("học – phi !").root == And((HOC, PHI))


@pytest.mark.parametrize(
    ("text", "position", "hint"),
    [
        ('"học phí', 0, "ngoặc kép"),
        ("(học phí", 0, "chưa có dấu )"),
        ("học) phí", 3, "Thừa dấu ngoặc đóng"),
        ("học OR", 6, "thiếu một vế"),
        ("OR học", 0, "còn thiếu một từ"),
        ("()", 1, "chưa có từ nào"),
        ("học nguoi:ta", 4, "Không có trường “nguoi”"),
        ("author:nam", 0, "không tìm theo người viết"),
        (" … !", 1, "không có từ nào"),
        ("topic:abc", 6, "chỉ nhận một trong: y_te"),
        ("topic:yte", 6, 'Có phải topic:y_te hay topic:"Y tế"?'),
        ("tone:tiêu cực", 5, 'Có phải tone:neg hay tone:"Tiêu cực"?'),
        ("tiêu đề:lũ", 5, "hãy viết title:"),
        ("outlt:lũ", 0, "hãy viết outlet:"),
        ("outlet:[a TO b]", 7, "Chỉ published: nhận khoảng"),
        ("topic:", 0, "là giá trị"),
        ("title:(topic:y_te)", 7, "Đang ở trong title"),
        ("n*", 0, "ít nhất 2 chữ"),
        ("h*c", 1, "chỉ đặt ở cuối"),
        ('"nghi*"', 5, "chỉ đặt ở cuối"),
        ("place:ha*", 8, "không nhận dấu *"),
        ("*c", 0, "chỉ đặt ở cuối"),
        ('"a b"~5', 5, "NEAR/5"),
        ("học^x", 3, "hệ số"),
        ("học^1000", 3, "hệ số"),
        ("^2 học", 0, "đặt ngay sau một từ"),
        ("a near/5 b", 2, "NEAR và ONEAR viết hoa"),
        ("a NEAR/-1 b", 2, "sau dấu / là số từ"),
        ("a NEAR/5", 8, "còn thiếu một vế"),
        ("a NEAR/5 NOT b", 9, "còn thiếu một vế"),
        ("a NEAR/101 b", 2, "từ 0 đến 100"),
        ("a NEAR/2 b NEAR/2 c", 11, "chỉ nối hai vế"),
        ("a NEAR/2 topic:y_te", 9, "Mỗi vế của NEAR"),
        ("title:a NEAR/2 lead:b", 8, "cùng một trường"),
        ("published:hôm-qua", 10, "Thời gian viết như"),
        ("published:[a b]", 10, "Khoảng thời gian"),
        ("published:2025-13-45", 10, "Thời gian viết như"),
        ("published:[2025-10-01 TO mai]", 25, "Thời gian viết như"),
        ("published:>=mai", 12, "Thời gian viết như"),
        ("published:[2025-10-01 TO", 10, "chưa có dấu ] đóng lại"),
        ("published:2025-10-01 TO 2025-10-31", 21, "đặt trong ngoặc vuông"),
        ("published:[2025-10-31 TO 2025-10-01]", 10, "đang ngược"),
        ("published:[now-1w TO now-2w]", 10, "đang ngược"),
        ("học AND published:", 18, "Sau published:"),
        ("(" * 21 + "a" + ")" * 21, 20, "lồng nhau quá"),
        ("a " * 1001, 2000, "quá 1.000"),
        ("a" * 20_001, 20_000, "dài quá"),
    ],
)
def test_an_error_points_at_the_character_and_says_what_to_write(
    text: str, position: int, hint: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.position == position
    assert hint in caught.value.hint


def test_every_naughty_string_is_a_query_or_a_query_error(shared_dir: Path) -> None:
    strings = json.loads((shared_dir / "data" / "hostile" / "blns.json").read_text("utf-8"))
    assert len(strings) > 500
    for text in strings:
        try:
            parse(text)
        except QueryError as error:
            assert 0 <= error.position <= len(text)
            assert error.hint


def test_a_pattern_is_read_as_words_and_cannot_run_away() -> None:
    assert parse("/(aa+)+$/").root == Words(("aa",))
