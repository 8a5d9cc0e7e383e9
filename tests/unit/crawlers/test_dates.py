"""Dates as Vietnamese papers write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawlers.dates import clamp_published, parse_date
from langnghe.clock import to_local

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

ABSOLUTE = {
    "Thứ Sáu, 20/11/2026, 08:15 (GMT+7)": "2026-11-20T08:15:00",
    "T6 20/11/2026 08:15": "2026-11-20T08:15:00",
    "CN, 1/3/2026 | 09:51 GMT+7": "2026-03-01T09:51:00",
    "8h15 ngày 20-11": "2026-11-20T08:15:00",
    "15 giờ 30 phút, ngày 19/11": "2026-11-19T15:30:00",
    "2026-03-01T09:51:00&#x2B;07:00": "2026-03-01T09:51:00",
    "2026-11-20 08:52:11.000 +07:00": "2026-11-20T08:52:11",
    "08:52:11.000 +07:00": "2026-11-20T08:52:11",
    "Fri, 20 Nov 2026 08:15:00 +0700": "2026-11-20T08:15:00",
    "Fri, 20 Nov 2026 01:15:00 GMT": "2026-11-20T08:15:00",
    "Fri, 20 Nov 2026 08:15:00 GMT+7": "2026-11-20T08:15:00",
    "20/11/2026 8:15:00 SA": "2026-11-20T08:15:00",
    "20/11/2026 8:15:00 CH": "2026-11-20T20:15:00",
    "11/20/2026 8:15:00 AM": "2026-11-20T08:15:00",
    "07-03-2026 - 00:01 AM": "2026-03-07T00:01:00",
    "07-03-2026 - 14:30 PM": "2026-03-07T14:30:00",
    "Sat Mar 07 2026 00:01:00 GMT+0700 (Indochina Time)": "2026-03-07T00:01:00",
    "ngày 20 tháng 11 năm 2026, 14 giờ 05": "2026-11-20T14:05:00",
    "Thứ bảy, 07/03/2026 - 08:07": "2026-03-07T08:07:00",
    "2026-03-07T08:07:18.987+07:00": "2026-03-07T08:07:18",
    "2026-11-20T01:15:00.123456Z": "2026-11-20T08:15:00",
    "20.11.2026": "2026-11-20T00:00:00",
    "31/12 23:50": "2025-12-31T23:50:00",
    "Cập nhật lúc 08:15, Thứ Sáu, 20/11/2026": "2026-11-20T08:15:00",
    "Friday, November 20, 2026 - 08:15": "2026-11-20T08:15:00",
    "1772843238": "2026-03-07T07:27:18",
    "Thứ Sáu, 20/11/2026, 08:15 (GMT+07:00)": "2026-11-20T08:15:00",
    # a year after a dash is no zone: "-2024" once was taken for -20:24
    "16-03-2024 - 08:15 AM": "2024-03-16T08:15:00",
    "Thứ bảy, 16-03-2024": "2024-03-16T00:00:00",
    "08:15 16-3-2012": "2012-03-16T08:15:00",
    "16/03/2026 08:15:00 -0500": "2026-03-16T20:15:00",
    "16 Tháng Ba, 2026 08:15": "2026-03-16T08:15:00",
    "Tháng Mười Hai 16, 2025": "2025-12-16T00:00:00",
    "Thứ Tư, ngày 4 tháng Tư năm 2018": "2018-04-04T00:00:00",
    "16 tháng 11 năm 2025": "2025-11-16T00:00:00",
    "16/03/2026, 3:15 p.m.": "2026-03-16T15:15:00",
    "20260316T081500+0700": "2026-03-16T08:15:00",
    "20260316T011500Z": "2026-03-16T08:15:00",
}


@pytest.mark.parametrize(("written", "local"), ABSOLUTE.items())
def test_a_written_date_is_understood_in_vietnamese_time(written: str, local: str) -> None:
    moment = parse_date(written, NOW)

    assert moment is not None
    assert to_local(moment).replace(tzinfo=None).isoformat() == local


_FORMS = (
    "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%H:%M | %d/%m/%Y", "%d-%m-%Y - %H:%M", "%d.%m.%Y %H:%M",
    "Thứ Hai, %d/%m/%Y | %H:%M GMT+7", "Cập nhật lúc %H:%M, ngày %d/%m/%Y", "%d/%m/%Y %I:%M %p",
    "%I:%M %p | %d-%m-%Y", "%Hh%M ngày %d/%m/%Y", "ngày %d tháng %m năm %Y, %H giờ %M",
    "%Y-%m-%dT%H:%M:00+07:00", "%Y-%m-%d %H:%M", "%d %b %Y %H:%M", "%b %d, %Y %I:%M %p",
    "%Y%m%dT%H%M00+0700", "%Y-%m-%dT%H:%M:00.000 +07:00",
)  # fmt: skip


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize(
    "local", ["2026-11-19 08:05", "2024-02-29 23:59", "2012-12-12 12:12", "2009-08-31 00:30"]
)
def test_every_form_keeps_its_year_whatever_the_year_of_reading(form: str, local: str) -> None:
    meant = datetime.fromisoformat(local)
    for now in (NOW, None):
        found = parse_date(meant.strftime(form), now)
        assert found is not None
        assert to_local(found).replace(tzinfo=None) == meant


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("12/11/2026 8:15:00 AM", "2026-11-12"),  # as both readings are past, day first
        ("1/12/2026 8:15:00 AM", "2026-01-12"),  # December is still to come
        ("12/12/2026 8:15", "2026-12-12"),
        ("11/25/2025", "2025-11-25"),
    ],
)
def test_a_day_that_is_still_to_come_is_a_month_that_stands_first(written: str, day: str) -> None:
    found = parse_date(written, NOW)
    assert found is not None
    assert f"{to_local(found):%Y-%m-%d}" == day


@pytest.mark.parametrize(
    ("written", "ago"),
    [
        ("5 phút trước", timedelta(minutes=5)),
        ("2 giờ trước", timedelta(hours=2)),
        ("3 ngày trước", timedelta(days=3)),
        ("vừa xong", timedelta()),
        ("5 minutes ago", timedelta(minutes=5)),
    ],
)
def test_a_relative_date_counts_from_now(written: str, ago: timedelta) -> None:
    assert parse_date(written, NOW) == NOW - ago
    assert parse_date(written) is None


def test_yesterday_is_the_vietnamese_yesterday() -> None:
    late = datetime(2026, 11, 19, 18, 0, tzinfo=UTC)  # 01:00 on the 20th in Viet Nam

    assert parse_date("hôm qua lúc 17:05", late) == datetime(2026, 11, 19, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["", "không rõ", "99/99/2026", "2026-13-45", "0", "x" * 500, "٣", "1/1/0000 99:99"]
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert parse_date(written, NOW) is None


@pytest.mark.parametrize(
    ("written", "day", "clock"),
    [
        ("T6", 20, "00:00"),
        ("Thứ Sáu, 08:15", 20, "08:15"),
        ("thứ 7 lúc 8h15", 14, "08:15"),
        ("CN", 15, "00:00"),
        ("Chủ nhật 17h", 15, "17:00"),
        ("T2", 16, "00:00"),
    ],
)
def test_the_name_of_a_day_alone_is_of_the_last_seven_days(
    written: str, day: int, clock: str
) -> None:
    friday = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    found = parse_date(written, friday)
    assert found is not None
    assert f"{to_local(found):%d %H:%M}" == f"{day} {clock}"
    assert parse_date(written) is None


def test_a_day_inside_other_words_is_no_date() -> None:
    for words in ("thứ năm tuần tới", "T6 bán vé", "cn", "T9", "thu nam"):
        found = parse_date(words, datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
        assert (found is None) == (words not in ("cn", "thu nam"))


def test_an_impossible_publication_time_is_clamped_with_a_note() -> None:
    future, note = clamp_published(NOW + timedelta(days=365), NOW)
    old, old_note = clamp_published(datetime(1970, 1, 1, tzinfo=UTC), NOW)
    good, no_note = clamp_published(NOW - timedelta(hours=1), NOW)
    none, missing = clamp_published(None, NOW)

    assert (future, old, none) == (NOW, NOW, NOW)
    assert good == NOW - timedelta(hours=1)
    assert "tương lai" in note[0]
    assert "1970" in old_note[0]
    assert no_note == ()
    assert missing
