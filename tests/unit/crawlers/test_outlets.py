"""What a publisher is called, from what its feed or front page calls itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawlers.outlets import outlet_name
from crawlers.rows import feed_rows


@pytest.mark.parametrize(
    ("title", "url", "name"),
    [
        ("Tin mới nhất - VnExpress RSS", "https://vnexpress.net/rss/tin-moi-nhat.rss", "VnExpress"),
        ("Tin mới nhất - Lam Giang Online RSS", "https://lgo.vn/rss", "Lam Giang Online"),
        ("Thời sự | Báo Lam Giang điện tử", "https://x.vn/", "Báo Lam Giang điện tử"),
        ("Báo Lam Giang: Pháp luật", "https://baolamgiang.vn/", "Báo Lam Giang"),
        ("Kênh RSS Báo Lam Giang", "https://baolamgiang.vn/", "Báo Lam Giang"),
        ("Lam Giang Mới - Tin nhanh, chính xác, mỗi ngày", "https://lgm.vn/", "Lam Giang Mới"),
        ("Cổng thông tin điện tử Lam Giang » Feed", "", "Cổng thông tin điện tử Lam Giang"),
        ("Trang chủ", "https://baolamgiang.vn/", "baolamgiang.vn"),
        ("RSS Feed", "https://baolamgiang.vn/", "baolamgiang.vn"),
        ("", "https://baolamgiang.vn/", "baolamgiang.vn"),
    ],
)  # fmt: skip
def test_the_part_of_a_title_that_names_the_publisher_is_its_name(
    title: str, url: str, name: str
) -> None:
    assert outlet_name(title, url) == name


def test_the_rows_of_a_feed_name_its_publisher() -> None:
    feed = """<rss version="2.0"><channel><title>Thời sự - Báo Lam Giang RSS</title>
    <link>https://baolamgiang.vn/</link><item><title>Mưa lớn</title>
    <link>https://baolamgiang.vn/mua-1.html</link></item></channel></rss>"""
    rows = feed_rows(feed.encode(), "", datetime(2026, 11, 20, tzinfo=UTC), 10_000)
    assert (rows["title"], rows["items"][0]["outlet"]) == (
        "Thời sự - Báo Lam Giang RSS",
        "Báo Lam Giang",
    )
