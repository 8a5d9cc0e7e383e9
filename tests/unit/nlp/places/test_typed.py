"""What somebody types for a place is the name that mentions have, or nothing and the nearest."""

from __future__ import annotations

import pytest

from langnghe.profile import Profile, ProfilePlace
from nlp.places.find import PlaceFinder
from nlp.places.typed import typed_place

OFFICE = Profile(
    communes=("phường Lam Thành", "xã Hòa Khê"),
    places=(ProfilePlace("Khu Cảng Mới", "quarter", aliases=("Cảng Mới",)),),
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("phường Lam Thành", "phường Lam Thành"),
        ("Lam Thành", "phường Lam Thành"),
        ("lam thanh", "phường Lam Thành"),
        ("P. Lam Thành", "phường Lam Thành"),
        ("p lam thanh", "phường Lam Thành"),
        ("Xã  Hoà Khê", "xã Hòa Khê"),
        ("cảng mới", "Khu Cảng Mới"),
        ("Tỉnh Nghệ An", "Nghệ An"),
        ("TP Hồ Chí Minh", "Hồ Chí Minh"),
        ("40", "Nghệ An"),
        ("huyện Cần Giờ", "huyện Cần Giờ"),
    ],
)
def test_a_place_is_known_by_its_names_and_its_code(typed: str, name: str) -> None:
    assert typed_place(typed, OFFICE).name == name


def test_a_slip_is_no_place_and_names_the_nearest() -> None:
    found = typed_place("phường Lam Thànk", OFFICE)
    assert found.name == ""
    assert found.nearest[0] == "phường Lam Thành"
    assert typed_place("phường Lâm Thánh", OFFICE).name == ""


def test_a_bare_name_of_several_units_is_none_of_them() -> None:
    found = typed_place("Hòa Bình", Profile())
    assert found.name == ""
    assert {"phường Hòa Bình", "xã Hòa Bình"} <= set(found.nearest)


def test_what_nobody_is_called_has_nothing_near() -> None:
    assert typed_place("qqqq zzzz wwww", OFFICE).nearest == ()


@pytest.mark.parametrize("text", ["Cháy ở huyện Cần Giờ", "Mưa lớn ở Nghệ An", "Xã Hòa Bình ngập"])
def test_it_is_the_name_that_a_mention_has(text: str) -> None:
    (mention,) = PlaceFinder().find(text)
    assert typed_place(mention.name, Profile()).name == mention.name
