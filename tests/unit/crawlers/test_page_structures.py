"""Pages in the structures of many publishing systems: the same article, its frame told apart."""

# ruff: noqa: E501

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from datetime import UTC, datetime

import pytest

from crawlers.frame import is_date, without_boxes, without_frame
from crawlers.pages import PageArticle, extract_page
from langnghe.clock import to_local

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
URL = "https://baolamgiang.vn/phan-luong-cho-lam-thanh-3141592.html"
TITLE = "Phân luồng một chiều quanh chợ Lam Thành từ 25/11"
LEAD = "Từ ngày 25/11, ba tuyến phố quanh chợ Lam Thành chỉ cho xe đi một chiều để thi công cống thoát nước, người dân đi vòng qua đường Trần Phú."
BODY = (
    "Sở Xây dựng Lam Giang cho biết việc phân luồng kéo dài 45 ngày, chia làm hai đợt, mỗi đợt rào chắn một nửa mặt đường để các hộ kinh doanh vẫn mở cửa.",
    "Đơn vị thi công phải làm xong đoạn trước cổng trường tiểu học trước ngày 5/12, nếu chậm sẽ bị phạt theo hợp đồng đã ký với ban quản lý dự án.",
    "Tại buổi tiếp dân sáng 20/11, nhiều tiểu thương lo hàng hóa khó vào chợ. Phường đề nghị bố trí bãi đỗ tạm ở sân vận động cũ từ 4h đến 6h.",
)
CAPTION = "Công nhân lắp rào chắn trên đường Lê Lợi sáng 20/11. Ảnh: Hải Thử"
OTHERS = "".join(
    f'<div class="item"><h3><a href="/t{i}.html">Bản tin số {i}: giá rau xanh tại các chợ đầu mối giảm nhẹ</a></h3><span class="time">1{i}:30 19/11/2026</span></div>'
    for i in range(6)
)
MENU = "".join(f"<li><a href='/{n}'>{n}</a></li>" for n in ("Thời sự", "Kinh tế", "Văn hóa"))
STATED = '<meta property="article:published_time" content="2026-11-20T08:15:00+07:00">'
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in BODY)
TEXT = "\n".join((LEAD, *BODY))


def page(body: str, head: str = STATED, description: str = LEAD, title: str = TITLE) -> PageArticle:
    """Return what is read of a page with ``body`` between a menu and a foot."""
    told = f'<meta property="og:description" content="{description}">' if description else ""
    html = (
        f'<html lang="vi"><head><meta charset="utf-8"><title>{title}</title>{told}{head}</head>'
        f"<body><ul>{MENU}</ul>{body}<footer><p>Tòa soạn: 1 Lê Lợi, Lam Thành</p></footer></body></html>"
    )
    return extract_page(html.encode(), url=URL, now=NOW)


def words(text: str) -> Counter[str]:
    return Counter(unicodedata.normalize("NFC", text).split())


@pytest.mark.parametrize(
    "body",
    [
        # a portal that shows everything in divs, other news in a list below
        f'<form><div class="ten"><span>{TITLE}</span></div><div class="ngay">20/11/2026 8:15:00 SA</div><div><b>{LEAD}</b></div><div class="rte">{"".join(f"<div>{line}</div><div>&#160;</div>" for line in BODY)}</div><h3>Tin khác</h3><ul>{"".join(f"<li><a>Tin số {i} của cổng</a> (19/11/2026)</li>" for i in range(5))}</ul></form>',
        # nothing but divs, and a column of other news
        f'<div><h1>{TITLE}</h1><div><div><b>{LEAD}</b></div></div><div>{"".join(f"<div>{line}</div>" for line in BODY)}</div></div>{OTHERS}',
        # paragraphs divided by line breaks
        f'<div><h1>{TITLE}</h1><div class="time-post">Cập nhật: Thứ sáu, 20/11/2026 | 08:15:00 AM</div><div><b>{LEAD}</b></div><div class="content">{"<br/><br/>".join(BODY)}</div></div><div>{OTHERS}</div>',
        # dates and counts in one line under the title
        f'<div><h1>{TITLE}</h1><div class="ngaydang">Ngày đăng: 20/11/2026 08:15 | Ngày cập nhật: 20/11/2026 10:42 | Lượt xem: 1.234</div><div class="trichdan">{LEAD}</div><div>{PARAGRAPHS}</div></div>',
        # a picture and its caption in a table, invitations between paragraphs
        f'<div><h1>{TITLE}</h1><p class="sapo">{LEAD}</p><p>{BODY[0]}</p><table class="image"><tr><td><img src="x.jpg"></td></tr><tr><td class="image_caption"><em>{CAPTION}</em></td></tr></table><p>&gt;&gt; <a href="x">Lam Giang: 12 tuyến đường sẽ được sửa</a></p><p>{BODY[1]}</p><p>{BODY[2]}</p><p><em>Theo dõi Báo Lam Giang trên Google News</em></p></div>{OTHERS}',
    ],
    ids=["portal", "divs", "breaks", "counts", "boxes"],
)  # fmt: skip
def test_the_frame_around_the_article_is_left_out(body: str) -> None:
    found = page(body)
    assert words(found.text) == words(TEXT)
    assert found.text.startswith(LEAD)
    assert found.lead == LEAD


def test_a_table_of_the_article_is_kept_as_words() -> None:
    table = "<table><tr><th>Tuyến</th><th>Giờ cấm</th></tr><tr><td>Lê Lợi</td><td>6h đến 8h</td></tr></table>"
    found = page(f"<div><h1>{TITLE}</h1><p>{LEAD}</p><div>{PARAGRAPHS}{table}</div></div>{OTHERS}")
    assert words(found.text) == words(f"{TEXT} Tuyến Giờ cấm Lê Lợi 6h đến 8h")


def test_a_place_or_an_agency_before_the_lead_is_part_of_it() -> None:
    stamped = f'<p class="description"><span class="location-stamp">Lam Giang</span> {LEAD}</p>'
    found = page(f"<div><h1>{TITLE}</h1>{stamped}<article>{PARAGRAPHS}</article></div>{OTHERS}")
    assert found.lead == f"Lam Giang {LEAD}"
    assert found.text.startswith(found.lead)


def test_a_slogan_as_description_is_no_lead_where_the_first_paragraph_is_bold() -> None:
    slogan = "Báo điện tử Lam Giang - tin nhanh, chính xác, nhiều người đọc"
    body = f"<div><h1>{TITLE}</h1><p><strong>{LEAD}</strong></p>{PARAGRAPHS}</div>{OTHERS}"
    found = page(body, description=slogan)
    assert found.lead == LEAD
    assert words(found.text) == words(TEXT)


@pytest.mark.parametrize(
    ("shown", "published", "modified"),
    [
        # today's date in the header and the times of other articles stand before the article's own
        (
            '<div class="date-now">Chủ nhật, 22/11/2026</div><div><a>Tin nóng</a><time datetime="2026-11-22T06:00:00+07:00">06:00</time></div>'
            f'<h1>{TITLE}</h1><span class="post-date">20/11/2026 08:15</span>',
            "08:15 20/11",
            None,
        ),
        (
            f'<h1>{TITLE}</h1><span class="date">Thứ Sáu, 20/11/2026, 08:15 (GMT+7)</span><span class="update">Cập nhật lúc: 10:42 20/11/2026</span>',
            "08:15 20/11",
            "10:42 20/11",
        ),
        (
            f'<h1>{TITLE}</h1><span class="last-update">Cập nhật 10:42, 20/11/2026</span><span class="post-date">Đăng lúc 08:15, 20/11/2026</span>',
            "08:15 20/11",
            "10:42 20/11",
        ),
        (
            f'<h1>{TITLE}</h1><div class="ngay">Ngày đăng: 20/11/2026 08:15 | Ngày cập nhật: 20/11/2026 10:42</div>',
            "08:15 20/11",
            "10:42 20/11",
        ),
        # some papers call the only time "cập nhật"
        (f'<h1>{TITLE}</h1><p class="time">Cập nhật: 20/11/2026 08:15</p>', "08:15 20/11", None),
        # the time stands before the title, as on VnExpress
        (
            f'<span class="date">Thứ sáu, 20/11/2026, 08:15 (GMT+7)</span><h1>{TITLE}</h1>',
            "08:15 20/11",
            None,
        ),
        (
            f'<h1>{TITLE}</h1><time itemprop="dateModified" datetime="2026-11-20T10:42:00+07:00">x</time><time itemprop="datePublished" datetime="2026-11-20T08:15:00+07:00">x</time>',
            "08:15 20/11",
            "10:42 20/11",
        ),
    ],
)
def test_the_times_that_are_shown_beside_the_title_are_the_article_s(
    shown: str, published: str, modified: str | None
) -> None:
    found = page(f'{shown}<p class="sapo">{LEAD}</p>{PARAGRAPHS}{OTHERS}', head="")
    said = [m and f"{to_local(m):%H:%M %d/%m}" for m in (found.published_at, found.modified_at)]
    assert said == [published, modified]


@pytest.mark.parametrize(
    ("shown", "byline"),
    [
        ('<div class="author-and-date"><a class="author">Hải Thử</a> 20/11/2026 08:15</div>', "Hải Thử"),
        ('<span class="meta">bởi <a rel="author" href="/hai-thu">Hải Thử</a></span>', "Hải Thử"),
        ('<div class="author-box">08:15 20/11</div>', ""),
    ],
)  # fmt: skip
def test_a_date_beside_the_author_is_no_part_of_the_name(shown: str, byline: str) -> None:
    found = page(f'<h1>{TITLE}</h1>{shown}<p class="sapo">{LEAD}</p>{PARAGRAPHS}')
    assert found.byline == byline


def test_a_table_without_headings_shows_its_time_in_a_cell() -> None:
    rows = (
        f"<tr><td>{TITLE}</td></tr><tr><td class=NewsDate>Cập nhật: 20/11/2026 08:15:00</td></tr>"
    )
    found = page(f"<table>{rows}<tr><td>{PARAGRAPHS}</td></tr></table>", head="")
    assert found.published_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)


def test_the_json_ld_of_another_article_is_not_this_one_s() -> None:
    other = {"@type": "NewsArticle", "headline": "Mưa lớn ở Lam Đông", "url": "https://baolamgiang.vn/mua-1.html", "datePublished": "2026-11-18T06:00:00+07:00"}  # fmt: skip
    own = {"@type": "NewsArticle", "headline": TITLE, "mainEntityOfPage": {"@id": URL}, "datePublished": "2026-11-20T08:15:00+07:00"}  # fmt: skip
    data = json.dumps({"@graph": [other, own]}, ensure_ascii=False)
    head = f'<meta property="og:title" content="{TITLE}"><script type="application/ld+json">{data}</script>'
    found = page(f"<h1>{TITLE}</h1><p>{LEAD}</p>{PARAGRAPHS}", head=head)
    assert found.published_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["Cổng TTĐT tỉnh Lam Giang", "Báo Lam Giang", "Trang thông tin điện tử Sở Y tế"]
)
def test_the_publisher_s_name_after_a_title_is_no_part_of_it(name: str) -> None:
    assert page(f"<p>{LEAD}</p>{PARAGRAPHS}", title=f"{TITLE} - {name}").title == TITLE


@pytest.mark.parametrize("title", ["Cháy chợ Lam - Báo động đỏ", "Chuyện cái đài - Đài cũ hát"])
def test_a_title_with_a_dash_stays_whole(title: str) -> None:
    assert page(f"<p>{LEAD}</p>{PARAGRAPHS}", title=title).title == title


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("Thứ Sáu, 20/11/2026, 08:15 (GMT+7)", True), ("(19/11/2026)", True),
        ("Cập nhật lúc 10:42 20/11/2026", True), ("20/11/2026 | 08:15", True),
        ("20/11/2026 là hạn cuối cùng.", False), ("Sáng 20/11, mưa lớn ở Lam Giang", False),
        ("Thứ tự ưu tiên", False), ("45 ngày", False),
    ],
)  # fmt: skip
def test_a_line_that_is_only_a_date_is_known(line: str, is_one: bool) -> None:
    assert is_date(line) is is_one


def test_a_heading_of_other_news_inside_the_text_cuts_nothing() -> None:
    lines = [LEAD, BODY[0], "Tin khác", BODY[1], BODY[2]]
    assert without_frame(lines, TITLE, "") == lines
    assert without_boxes(lines, [CAPTION]) == lines
