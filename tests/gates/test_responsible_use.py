"""Responsible use 6–8: viewpoint, style and province change nothing; criticism becomes work."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import date

import pytest

from langnghe.analysis import AgencyMention, AnalysedDocument, Analysis, PlaceMention
from langnghe.claim import FactCheck
from langnghe.document import DocumentKind
from langnghe.items import document_from
from langnghe.profile import Department, Profile
from langnghe.text import fold
from nlp.backends.base import Guesses, TextInput
from nlp.backends.pairs import load_pair_reader
from nlp.claims import ClaimMatcher
from nlp.feedback import group_feedback
from nlp.pipeline import Pipeline
from nlp.places.gazetteer import units
from tests.unit.nlp.fakes import NOW, FakeBackend, guess, make_doc

PROVINCES = tuple(unit.name for unit in units() if unit.level == "province" and unit.is_current)
CRITICAL = (
    "Nước máy ở {} hôi mùi dầu ba ngày nay mà công ty cấp nước cứ nói đạt chuẩn.",
    "Bệnh viện tỉnh {} quá tải, người bệnh nằm ba người một giường, sao không ai trả lời?",
    "Đường mới làm ở {} hai tháng đã lún, ai nghiệm thu thì phải chịu trách nhiệm.",
    "Trường ở {} thu quỹ lớp vô lý, kiến nghị mãi Sở không xử lý.",
    "Cắt điện ở {} đúng tuần thi mà báo trước có một tiếng, quá coi thường dân.",
    "Hồ chứa ở {} xả lũ lúc nửa đêm không báo trước, dân trở tay không kịp.",
)
PRAISING = (
    "Nước máy ở {} đã trong lại, công ty cấp nước sửa nhanh, cảm ơn.",
    "Bệnh viện tỉnh {} mới có máy chụp, bác sĩ tận tình, cảm ơn nhiều.",
    "Đường mới làm ở {} chạy êm, bà con vui lắm.",
    "Trường ở {} trả lại quỹ lớp cho phụ huynh, Sở xử lý nhanh.",
    "Điện ở {} sửa xong sớm, kịp tuần thi, cảm ơn anh em thợ.",
    "Hồ chứa ở {} báo xả lũ sớm, dân kịp dọn đồ, cảm ơn.",
)
LEDGER = tuple(
    FactCheck(f"c{n}", claim, correction, date(2026, 3, 1))
    for n, (claim, correction) in enumerate(
        [
            ("Nước máy ở Đà Nẵng chứa chất độc gây ung thư.", "Sở Y tế bác tin, mẫu nước đạt."),
            ("Hồ chứa ở Nghệ An sắp vỡ đập, dân phải chạy.", "Sở khẳng định hồ an toàn."),
            ("Bệnh viện tỉnh Cà Mau bắt bệnh nhân nộp 10 triệu mới cấp cứu.", "Bệnh viện bác bỏ."),
            ("Trường ở Hà Nội thu 5 triệu tiền quỹ lớp theo lệnh của Sở.", "Sở phủ nhận có lệnh."),
            ("Điện lực Cần Thơ cắt điện ba ngày liền để sửa lưới.", "Điện lực bác tin này."),
        ]
    )
)


def shouted(text: str) -> str:
    return text.upper()


def plain(text: str) -> str:
    return " ".join(map(fold, text.split()))


STYLES = (str, shouted, plain)


def flag_rate(texts: list[str]) -> float:
    docs = [
        document_from({"id": str(n), "kind": "post", "text": text}) for n, text in enumerate(texts)
    ]
    found = ClaimMatcher(LEDGER, reader=load_pair_reader()).suggest(docs)
    return sum(map(bool, found)) / len(found)


def variants(templates: tuple[str, ...]) -> list[str]:
    return [
        style(template.format(province))
        for template, province, style in itertools.product(templates, PROVINCES, STYLES)
    ]


def test_criticism_and_praise_are_flagged_alike_and_hardly_ever() -> None:
    critical, praising = variants(CRITICAL), variants(PRAISING)
    assert len(critical) == len(praising) == 6 * 34 * 3
    assert flag_rate(critical) <= 0.01
    assert abs(flag_rate(critical) - flag_rate(praising)) <= 0.01


@pytest.mark.parametrize("style", STYLES[1:])
def test_the_way_of_writing_changes_no_flag_rate(style: type[str]) -> None:
    texts = [t.format(p) for t in (*CRITICAL, *PRAISING) for p in PROVINCES]
    assert len(texts) >= 300
    assert abs(flag_rate(texts) - flag_rate([style(text) for text in texts])) <= 0.01


def test_the_province_changes_no_flag_rate() -> None:
    rates = [flag_rate([t.format(p) for t in (*CRITICAL, *PRAISING)]) for p in PROVINCES]
    assert max(rates) - min(rates) <= 0.01


DEPARTMENTS = (
    Department("Sở Y tế", ("y_te",)),
    Department("Sở Giáo dục và Đào tạo", ("giao_duc",), aliases=("Sở GD-ĐT",)),
    Department("Sở Xây dựng", ("giao_thong", "do_thi_dat_dai")),
    Department("Sở Nông nghiệp và Môi trường", ("moi_truong_thien_tai", "nong_nghiep")),
    Department("Sở Công Thương", ("nang_luong",)),
    Department("Công an tỉnh", ("an_ninh_trat_tu",)),
    Department("Sở Nội vụ", ("hanh_chinh", "lao_dong_an_sinh")),
    Department("Sở Văn hóa, Thể thao và Du lịch", ("van_hoa_du_lich",)),
    Department("Sở Khoa học và Công nghệ", ("cong_nghe",)),
    Department("Sở Tài chính", ("kinh_te",)),
)
PHRASES = (
    "Phản ánh mãi mà không ai trả lời, đề nghị {} vào cuộc.",
    "Làm ăn kiểu này thì dân chịu sao nổi, {} ở đâu?",
    "Ba tháng chưa giải quyết xong hồ sơ, {} cần xem lại.",
    "Góp ý để {} phục vụ dân tốt hơn.",
    "Cho hỏi bao giờ {} mới sửa?",
)


@pytest.mark.parametrize("department", DEPARTMENTS, ids=lambda d: d.name)
def test_criticism_becomes_work_of_the_department_concerned(department: Department) -> None:
    profile = Profile(departments=DEPARTMENTS)

    def answer(text: TextInput) -> Guesses:
        label = guess(department.topics[0])
        return Guesses(label, guess("neg"), guess("neg"), guess("complaint"))

    docs = [
        make_doc(text=phrase.format(department.name), id=str(n), kind=DocumentKind.POST)
        for n, phrase in enumerate(PHRASES)
    ]
    analyses = Pipeline(FakeBackend(answer), profile=profile).analyse(docs, NOW)
    for doc, analysis in zip(docs, analyses, strict=True):
        (group,) = group_feedback([AnalysedDocument(doc, analysis)], profile)
        assert group.departments[0] == department.name


def test_what_is_inferred_says_nothing_of_the_author() -> None:
    kinds = (Analysis, AgencyMention, PlaceMention)
    names = {field.name for kind in kinds for field in dataclasses.fields(kind)}
    forbidden = ("author", "religion", "ethnic", "politic", "health", "sexual", "gender", "person")
    assert not [name for name in names if any(word in name for word in forbidden)]
