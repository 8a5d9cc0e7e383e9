"""When a page is read again, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.readers.reader import PageLink
from crawlers.rereading import PageRead, PagesRead, is_elsewhere, is_front_page, reason_to_reread

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PAGE = PageRead("d1", "bao", "https://bao.vn/1.html", NOW, NOW)


@pytest.mark.parametrize(
    ("after_h", "last_h", "said"),
    [
        (0.9, 0, ""),
        (1, 0, "sau 1 giờ"),
        (5, 1, ""),
        (6.5, 1, "sau 6 giờ"),
        (30, 0, "sau 24 giờ"),  # what a night without power missed is not made up for
        (30, 25, ""),
        (73, 25, "sau 72 giờ"),
        (500, 73, ""),
    ],
)
def test_each_age_is_read_for_once_at_a_falling_rate(
    after_h: float, last_h: float, said: str
) -> None:
    page = replace(PAGE, last_read_at=NOW + timedelta(hours=last_h))

    reason = reason_to_reread(page, NOW + timedelta(hours=after_h))

    assert said in reason if said else reason == ""


def test_pages_are_known_in_the_next_batch_and_forgotten_after_days(tmp_path: Path) -> None:
    path, link = tmp_path / "pages-read.json", PageLink("https://bao.vn/1.html", "d1")
    pages = PagesRead(path)
    pages.remember(link, "bao", {"etag": '"e"', "last-modified": "x"}, NOW)
    pages.remember(PageLink("https://khac.vn/2.html", "d2"), "khac", {}, NOW)
    pages.save(NOW)

    later = NOW + timedelta(hours=2)
    [(fetch, _)] = PagesRead(path).due("bao", later)
    assert fetch.is_again
    assert fetch.headers == (("If-None-Match", '"e"'), ("If-Modified-Since", "x"))

    PagesRead(path).save(NOW + timedelta(days=5))
    assert PagesRead(path).due("bao", later) == []


def test_a_broken_file_costs_only_some_rereading(tmp_path: Path) -> None:
    path = tmp_path / "pages-read.json"
    path.write_text('[["d1"]]')

    assert PagesRead(path).due("bao", NOW) == []


def test_a_redirect_is_told_from_the_same_page() -> None:
    assert not is_elsewhere("http://bao.vn/1.html", "https://m.bao.vn/1.html?utm_source=x")
    assert is_elsewhere("https://bao.vn/1.html", "https://bao.vn/")
    assert is_front_page("https://bao.vn/")
    assert not is_front_page("https://bao.vn/2.html")
