"""When an article appeared: what a page states against what it shows its readers."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from tests.unit.crawlers.test_page_systems import LEAD, OTHERS, TEXT, TITLE, clock, html, ld, read

STATED = '<meta property="article:published_time" content="2026-03-16T08:15:00+07:00">'


def shown(date: str, head: str = "") -> str:
    """Return the page that shows ``date`` below its title."""
    span = f'<span class="post-date">{date}</span>' if date else ""
    return html(f'<h1>{TITLE}</h1>{span}<p class="sapo">{LEAD}</p><div>{TEXT}</div>{OTHERS}', head)


def meta(name: str, value: str) -> str:
    return f'<meta property="{name}" content="{value}">'


@pytest.mark.parametrize(
    "date",
    [
        "Thứ Hai, 16/3/2026 | 08:15 GMT+7", "16-03-2026 - 08:15 AM", "08:15 | 16/03/2026",
        "Cập nhật lúc 08:15, Thứ Hai, 16/03/2026 (GMT+7)", "Thứ hai, 16 Tháng 3 2026 08:15",
        "Ngày 16 tháng 3 năm 2026 lúc 08 giờ 15 phút", "08:15' 16/03/2026", "16 Tháng Ba, 2026 08:15",
        "16/03/2026, 8:15 a.m.", "Xuất bản: 16/03/2026 - 08:15 | Lượt xem: 1.205",
        "Lượt xem: 1205 - 08:15 16/03/2026", "Hải Thử - 16/03/2026 08:15", "Th 2, 16/03/2026 | 08:15",
        "16/03/2026 08:15 (GMT+07:00) Hà Nội", "08h15' ngày 16/3/2026", "16.3.2026 08:15",
    ],
)  # fmt: skip
def test_the_shown_date_is_understood(date: str) -> None:
    assert clock(read(shown(date)).published_at) == "08:15 16/03/2026"


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-16T08:15:00", "2026-03-16 08:15:00", "2026-3-16T8:15:00+07:00",
        "2026-03-16T08:15:00.0000000+07:00", "3/16/2026 8:15:00 AM", "16/03/2026 08:15:00",
        "2026-03-16T01:15:00.000Z", "20260316T081500+0700", "2026-03-16T08:15:00GMT+7",
        "2026-03-16T08:15:00 ICT", "2026-03-16T08:15:00SA", "1773623700000", "16-Mar-2026 08:15",
    ],
)  # fmt: skip
def test_a_stated_date_is_understood_in_json_ld_and_in_meta(value: str) -> None:
    for head in (meta("article:published_time", value), ld(datePublished=value)):
        assert clock(read(shown("", head)).published_at) == "08:15 16/03/2026"


@pytest.mark.parametrize(
    ("head", "modified"),
    [
        # a clock of Vietnam stamped as UTC, with and without the same fault in the other time
        (ld(datePublished="2026-03-16T08:15:00Z", dateModified="2026-03-16T09:40:00Z"), "09:40 16/03/2026"),
        (ld(datePublished="2026-03-16T08:15:00Z", dateModified="2026-03-16T09:40:00+07:00"), "09:40 16/03/2026"),
        # moved by seven hours once more, or not at all
        (ld(datePublished="2026-03-16T15:15:00+07:00"), ""),
        (ld(datePublished="2026-03-16T01:15:00+07:00"), ""),
        (ld(datePublished="2026-03-16T01:15:00"), ""),
        # a day without its clock
        (ld(datePublished="2026-03-16"), ""),
        (ld(datePublished="2026-03-16T00:00:00+07:00"), ""),
        # the first day of a calendar
        (ld(datePublished="1970-01-01T00:00:00+00:00"), ""),
        (ld(datePublished="0001-01-01T00:00:00", dateModified="0001-01-01T00:00:00"), ""),
        # the day of reading
        ('<meta name="date" content="2026-03-17">', ""),
        # changed before it appeared
        (ld(datePublished="2026-03-16T08:15:00+07:00", dateModified="2026-03-15T09:40:00+07:00"), ""),
    ],
)  # fmt: skip
def test_what_a_page_states_wrongly_is_known_by_what_it_shows(head: str, modified: str) -> None:
    found = read(shown("Thứ Hai, 16/03/2026 | 08:15", head))
    assert clock(found.published_at) == "08:15 16/03/2026"
    assert clock(found.modified_at) == modified


def test_day_and_month_that_are_exchanged_are_known_by_the_shown_ones() -> None:
    found = read(shown("02/03/2026 08:15", ld(datePublished="3/2/2026 8:15:00 AM")))
    assert clock(found.published_at) == "08:15 02/03/2026"


@pytest.mark.parametrize(
    "head",
    [
        ld(datePublished="2026-03-16") + STATED,
        ld(datePublished="2026-03-16T08:15:00Z") + STATED,
        ld(datePublished="1970-01-01") + STATED,
    ],
)
def test_of_two_that_are_stated_the_fuller_one_counts(head: str) -> None:
    assert clock(read(shown("", head)).published_at) == "08:15 16/03/2026"


def test_a_time_stamped_as_utc_that_is_still_to_come_is_a_vietnamese_one() -> None:
    head = ld(datePublished="2026-03-17T08:15:00Z")  # read at 10:00 in Vietnam
    assert clock(read(shown("", head)).published_at) == "08:15 17/03/2026"


def test_a_zone_of_another_country_is_believed() -> None:
    head = ld(datePublished="2026-03-16T08:15:00-05:00")
    found = read(shown('<time datetime="2026-03-16T13:15:00">13:15 16/03/2026</time>', head))
    assert clock(found.published_at) == "20:15 16/03/2026"


def test_the_microdata_of_another_article_is_not_this_one_s() -> None:
    other = '<div itemscope itemtype="http://schema.org/NewsArticle"><a href="/t9"><span itemprop="headline">Mưa lớn ở Lam Đông từ đêm nay</span></a><meta itemprop="datePublished" content="2026-03-17T05:00:00+07:00"></div>'
    own = f'<div itemscope itemtype="http://schema.org/NewsArticle"><h1 itemprop="headline">{TITLE}</h1><meta itemprop="datePublished" content="2026-03-16T08:15:00+07:00"><meta itemprop="dateModified" content="2026-03-16T09:40:00+07:00"><p>{LEAD}</p>{TEXT}</div>'
    found = read(html(other + own))
    assert clock(found.published_at) == "08:15 16/03/2026"
    assert clock(found.modified_at) == "09:40 16/03/2026"


@pytest.mark.parametrize(
    "body",
    [
        f'<h1>{TITLE}</h1><p class="sapo">{LEAD}</p>{TEXT}{OTHERS}',
        f'<div class="date">Thứ Ba, 17/03/2026</div><h1>{TITLE}</h1><p class="sapo">{LEAD}</p>{TEXT}',
        f"<h1>{TITLE}</h1><p>{LEAD}</p><p>20/3/2026</p>{TEXT}",
    ],
    ids=["times of other articles", "today in the header", "a day to come in the text"],
)
def test_a_time_that_is_not_the_article_s_is_worse_than_none(body: str) -> None:
    assert read(html(body)).published_at is None


def test_a_date_below_the_text_is_the_article_s() -> None:
    end = '<p class="ngaydang">Ngày đăng: 16/03/2026 08:15</p>'
    found = read(html(f'<h1>{TITLE}</h1><p class="sapo">{LEAD}</p><div>{TEXT}</div>{end}'))
    assert clock(found.published_at) == "08:15 16/03/2026"
