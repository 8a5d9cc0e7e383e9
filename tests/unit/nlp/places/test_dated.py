from __future__ import annotations

import pytest

from nlp.places.dated import dated_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("huyện Cần Giờ", "huyện Cần Giờ (trước 01/7/2025)"),
        ("Bình Dương", "Bình Dương (trước 01/7/2025)"),
        ("Hà Tây", "Hà Tây (trước 01/8/2008)"),
        ("xã Cần Giờ", "xã Cần Giờ"),
        ("Lâm Đồng", "Lâm Đồng"),
        ("phường của riêng văn phòng", "phường của riêng văn phòng"),
    ],
)
def test_only_a_name_that_no_unit_of_today_bears_is_dated(name: str, shown: str) -> None:
    assert dated_name(name) == shown


def test_a_commune_of_the_office_itself_is_never_called_one_of_before() -> None:
    assert dated_name("huyện Cần Giờ", ("huyện Cần Giờ",)) == "huyện Cần Giờ"
