"""One report's seriousness: signs with reasons, labels with confidence, no names, any text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.severity import Mixture, SeverityJudge, default_judge, load_signs, load_weights
from langnghe.analysis import Importance
from tests.unit.alerts.made import JUDGE, item


@pytest.mark.parametrize(
    ("title", "sign"),
    [
        ("Xe khách lao xuống vực, 5 người chết", "many_dead"),
        ("23 học sinh nhập viện sau bữa ăn bán trú", "school_poisoning"),
        ("Khởi tố, bắt tạm giam phó giám đốc ban quản lý dự án", "official_prosecuted"),
        ("Công an bác tin đồn hồ chứa sắp vỡ", "rumour"),
        ("Hiệu trưởng bị cách chức vì thu sai", "official_disciplined"),
        ("Người dân bức xúc vì đường sửa mãi không xong", "public_anger"),
    ],
)
def test_a_sign_is_found_and_says_why(title, sign):
    found = default_judge().judge(item("d", title, stance="neg", tone="neg"))
    assert sign in found.signs
    assert any("“" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    "title",
    [
        "Cháy kho phế liệu ở Biên Hòa, không có người chết",
        "Sập giàn giáo, rất may không có thương vong về người",
        "Bão số 9 đổ bộ, chưa ghi nhận thiệt hại về người, không ai bị thương",
    ],
)
def test_harm_that_did_not_happen_is_no_sign(title):
    assert not {"dead", "many_dead", "many_hurt"} & set(
        default_judge().judge(item("d", title)).signs
    )


def test_harm_beside_harm_that_did_not_happen_is_a_sign():
    found = default_judge().judge(item("d", "Cháy nhà, 3 người chết, không ai bị thương thêm"))
    assert "many_dead" in found.signs


@pytest.mark.parametrize(
    "title",
    [
        "Hố ga không có nắp làm 5 người chết trong năm",
        "Đường không có đèn khiến nhiều người thiệt mạng",
        "Chưa có kết luận vụ 4 công nhân tử vong",
    ],
)
def test_denying_something_else_denies_no_harm(title):
    assert {"dead", "many_dead"} & set(default_judge().judge(item("d", title)).signs)


def test_everyday_words_are_no_reason():
    found = default_judge().judge(item("d", "Người dân lấy nước sau khi có thông báo"))
    assert not any("người dân" in reason or "sau khi" in reason for reason in found.reasons)


def test_graver_news_weighs_more():
    judge = default_judge()
    grave = judge.judge(item("a", "Sập cầu, 6 người chết", tone="neg"))
    plain = judge.judge(item("b", "Khai mạc lễ hội cam, nhiều hoạt động vui", tone="pos"))
    assert grave.attention > plain.attention and grave.watch > plain.watch


@pytest.mark.parametrize("province", ["Quảng Trị", "Cà Mau", "Lào Cai", "Tây Ninh", "Gia Lai"])
def test_another_province_does_not_change_the_weight(province):
    judge = default_judge()
    here = judge.judge(item("a", "Bốn cán bộ ở Đắk Lắk bị khởi tố vì nhận hối lộ"))
    there = judge.judge(item("b", f"Bốn cán bộ ở {province} bị khởi tố vì nhận hối lộ"))
    assert abs(here.attention - there.attention) < 0.25


def test_a_post_without_a_title_is_judged_by_its_text():
    found = JUDGE.judge(item("p", "", text="cả nhà tôi bị ngộ độc sau khi ăn ở trường mầm non"))
    assert "school_poisoning" in found.signs


@pytest.mark.parametrize("text", ["", "\x00", "💧" * 500, "a" * 100_000, "\u202e\u200b"])
def test_any_text_is_judged(text):
    assert isinstance(default_judge().judge(item("d", text)).attention, float)


def test_every_sign_has_its_own_name():
    names = [sign.id for sign in load_signs()]
    assert len(names) == len(set(names))


def test_what_the_encoder_thinks_of_a_report_has_its_share():
    mixtures = (Mixture(1.0, 0.5, -0.2), Mixture(1.0, 1.0, 0.0))
    judge = SeverityJudge(load_signs(), load_weights(), mixtures)
    plain = item("a", "Sập cầu, 6 người chết", tone="neg")
    alone = judge.judge(plain)
    raised = judge.judge(judged_by_encoder(plain, watch=0.5, attention=0.9))
    assert raised.watch == pytest.approx(alone.watch - 0.2)
    assert raised.attention == pytest.approx(alone.attention + 2.197, abs=1e-3)


def judged_by_encoder(found, *, watch, attention):
    importance = Importance(watch, attention)
    return replace(found, analysis=replace(found.analysis, importance=importance))


def test_the_words_given_as_a_reason_say_something():
    title = "Xã chịu trách nhiệm trước thành phố nếu xảy ra đổ rác thải xây dựng không phép tại đây"
    (reason, *_) = default_judge().judge(item("a", title, tone="neg")).reasons
    assert "“tại”" not in reason and "“nếu”" not in reason
