"""What an element is called: asked once of a name, quickly of one without the letters."""

from __future__ import annotations

import re

import pytest

from crawlers import blocks, boxes, breadcrumbs, shown
from crawlers.naming import Known, holds


def test_a_name_is_asked_once_and_a_long_one_is_not_kept() -> None:
    asked: list[str] = []
    known = Known(lambda name: bool(asked.append(name)) or name.startswith("a"))
    answers = [known[name] for name in ("ab", "b", "ab", "a" * 400, "a" * 400)]
    assert answers == [True, False, True, True, True]
    assert asked == ["ab", "b", "a" * 400, "a" * 400]


def test_names_that_never_return_do_not_fill_the_memory() -> None:
    known = Known(len)
    for number in range(20_000):
        assert known[f"bai-{number}"] == len(f"bai-{number}")
    assert len(known) <= 5000


def test_letters_only_save_time() -> None:
    says = holds(re.compile(r"(?:^|-)tin-?khac(?=$|-)", re.I), "khac")
    assert says("box-Tin-KHAC") and says("tinkhac")
    assert not says("khach-hang") and not says("tin-moi")


@pytest.mark.parametrize(
    ("known", "names"),
    [
        (
            boxes._IS_BOX_NAME,
            "binh-luan binhluan ykien y-kien-ban-doc list-comment comments-area "
            "commentform box-comment fb-comments disqus_thread ykbd related relatenews "
            "article-relate box-lien-quan tinlienquan bai-lien-quan tin-khac tin-cung-muc "
            "tin-cung-chuyen-muc Related-News",
        ),
        (
            blocks._IS_CAPTION_CLASS,
            "wp-caption chu-thich chuthich image-desc photo_note pic-cap anhnote IMG-Desc",
        ),
        (
            breadcrumbs._IS_PATH_NAME,
            "breadcrumb bread-crumbs cate-name thanh-dieu-huong thanhdieuhuong duong-dan",
        ),
        (
            shown._IS_DATE_NAME,
            "post-date datePublished time publish-on ngay-dang posted-on detail-time pdate clock "
            "last-updated",
        ),
    ],
)
def test_each_kind_of_name_is_known_by_its_letters(known: Known[bool], names: str) -> None:
    assert [name for name in names.split() if not known[name]] == []
    assert not known["noi-dung"] and not known["main"]
