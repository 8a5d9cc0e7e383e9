"""Public bodies and offices in role; never a private person."""

from __future__ import annotations

import pytest

from langnghe.analysis import AgencyMention
from langnghe.profile import Department, Profile
from nlp.agencies import AgencyFinder
from nlp.places.find import PlaceFinder

PLACES = PlaceFinder()


def find(text: str, profile: Profile | None = None, *, social: bool = False) -> list[AgencyMention]:
    located = PLACES.locate(text, is_social=social)
    finder = AgencyFinder(profile or Profile())
    return list(finder.find(text, located, is_social=social))


@pytest.mark.parametrize(
    ("text", "name", "place", "role"),
    [
        ("Sở Y tế TP.HCM cho biết", "Sở Y tế", "Hồ Chí Minh", ""),
        ("Sở GD-ĐT Hà Nội yêu cầu", "Sở Giáo dục và Đào tạo", "Hà Nội", ""),
        ("UBND xã Hùng Sơn (Đà Nẵng)", "UBND xã Hùng Sơn", "xã Hùng Sơn", ""),
        ("Ủy ban nhân dân tỉnh Lâm Đồng", "UBND tỉnh Lâm Đồng", "Lâm Đồng", ""),
        ("Công an TP Hà Nội bắt", "Công an TP Hà Nội", "Hà Nội", ""),
        ("Giám đốc Sở Y tế Huế nói", "Sở Y tế", "Huế", "Giám đốc"),
        ("Phó chủ tịch UBND tỉnh Gia Lai", "UBND tỉnh Gia Lai", "Gia Lai", "Phó chủ tịch"),
        ("Bộ trưởng Giáo dục và Đào tạo", "Bộ Giáo dục và Đào tạo", "", "Bộ trưởng"),
        ("Thứ trưởng Bộ Y tế", "Bộ Y tế", "", "Thứ trưởng"),
        ("gần Bệnh viện Phụ sản Hà Nội", "Bệnh viện Phụ sản Hà Nội", "", ""),
        ("Trường THPT Lê Quý Đôn", "Trường THPT Lê Quý Đôn", "", ""),
        ("chính quyền phường Bến Thành", "UBND phường Bến Thành", "phường Bến Thành", ""),
        ("Phó chủ tịch UBND tỉnh nói", "UBND tỉnh", "", "Phó chủ tịch"),
        ("Tổng Bí thư dự lễ", "Ban Chấp hành Trung ương", "", "Tổng Bí thư"),
        ("Trưởng ban Tổ chức Trung ương", "Ban Tổ chức Trung ương", "", "Trưởng ban"),
        ("Tư lệnh Quân khu 5 kiểm tra", "Quân khu 5", "", "Tư lệnh"),
        ("Trường ĐH Sư phạm Hà Nội tuyển", "Trường ĐH Sư phạm Hà Nội", "", ""),
        ("bệnh viện Nhi đồng 2.", "bệnh viện Nhi đồng 2", "", ""),
    ],
)
def test_bodies_with_place_and_role(text: str, name: str, place: str, role: str) -> None:
    found = {(agency.name, agency.place, agency.role) for agency in find(text)}
    assert (name, place, role) in found


def test_a_persons_name_is_never_part_of_a_mention() -> None:
    text = "Chủ tịch UBND tỉnh Gia Lai Nguyễn Văn Bình và ông Trần Văn Cường, Giám đốc Công ty X"
    found = find(text)
    assert [agency.text for agency in found] == ["Chủ tịch UBND tỉnh Gia Lai"]


@pytest.mark.parametrize("text", ["chị Hoa ở Hà Nội", "ông Nguyễn Văn A", "công an đang xác minh"])
def test_private_persons_and_bodies_of_nowhere_are_not_found(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Thủ tướng Thái Lan từ chức",
        "Thủ tướng Netanyahu họp nội các",
        "Bộ Quốc phòng Mỹ và Quốc hội Hungary",
        "chuyên gia Đại học Harvard, Đại học Quốc gia Singapore",
        "chính quyền cũ",
        "điểm chuẩn đại học 2026",
        "CLB Công an Hà Nội thắng",
    ],
)
def test_bodies_of_other_countries_and_teams_are_not_found(text: str) -> None:
    assert find(text) == []


def test_a_name_never_leaves_its_line_nor_runs_into_the_next_name() -> None:
    found = find("Trường ĐH Nha Trang và Trường ĐH Tôn Đức Thắng\nNgày 1-9")
    assert [agency.text for agency in found] == ["Trường ĐH Nha Trang", "Trường ĐH Tôn Đức Thắng"]


def test_social_text_may_write_bodies_in_lower_case() -> None:
    found = find("sở y tế làm ăn chậm quá", social=True)
    assert [agency.name for agency in found] == ["Sở Y tế"]


def test_the_offices_departments_are_known_by_their_other_names() -> None:
    profile = Profile(departments=(Department("Công ty Cấp nước Lam Giang", aliases=("Lawaco",)),))
    found = find("Lawaco nói nước đạt chuẩn", profile)
    assert [(agency.name, agency.kind) for agency in found] == [
        ("Công ty Cấp nước Lam Giang", "own")
    ]
