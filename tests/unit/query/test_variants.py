"""Other ways to write the same words."""

from __future__ import annotations

import pytest

from langnghe.query.ast import Near, Words
from langnghe.query.forms import Form, NearForm, Space, forms, near_forms
from langnghe.query.parser import parse
from langnghe.query.variants import Variant, variants


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hocj phis", "học phí"),
        ("hojc phis", "học phí"),
        ("tieesng vieejt", "tiếng việt"),
        ("beenhj vieenj", "bệnh viện"),
        ("dduwowngf", "đường"),
        ("tai nanj giao thoong", "tai nạn giao thông"),
    ],
)
def test_raw_telex_is_read_as_what_it_spells(typed: str, meant: str) -> None:
    assert Variant(tuple(meant.split()), has_known_marks=True) in variants(tuple(typed.split()))


@pytest.mark.parametrize("typed", ["thoong", "xoong", "room", "text", "test", "first", "học", "19"])
def test_a_word_that_may_be_meant_as_it_stands_is_left_alone(typed: str) -> None:
    assert variants((typed,)) == ()


def test_raw_telex_is_compared_with_the_marks_that_its_keys_say() -> None:
    assert forms(leaf("lens")) == (
        Form(("lens",), Space.FOLDED),
        Form(("lén",), Space.EXACT),
        Form(("len",), Space.BARE),
    )


def test_an_abbreviation_and_its_words_stand_for_each_other() -> None:
    assert Variant(("ủy", "ban", "nhân", "dân"), has_known_marks=True) in variants(("ubnd",))
    whole = variants(("ủy", "ban", "nhân", "dân", "xa"))
    assert Variant(("ubnd", "xa"), has_known_marks=False) in whole


def test_what_stands_for_an_abbreviation_is_compared_with_its_marks() -> None:
    assert Form(("ủy", "ban", "nhân", "dân"), Space.EXACT) in forms(leaf("ubnd"))
    assert Form(("thành", "phố", "hcm"), Space.EXACT) in forms(leaf('"tp hcm"'))
    assert Form(("thanh", "pho", "da", "nang"), Space.FOLDED) in forms(leaf('"tp da nang"'))


def test_an_abbreviation_is_meant_by_its_letters_unless_it_is_a_syllable_too() -> None:
    assert Form(("ubnd",), Space.EXACT) in forms(leaf("ubnd"))
    assert Form(("hong",), Space.FOLDED) in forms(leaf("hong"))  # "hông", but also "hồng"


def test_the_sides_of_near_without_marks_are_looked_for_in_one_space() -> None:
    found = parse("ubnd NEAR/5 dat").root
    assert isinstance(found, Near)
    assert NearForm(("uy", "ban", "nhan", "dan"), ("dat",), Space.FOLDED) in near_forms(found)


def leaf(text: str) -> Words:
    found = parse(text).root
    assert isinstance(found, Words)
    return found
