"""The same article as many publishing systems build it: papers, portals, forums, special pages.

Every page is written for this test in a system's structure (its classes, its order); the words are
ours.
"""

# ruff: noqa: E501

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from crawlers.pages import PageArticle, extract_page
from langnghe.clock import to_local

NOW = datetime(2026, 3, 17, 3, 0, tzinfo=UTC)
HOST = "https://baolamgiang.vn"
PATH = "/thong-xe-cau-vinh-thanh-123456.html"
TITLE = "Thông xe cầu Vĩnh Thạnh sau 14 tháng thi công"
LEAD = "Sáng 16/3, cầu Vĩnh Thạnh bắc qua sông Lam Giang được đưa vào khai thác, rút ngắn quãng đường giữa hai xã từ 11 km xuống còn 2 km."
BODY = (
    "Cầu dài 412 m, rộng 12 m, có hai làn xe và lối đi bộ hai bên, do Ban quản lý dự án giao thông tỉnh làm chủ đầu tư với vốn 298 tỷ đồng.",
    "Ông Phạm Thử, trưởng thôn Vĩnh Thạnh, nói từ nay học sinh không còn phải qua đò mỗi sáng; trước đó mỗi mùa lũ cả thôn bị chia cắt hơn một tuần.",
    "Sở Xây dựng cho biết đường dẫn phía nam còn 600 m chưa thảm nhựa vì vướng hai hộ chưa bàn giao mặt bằng, dự kiến xong trước ngày 30/4.",
    "Trong ba ngày đầu, lực lượng chức năng trực hai đầu cầu để hướng dẫn, xe trên 10 tấn vẫn phải đi theo quốc lộ cũ cho tới khi nghiệm thu tải trọng.",
)
ONE, TWO, THREE, FOUR = (f"<p>{line}</p>" for line in BODY)
TEXT = ONE + TWO + THREE + FOUR
CAPTION = "Xe qua cầu sáng 16/3. Ảnh: Hải Thử"
OTHERS = "".join(
    f'<div class="item"><h3><a href="/t{i}.html">Bản tin số {i}: giá rau xanh tại chợ đầu mối giảm nhẹ</a></h3><span class="time">1{i}:30 15/03/2026</span></div>'
    for i in range(5)
)
MEETINGS = "".join(
    f'<li><a href="/x{i}">Hội nghị triển khai nhiệm vụ quý {i}</a> <span>(1{i}/03/2026)</span></li>'
    for i in range(1, 5)
)
TOOLS = "<div class='tools'><span>Cỡ chữ</span> <a>A-</a> <a>A</a> <a>A+</a> <a>In trang</a> <a>Gửi Email</a> <a>Đọc bài viết</a></div>"


def html(body: str, head: str = "", title: str = TITLE, *, is_told: bool = True) -> str:
    """Return a page of ``body`` between a menu and a foot; ``is_told``: with og: elements."""
    told = f'<meta property="og:title" content="{TITLE}"><meta property="og:description" content="{LEAD}">'
    menu = '<header><ul class="menu"><li><a href="/thoi-su">Thời sự</a></li><li><a href="/kinh-te">Kinh tế</a></li><li><a href="/phap-luat">Pháp luật</a></li></ul></header>'
    foot = "<footer><p>Giấy phép số 1/GP. Tổng biên tập: Lê Thử. Tòa soạn: 1 đường Lê Lợi, Lam Thành. Điện thoại: 0200 000 000</p></footer>"
    return f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>{told if is_told else ""}{head}</head><body>{menu}{body}{foot}</body></html>'


def ld(**said: object) -> str:
    """Return the JSON-LD of the article with what else it says."""
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, **said}
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def read(page: str, url: str = HOST + PATH) -> PageArticle:
    return extract_page(page.encode(), url=url, now=NOW)


def clock(moment: datetime | None) -> str:
    return f"{to_local(moment):%H:%M %d/%m/%Y}" if moment else ""


@dataclass(frozen=True)
class Page:
    """A page, and what is to be read of it beside the article itself."""

    html: str
    host: str = HOST
    before: str = ""
    section: str = ""
    byline: str = ""
    modified: str = ""
    captions: tuple[str, ...] = field(default=())
    published: str = "08:15 16/03/2026"


PAGES = {
    "tin tức, sapo outside": Page(
        html(
            f'<div class="breadcrumb"><a href="/">Trang chủ</a><a href="/thoi-su">Thời sự</a></div><div class="detail"><h1 class="detail-title">{TITLE}</h1><div class="date">Thứ Hai, 16/03/2026 08:15</div><div class="share"><a>Zalo</a><a>Facebook</a></div><h2 class="sapo">{LEAD}</h2><div class="contents">{ONE}<p class="img-center"><img src="a.jpg"></p><p class="image-cap"><em>{CAPTION}</em></p>{TWO}<div class="boxlienquan"><div class="tit">Tin liên quan</div><ul><li><a href="/a1.html">Khởi công cầu Vĩnh Thạnh</a></li><li><a href="/a2.html">Lam Giang làm thêm ba cây cầu</a></li></ul></div>{THREE}{FOUR}</div><div class="author"><strong>Hải Thử/Báo Lam Giang</strong></div><div class="keysword"><span>Từ khóa:</span><a>cầu Vĩnh Thạnh</a><a>giao thông</a></div></div>{OTHERS}'
        ),
        section="Thời sự",
        byline="Hải Thử/Báo Lam Giang",
        captions=(CAPTION,),
    ),
    "quân đội, name and invitation at the end": Page(
        html(
            f'<div class="breadcrumb"><a>Trang chủ</a> / <a>Xã hội</a> / <a>Tin tức</a></div><h1 class="post-title">{TITLE}</h1><div class="post-subinfo"><span>Thứ Hai, 16/3/2026 | 08:15 GMT+7</span></div><div class="post-summary"><h2>{LEAD}</h2></div><div class="post-content" itemprop="articleBody">{ONE}<table class="image"><tbody><tr><td><img></td></tr><tr><td>Xe qua cầu sáng 16/3.</td></tr></tbody></table>{TWO}{THREE}{FOUR}<p style="text-align: right;"><strong>HẢI THỬ</strong></p><p>* Mời bạn đọc vào chuyên mục <a>Xã hội</a> xem các tin, bài liên quan.</p></div>{OTHERS}'
        ),
        section="Xã hội",
        byline="HẢI THỬ",
        captions=("Xe qua cầu sáng 16/3.",),
    ),
    "thủ đô, long form": Page(
        html(
            f'<div class="breadcrumb-list"><a href="/xa-hoi" class="cate">Xã hội</a></div><h1 class="sc-longform-header-title block-sc-title">{TITLE}</h1><div class="sc-longform-header-meta"><span class="sc-longform-header-author block-sc-author">Hải Thử</span><span class="sc-longform-header-date block-sc-publish-time">16/03/2026 - 08:15</span></div><p class="sc-longform-header-sapo block-sc-sapo">{LEAD}</p><article class="entry entry-no-padding">{ONE}<figure class="image"><img src="a"><figcaption>{CAPTION}</figcaption></figure>{TWO}{THREE}{FOUR}</article><div class="b-grid--related"><div class="b-grid__title">Tin liên quan</div>{OTHERS}</div>'
        ),
        host="https://hanoimoi.vn",
        section="Xã hội",
        byline="Hải Thử",
        captions=(CAPTION,),
    ),
    "province, a box between paragraphs": Page(
        html(
            f'<div class="c-detail-head"><a class="c-detail-head__cat" href="/xa-hoi">Xã hội</a><h1 class="c-detail-head__title">{TITLE}</h1><div class="c-detail-head__row"><span class="c-detail-head__author">Hải Thử</span><span class="c-detail-head__time">16/03/2026 08:15</span></div></div><h2 class="desc">{LEAD}</h2><div class="c-news-detail"><article class="entry">{ONE}<div class="b-maincontent__box"><a href="/l1" title="x">Khởi công cầu Vĩnh Thạnh vào tháng giêng</a></div>{TWO}{THREE}{FOUR}</article></div>{OTHERS}'
        ),
        byline="Hải Thử",
    ),
    "city, today on top, a stamp before the lead": Page(
        html(
            f'<div class="header-date">Thứ ba, 17/3/2026, 09:58 (GMT+7)</div><div class="cat"><a>Xã hội</a></div><h1 class="title" id="spTitle">{TITLE}</h1><div class="dateupdate">Cập nhật lúc 08:15, Thứ Hai, 16/03/2026 (GMT+7)</div><div id="dvContent"><p><strong>ĐNO - {LEAD}</strong></p>{TEXT}<table align="center" class="ImageTable"><tr><td><img src="a"></td></tr><tr><td class="ImageNote">{CAPTION}</td></tr></table><p style="text-align: right;"><strong>HẢI THỬ</strong></p></div>{OTHERS}'
        ),
        before="ĐNO - ",
        byline="HẢI THỬ",
        captions=(CAPTION,),
    ),
    "highlands, picture in a bare table": Page(
        html(
            f'<span class="cate_a"><a href="/xa-hoi/">Xã hội</a></span><h1 class="entry-title">{TITLE}</h1><div class="post-meta"><span class="author">HẢI THỬ</span> <span class="dateandtime">08:15, 16/03/2026</span></div><div class="desc-post"><p>{LEAD}</p></div><div class="post-content">{ONE}<table class="contentImg"><tr><td><img src="x"></td></tr><tr><td><em>Xe qua cầu sáng 16/3</em></td></tr></table>{TWO}{THREE}{FOUR}</div>{OTHERS}'
        ),
        byline="HẢI THỬ",
        captions=("Xe qua cầu sáng 16/3",),
    ),
    "television, name and date in one line": Page(
        html(
            f'<h1 class="title_detail" data-role="title">{TITLE}</h1><p class="news-info"><b>Hải Thử (Ban Thời sự)</b>-Thứ hai, ngày 16/03/2026 08:15 GMT+7</p><h2 class="sapo" data-role="sapo">VTV.vn - {LEAD}</h2><div class="ta-justify" id="entry-body" data-role="content">{ONE}<div class="VCSortableInPreviewMode" type="VideoStream"><div class="VideoCMS_Caption"><p>Video: Đài Lam Giang</p></div></div>{TWO}{THREE}{FOUR}<p><b>* Mời quý độc giả theo dõi các chương trình đã phát sóng của Đài trên <a>TV Online</a>!</b></p></div>'
        ),
        before="VTV.vn - ",
        captions=("Video: Đài Lam Giang",),
    ),
    "NukeViet": Page(
        html(
            f'<ul class="breadcrumbs list-none"><li id="brcr_0"><a href="/" title="Trang chủ"><span>Trang chủ</span></a></li><li id="brcr_1"><a href="/tin-tuc/" class="loc"><span class="txt">Tin tức</span></a></li><li><a href="/tin-tuc/giao-thong/"><span>Giao thông</span></a></li></ul><div class="news_column panel"><h1 class="title margin-bottom-lg">{TITLE}</h1><div class="row"><span class="h5">Thứ hai - 16/03/2026 08:15</span><ul class="list-inline text-right"><li><a title="In ra"><em class="fa fa-print"></em></a></li></ul></div><div class="hometext m-bottom">{LEAD}</div><figure class="article center"><img src="x.jpg"><figcaption>Xe qua cầu sáng 16/3.</figcaption></figure><div id="news-bodyhtml" class="bodytext">{TEXT}</div><div class="margin-bottom-lg"><p class="h5 text-right"><strong>Tác giả bài viết:</strong> Hải Thử</p><p class="h5 text-right"><strong>Nguồn tin:</strong> Báo Lam Giang</p></div></div><div class="news_column"><form id="form3B"><p id="stringrating">Tổng số điểm của bài viết là: 0 trong 0 đánh giá</p><div class="text-center"><em>Click để đánh giá bài viết</em></div></form></div><div class="other-news"><p class="h3"><strong>Những tin mới hơn</strong></p><ul class="related list-inline"><li><h4><a href="/x1">Lam Giang đón đoàn khảo sát du lịch sông nước</a></h4><em>(17/03/2026)</em></li></ul><p class="h3"><strong>Những tin cũ hơn</strong></p><ul class="related list-inline"><li><h4><a href="/x2">Khai trương tuyến xe buýt mới về các xã ven sông</a></h4><em>(14/03/2026)</em></li></ul></div>',
            title=f"{TITLE} - Cổng thông tin điện tử xã Vĩnh Thạnh",
            is_told=False,
        ),
        host="https://vinhthanh.lamgiang.gov.vn",
        section="Tin tức",
        byline="Hải Thử",
        captions=("Xe qua cầu sáng 16/3.",),
    ),
    "WordPress in Vietnamese": Page(
        html(
            f'<article id="post-1" class="post-1 post type-post hentry"><header class="entry-header"><h1 class="entry-title">{TITLE}</h1><div class="entry-meta"><span class="posted-on">Đăng vào <a href="/x"><time class="entry-date published" datetime="2026-03-16T08:15:00+07:00">16 Tháng Ba, 2026</time><time class="updated" datetime="2026-03-16T09:40:00+07:00">16 Tháng Ba, 2026</time></a></span></div></header><div class="entry-content"><p><strong>{LEAD}</strong></p>{TEXT}<div class="sharedaddy">Chia sẻ</div></div><footer class="entry-footer">Thẻ: <a>cầu</a></footer></article><div id="comments" class="comments-area"><h2 class="comments-title">2 bình luận</h2><ol class="comment-list"><li class="comment"><b class="fn">Nam Giả</b><p>Mừng quá, từ nay đi chợ huyện gần hơn nhiều rồi.</p></li></ol></div>',
            title=f"{TITLE} – Trang tin xã Vĩnh Thạnh",
            is_told=False,
        ),
        modified="09:40 16/03/2026",
    ),
    "Joomla": Page(
        html(
            f'<ul class="breadcrumb"><li>Bạn đang ở: </li><li><a href="/" class="pathway">Trang chủ</a></li><li><a href="/tin-tuc" class="pathway">Tin tức - Sự kiện</a></li><li class="active"><span>{TITLE}</span></li></ul><div class="item-page" itemscope itemtype="https://schema.org/Article"><div class="page-header"><h2 itemprop="headline">{TITLE}</h2></div><dl class="article-info"><dt>Chi tiết</dt><dd class="published"><time datetime="2026-03-16T08:15:00+07:00" itemprop="datePublished">Được đăng: 16 Tháng 3 2026</time></dd><dd class="hits">Lượt xem: 512</dd></dl><div itemprop="articleBody"><p><strong>{LEAD}</strong></p>{TEXT}</div><ul class="pager pagenav"><li><a>Trước</a></li><li><a>Sau</a></li></ul></div>',
            is_told=False,
        ),
        section="Tin tức - Sự kiện",
    ),
    "Drupal": Page(
        html(
            f'<nav class="breadcrumb" aria-labelledby="system-breadcrumb"><h2 id="system-breadcrumb" class="visually-hidden">Breadcrumb</h2><ol><li><a href="/">Home</a></li><li><a href="/tin-tuc">Tin tức</a></li></ol></nav><h1 class="page-title"><span class="field field--name-title">{TITLE}</span></h1><article class="node"><div class="node__submitted">Submitted by <span lang="">admin</span> on T2, 16/03/2026 - 08:15</div><div class="field field--name-field-sapo">{LEAD}</div><div class="field field--name-body field__item">{TEXT}</div></article>',
            is_told=False,
        ),
        section="Tin tức",
    ),
    "Liferay portal": Page(
        html(
            f'<div class="portlet-content"><div class="journal-content-article"><div class="title-detail"><h3>{TITLE}</h3></div><div class="info"><span>Ngày đăng: 16/03/2026 08:15</span> <span>Lượt xem: 1205</span></div>{TOOLS}<div class="summary"><b>{LEAD}</b></div><div class="content-detail">{TEXT}<p style="text-align:right"><b>Hải Thử</b></p></div></div><div class="other"><h4>Tin khác</h4><ul>{MEETINGS}</ul></div></div>',
            title=f"{TITLE} - Cổng thông tin điện tử tỉnh Lam Giang",
            is_told=False,
        ),
        host="https://lamgiang.gov.vn",
        byline="Hải Thử",
    ),
    "SharePoint portal": Page(
        html(
            f'<div class="ContentDetail"><span class="TitleNews">{TITLE}</span><br/><span class="NgayDang">(16/03/2026 8:15 SA)</span><div class="Sapo"><p><strong>{LEAD}</strong></p></div><div class="NoiDung"><div dir="" class="ms-rtestate-field">{ONE}<p style="text-align:center"><img src="/img/1.jpg" /></p><p style="text-align:center"><i>Xe qua cầu sáng 16/3</i></p>{TWO}{THREE}{FOUR}<p style="text-align:right"><b>Trần Thử</b></p></div></div></div><div class="LinkOther"><p class="h">CÁC TIN ĐÃ ĐƯA</p><ul>{MEETINGS}</ul></div>',
            is_told=False,
        ),
        host="https://sxd.lamgiang.gov.vn",
        byline="Trần Thử",
        captions=("Xe qua cầu sáng 16/3",),
    ),
    "portal, everything in one line under the title": Page(
        html(
            f'<div class="detail-news"><div class="news-title">{TITLE}</div><div class="news-date">Ngày đăng: 16-03-2026 - 08:15 AM | Lượt xem: 321 | Tác giả: Hải Thử</div><div class="news-brief">{LEAD}</div><div class="news-content">{"<br /><br />".join(BODY)}</div></div><div class="news-other"><b>Tin khác</b><br/><a href="/1">Hội nghị triển khai nhiệm vụ quý 1</a> (10/03)<br/><a href="/2">Hội nghị triển khai nhiệm vụ quý 2</a> (09/03)</div>',
            is_told=False,
        ),
        host="https://lamgiang.gov.vn",
    ),
    "portal laid out in tables, without any heading": Page(
        f'<html><head><meta charset="utf-8"><title>Trang thông tin điện tử xã Vĩnh Thạnh</title></head><body><table width="100%"><tr><td><a href="/">Trang chủ</a></td><td>Thứ ba, 17/03/2026</td></tr></table><table><tr><td class="td_left"><ul><li><a>Giới thiệu</a></li><li><a>Văn bản</a></li></ul></td><td><table><tr><td class="TieuDeTin">{TITLE}</td></tr><tr><td>Cập nhật ngày: 16/03/2026 08:15</td></tr><tr><td class="TomTat">{LEAD}</td></tr><tr><td class="NoiDung">{TEXT}</td></tr></table></td></tr></table></body></html>',
        host="https://vinhthanh.lamgiang.gov.vn",
    ),
    "several articles one below another": Page(
        html(
            f'<article><h1>{TITLE}</h1><span class="time">16/03/2026 08:15</span><p class="sapo">{LEAD}</p><div class="content">{TEXT}</div></article><article><h1>Khởi công trường mầm non ở xã Vĩnh Thạnh</h1><span class="time">15/03/2026 07:00</span><p class="sapo">Ngôi trường 12 phòng học dự kiến xong trước năm học mới, thay cho các phòng mượn của nhà văn hóa thôn.</p><div class="content"><p>Trường được xây trên khu đất 4.000 m2 ở trung tâm xã, có bếp ăn và sân chơi, tổng vốn 21 tỷ đồng từ ngân sách tỉnh.</p><p>Phụ huynh mong trường xong đúng hẹn vì hiện mỗi lớp có hơn bốn mươi cháu, vượt xa mức quy định của ngành.</p></div></article>'
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_the_article_is_read_whole_and_nothing_around_it(name: str) -> None:
    page = PAGES[name]
    found = read(page.html, page.host + PATH)

    lead = page.before + LEAD
    assert found.title == TITLE
    assert found.lead == lead
    assert found.text.split("\n") == [lead, *BODY]
    assert clock(found.published_at) == page.published
    assert clock(found.modified_at) == page.modified
    assert (found.section, found.byline) == (page.section, page.byline)
    assert found.captions == page.captions
    assert found.canonical_url == page.host + PATH


def test_an_amp_page_is_the_article_s_own_page() -> None:
    page = f'<!doctype html><html amp lang="vi"><head><meta charset="utf-8"><title>{TITLE}</title><link rel="canonical" href="{HOST}{PATH}">{ld(datePublished="2026-03-16T08:15:00+07:00", description=LEAD, mainEntityOfPage=HOST + PATH)}</head><body><amp-sidebar id="s"><ul><li><a href="/">Trang chủ</a></li></ul></amp-sidebar><article><h1>{TITLE}</h1><p class="time">16/03/2026 08:15</p><p class="sapo">{LEAD}</p><div class="content">{ONE}<figure><amp-img src="a.jpg"></amp-img><figcaption>{CAPTION}</figcaption></figure>{TWO}<amp-ad type="x"></amp-ad>{THREE}<amp-carousel><div class="slide"><a>Bài khác đang đọc nhiều</a></div></amp-carousel>{FOUR}</div></article></body></html>'
    found = read(page, f"{HOST}/amp{PATH}")

    assert found.canonical_url == HOST + PATH
    assert found.text.split("\n") == [LEAD, *BODY]
    assert found.captions == (CAPTION,)


def test_what_a_page_of_pictures_says_is_in_their_captions() -> None:
    told = [
        f"Cầu Vĩnh Thạnh lúc {hour} giờ sáng 16/3, hàng trăm người chờ hai bên."
        for hour in (5, 6, 7)
    ]
    pictures = "".join(
        f'<figure><img src="{i}.jpg"><figcaption><p>{line}</p></figcaption></figure>'
        for i, line in enumerate(told)
    )
    found = read(
        html(
            f'<h1>{TITLE}</h1><span class="time">16/03/2026 08:15</span><p class="sapo">{LEAD}</p><div class="content">{pictures}</div>{OTHERS}'
        )
    )

    assert found.captions == tuple(told)
    assert found.text.split("\n") == [LEAD, *told]


def test_a_page_of_a_video_has_its_few_words() -> None:
    said = {"@type": "VideoObject", "name": TITLE, "uploadDate": "2026-03-16T08:15:00+07:00"}
    others = "".join(
        f'<div class="vitem"><a href="/v{i}">Video số {i}: chợ nổi sáng cuối tuần đông khách</a><span class="vtime">0{i}:30 15/03/2026</span></div>'
        for i in range(6)
    )
    found = read(
        html(
            f'<video src="a.mp4"></video><h1 class="video-title">{TITLE}</h1><div class="video-time">08:15 16/03/2026</div><div class="video-desc">{LEAD}</div><div class="playlist"><h3>Video khác</h3>{others}</div>',
            f'<script type="application/ld+json">{json.dumps(said)}</script>',
        )
    )

    assert (found.text, clock(found.published_at)) == (LEAD, "08:15 16/03/2026")


def test_of_a_forum_s_thread_the_first_post_alone_is_kept_and_nobody_s_name() -> None:
    said = ld(
        datePublished="2026-03-16T01:15:00+00:00", author={"@type": "Person", "name": "xedap01"}
    ).replace("NewsArticle", "DiscussionForumPosting")
    page = f'<html id="XF" lang="vi"><head><meta charset="utf-8"><title>{TITLE} | Diễn đàn</title><meta property="og:title" content="{TITLE}">{said}</head><body><h1 class="p-title-value">{TITLE}</h1><article class="message" data-author="xedap01"><h4 class="message-name"><a class="username">xedap01</a></h4><time class="u-dt" datetime="2026-03-16T08:15:00+0700">16/3/26</time><div class="bbWrapper">{LEAD}<br>Đường dẫn phía nam còn đá dăm, các bác đi chậm.<blockquote class="bbCodeBlock"><div>banhmi02 said:</div>Câu của người khác.</blockquote></div></article><article class="message" data-author="banhmi02"><h4 class="message-name"><a class="username">banhmi02</a></h4><div class="bbWrapper">Bác nào đi rồi cho xin tấm ảnh với, em ở xa không về được.</div></article></body></html>'
    found = read(page, "https://diendanlamgiang.vn/threads/1/")

    assert found.text.split("\n") == [LEAD, "Đường dẫn phía nam còn đá dăm, các bác đi chậm."]
    assert found.byline == ""
    assert not any(name in repr(found) for name in ("xedap01", "banhmi02", "người khác"))


@pytest.mark.parametrize(
    "box",
    [
        '<ul><li><a href="/a1.html">Khởi công cầu Vĩnh Thạnh vào tháng giêng</a></li><li><a href="/a2.html">Lam Giang làm thêm ba cây cầu qua sông</a></li></ul>',
        '<p><strong>Đọc thêm:</strong> <a href="/a1.html">Khởi công cầu Vĩnh Thạnh vào tháng giêng</a></p>',
        '<p><strong><a href="/a1.html">Khởi công cầu Vĩnh Thạnh vào tháng giêng</a></strong></p>',
        '<p><em><a href="/a1.html">Lam Giang làm thêm ba cây cầu qua sông</a></em></p>',
        '<div class="article-relate"><a href="/a1.html"><img></a><div><h4><a href="/a1.html">Khởi công cầu Vĩnh Thạnh vào tháng giêng</a></h4><p>Cây cầu được mong đợi hơn hai mươi năm đã bắt đầu được xây dựng ở bờ bắc.</p></div></div>',
        '<table class="tbl-relate"><tr><td><a href="/a1.html"><img></a></td><td><a href="/a1.html">Khởi công cầu Vĩnh Thạnh vào tháng giêng</a></td></tr></table>',
        '<p><strong>Tin liên quan</strong></p><ul><li><a href="/a1.html">Khởi công cầu Vĩnh Thạnh vào tháng giêng</a></li></ul>',
        '<p>👉 Xem thêm: <a href="/a1.html">Khởi công cầu Vĩnh Thạnh vào tháng giêng</a></p>',
        '<p style="text-align:center"><img src="a.jpg"></p><p style="text-align:center"><em>Xe qua cầu sáng 16/3</em></p>',
        f'<p style="text-align:center"><img src="a.jpg"><br>{CAPTION}</p>',
        f'<table align="center"><tr><td><img src="a.jpg"></td></tr><tr><td>{CAPTION}</td></tr></table>',
        '<p class="qc">Quảng cáo</p>',
    ],
)  # fmt: skip
def test_boxes_between_paragraphs_are_no_text(box: str) -> None:
    found = read(
        html(
            f'<h1>{TITLE}</h1><span class="post-date">16/03/2026 08:15</span><p class="sapo">{LEAD}</p><div class="content">{ONE}{TWO}{box}{THREE}{FOUR}</div>{OTHERS}'
        )
    )
    assert found.text.split("\n") == [LEAD, *BODY]


def test_they_are_no_text_in_the_body_that_a_site_s_rule_names_either() -> None:
    box = '<p><strong><a href="/a1.html">Khởi công cầu Vĩnh Thạnh vào tháng giêng</a></strong></p>'
    comments = '<div class="box-comment"><p>Nam Giả: Mừng quá, đi chợ huyện gần hơn rồi.</p></div>'
    page = html(
        f'<div class="article__breadcrumb"><a>Xã hội</a></div><h1 class="article__title">{TITLE}</h1><time>16/03/2026 | 08:15</time><div class="article__sapo cms-desc">TP - {LEAD}</div><div class="article__body cms-body">{ONE}{TWO}{box}{THREE}{FOUR}{comments}</div>'
    )
    found = read(page, f"https://tienphong.vn{PATH}")

    assert found.via["text"] == "site rule of tienphong.vn"
    assert found.text.split("\n") == [f"TP - {LEAD}", *BODY]
    assert (found.section, clock(found.published_at)) == ("Xã hội", "08:15 16/03/2026")


@pytest.mark.parametrize(
    "end",
    [
        '<p>Từ khóa: <a>cầu Vĩnh Thạnh</a>, <a>giao thông</a></p>',
        '<p>Mời quý độc giả theo dõi Báo Lam Giang trên Google News</p>',
        '<div class="binh-luan"><h3>Bình luận (2)</h3><div class="cm"><b>Nam Giả</b><p>Mừng quá, từ nay đi chợ huyện gần hơn nhiều rồi.</p></div></div>',
        '<h3>Ý kiến bạn đọc</h3><ul><li><b>Nam Giả</b><p>Mừng quá, từ nay đi chợ huyện gần hơn nhiều rồi.</p></li></ul>',
        '<h3>Bình luận (12)</h3><p><b>Nam Giả</b>: Mừng quá, từ nay đi chợ huyện gần hơn nhiều rồi.</p>',
        '<p>Bản quyền thuộc Báo Lam Giang. Cấm sao chép dưới mọi hình thức nếu không có sự chấp thuận bằng văn bản.</p>',
        '<div>5/5 - (1 bình chọn)</div>',
        '<p>Nguồn: <a href="https://baolamgiang.vn">baolamgiang.vn</a></p>',
    ],
)  # fmt: skip
def test_what_stands_below_the_text_is_none_of_it_and_readers_words_least(end: str) -> None:
    found = read(
        html(
            f'<h1>{TITLE}</h1><span class="post-date">16/03/2026 08:15</span><p class="sapo">{LEAD}</p><div class="content">{TEXT}{end}</div>'
        )
    )
    assert found.text.split("\n") == [LEAD, *BODY]
    assert "Nam Giả" not in repr(found)


def test_a_paragraph_that_links_to_a_document_stays() -> None:
    file = '<p><a href="/vb/12-qd.pdf">Quyết định số 12 về tải trọng của cầu Vĩnh Thạnh</a></p>'
    found = read(
        html(f'<h1>{TITLE}</h1><p class="sapo">{LEAD}</p><div>{ONE}{TWO}{file}{THREE}{FOUR}</div>')
    )
    assert "Quyết định số 12 về tải trọng của cầu Vĩnh Thạnh" in found.text


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ('<nav aria-label="breadcrumb"><ol><li><a href="/">Trang chủ</a></li><li><a href="/xa-hoi">Xã hội</a></li><li aria-current="page">x</li></ol></nav>', "Xã hội"),
        (f'<div class="bread-crumbs"><a href="/">Trang nhất</a> » <a href="/xa-hoi">Xã hội</a> » <a href="{PATH}">{TITLE}</a></div>', "Xã hội"),
        ('<ol itemscope itemtype="https://schema.org/BreadcrumbList"><li><a itemprop="item" href="/"><span itemprop="name">Trang chủ</span></a></li><li><a itemprop="item" href="/xa-hoi"><span itemprop="name">Xã hội</span></a></li></ol>', "Xã hội"),
        ('<div><a data-role="cate-name" href="/xa-hoi.htm">Xã hội</a></div>', "Xã hội"),
        ('<div class="breadcrumb"><a href="/">Báo Lam Giang</a> / <a href="/xa-hoi/">Xã hội</a></div>', "Xã hội"),
        ('<div class="breadcrumb">Trang chủ &gt; Tin tức - Sự kiện &gt; Tin trong tỉnh</div>', "Tin tức - Sự kiện"),
        (f'<div class="breadcrumb"><a href="/">Trang chủ</a> / {TITLE}</div>', ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_section_is_the_first_step_of_the_path_that_the_page_shows(
    path: str, section: str
) -> None:
    page = html(f'{path}<h1>{TITLE}</h1><p class="sapo">{LEAD}</p>{TEXT}')
    assert read(page).section == section


@pytest.mark.parametrize(
    ("signed", "byline"),
    [
        ("Hải Thử", "Hải Thử"),
        ("Bài, ảnh: HẢI THỬ", "HẢI THỬ"),
        ("Tin và ảnh: Hải Thử - Minh Giả", "Hải Thử, Minh Giả"),
        ("Theo TTXVN", ""),
        ("(Nguồn: Sở Xây dựng)", ""),
        ("Còn tiếp kỳ sau", ""),
    ],
)
def test_the_names_on_the_right_below_the_text_are_the_byline(signed: str, byline: str) -> None:
    end = f'<p style="text-align: right"><strong>{signed}</strong></p>'
    found = read(html(f'<h1>{TITLE}</h1><p class="sapo">{LEAD}</p><div>{TEXT}{end}</div>'))
    assert found.byline == byline
