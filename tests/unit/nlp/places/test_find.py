"""Units found by kind and name, by context, by time; open where nothing decides."""

from __future__ import annotations

import unicodedata

import pytest

from langnghe.analysis import PlaceMention
from langnghe.profile import ProfilePlace
from nlp.places import provinces_in
from nlp.places.find import PlaceFinder
from nlp.places.gazetteer import units

FINDER = PlaceFinder()


def names(text: str, **hints: object) -> list[str]:
    return [mention.name for mention in FINDER.find(text, **hints)]  # type: ignore[arg-type]


def one(text: str) -> PlaceMention:
    (found,) = FINDER.find(text)
    return found


def test_the_gazetteer_holds_every_unit_of_today() -> None:
    today = [unit for unit in units() if unit.is_current]
    assert sum(unit.level == "province" for unit in today) == 34
    assert sum(unit.level == "commune" for unit in today) == 3321
    assert len({unit.code for unit in today if unit.level == "commune"}) == 3321


@pytest.mark.parametrize("text", ["TP.HCM", "TP HCM", "Sài Gòn", "TP Hồ Chí Minh", "TPHCM"])
def test_aliases_name_one_province(text: str) -> None:
    assert (one(f"Mưa lớn ở {text} chiều nay").code, one(f"ở {text}").name) == ("79", "Hồ Chí Minh")


def test_a_commune_is_settled_by_the_province_after_it() -> None:
    commune, province = FINDER.find("Sạt lở ở xã Hùng Sơn (Đà Nẵng)")
    assert (commune.name, commune.code, commune.province) == ("xã Hùng Sơn", "20443", "48")
    assert province.code == "48"


def test_an_ambiguous_commune_stays_open_without_context() -> None:
    found = one("Cháy lớn tại xã Tân Lập")
    assert (found.name, found.code) == ("xã Tân Lập", "")


def test_the_sources_province_settles_an_ambiguous_commune() -> None:
    (found,) = FINDER.find("Cháy lớn tại xã Tân Lập", province="19")
    assert (found.province, found.code != "") == ("19", True)


def test_a_former_district_shows_until_when_it_was_valid() -> None:
    found = one("Người dân huyện Cần Giờ đi phà")
    assert (found.level, found.valid_until, found.province) == ("district", "2025-06-30", "79")


def test_a_former_province_is_told_from_todays() -> None:
    today, former = FINDER.find("Bão vào Đắk Lắk (Phú Yên cũ)")
    assert (today.name, today.valid_until) == ("Đắk Lắk", "")
    assert (former.name, former.valid_until, former.province) == ("Phú Yên", "2025-06-30", "66")


def test_a_former_commune_is_settled_by_its_district() -> None:
    commune, district = FINDER.find("tại xã Tân Lập, huyện Đan Phượng")
    assert (commune.valid_until, commune.province) == ("2025-06-30", "01")
    assert district.name == "huyện Đan Phượng"


def test_a_former_ward_is_settled_by_its_numbered_district() -> None:
    ward, *_ = FINDER.find("Cháy ở P.1, Q.3, TP.HCM")
    assert (ward.name, ward.code, ward.valid_until) == ("phường 1", "27160", "2025-06-30")


def test_an_own_unit_without_a_province_lies_in_the_offices() -> None:
    finder = PlaceFinder((ProfilePlace("Khu Lam Đông"),), "40")
    (found,) = finder.find("Mất nước ở Khu Lam Đông")
    assert (found.code, found.province) == ("", "40")


def test_a_list_shares_its_kind() -> None:
    text = "các xã Hòa Thịnh, Hòa Mỹ và Sơn Thành, tỉnh Đắk Lắk"
    assert names(text) == ["xã Hòa Thịnh", "xã Hòa Mỹ", "xã Sơn Thành", "Đắk Lắk"]


def test_numbered_districts_are_found() -> None:
    assert names("phường Bến Thành, quận 1, TP.HCM")[1] == "quận 1"


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Thái Bình về nhất",
        "vượt Thái Bình Dương",
        "đường Hồ Chí Minh",
        "sông Đồng Nai dâng cao",
        "mong muốn hòa bình",
        "CLB Trường Tươi Đồng Nai",
    ],
)
def test_persons_rivers_and_everyday_words_are_no_places(text: str) -> None:
    assert names(text) == []


def test_social_text_may_leave_out_capitals_and_accents() -> None:
    text = "mng o ha noi voi sai gon, phuong ben thanh ngap r"
    assert names(text, is_social=True) == ["Hà Nội", "Hồ Chí Minh", "phường Bến Thành"]
    assert names(text) == []


def test_the_offices_own_units_win() -> None:
    finder = PlaceFinder(
        [
            ProfilePlace("Lam Giang", "province", "lam-giang", "lam-giang"),
            ProfilePlace("phường Lam Thành", "commune", "lg-01", "lam-giang", ("khu Lam cũ",)),
        ],
        home="lam-giang",
    )
    found = finder.find("Nước ở phường Lam Thành, tỉnh Lam Giang có mùi; khu Lam cũ mất nước")
    assert [(place.name, place.code) for place in found] == [
        ("phường Lam Thành", "lg-01"),
        ("Lam Giang", "lam-giang"),
    ]


def test_decomposed_text_is_read_after_normalisation() -> None:
    from langnghe.text import normalize

    text = unicodedata.normalize("NFD", "xã Hùng Sơn, Đà Nẵng")
    assert names(normalize(text)) == ["xã Hùng Sơn", "Đà Nẵng"]


def test_the_quick_look_gives_todays_provinces() -> None:
    assert provinces_in("Từ Quảng Nam ra Hà Nội") == {"48", "01"}
