"""Article pages in the structures of Vietnamese publishing systems, written for these tests."""

# ruff: noqa: E501

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawlers.links import article_links
from crawlers.metadata import registrable_domain
from crawlers.pages import extract_page
from crawlers.sites import rule_for, site_rules
from langnghe.errors import InvalidDocument

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LEAD = "UBND phường Bến Thủy vừa công bố kế hoạch sửa chữa tuyến ống cấp nước dài 12 km trong tháng 12."
PARAGRAPHS = [
    "Theo kế hoạch, đơn vị thi công sẽ làm việc vào ban đêm để giảm ảnh hưởng tới người dân.",
    "Đại diện công ty cấp nước cho biết áp lực nước có thể giảm trong khung giờ từ 22h đến 5h.",
    "Người dân cần hỗ trợ có thể gọi tổng đài 1900 1234, các xe bồn sẽ đi đến từng khu phố.",
    "Kinh phí của dự án là 45 tỷ đồng, lấy từ nguồn vốn đầu tư công của tỉnh trong năm 2026.",
]
BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def vccorp(
    body: str = BODY, canonical: str = "https://tuoitre.vn/sua-ong-nuoc-100261120081500123.htm"
) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Sửa ống nước - Tuổi Trẻ</title>
<meta property="og:title" content="S&#7917;a ống nước ở Bến Thủy"><meta property="og:site_name" content="Tuổi Trẻ">
<meta property="og:description" content="{LEAD[:70]}...">
<meta property="article:published_time" content="2026-11-20T08:15:00&#x2B;07:00">
<meta property="article:modified_time" content="2026-11-20T08:45:00&#x2B;07:00">
<link rel="canonical" href="{canonical}"></head><body>
<nav><a href="/">Trang chủ</a><a href="/thoi-su.htm" data-role="cate-name">Thời sự</a></nav>
<h1 data-role="title">Sửa ống nước ở Bến Thủy</h1><div class="author-info" data-role="author">AN BÌNH</div>
<div data-role="publishdate">20/11/2026 08:15 GMT+7</div>
<h2 class="detail-sapo" data-role="sapo">TTO - {LEAD}</h2>
<div class="detail-content afcbc-body" data-role="content">
<div class="VCSortableInPreviewMode" type="Photo"><img src="a.jpg"><div class="PhotoCMS_Caption"><p>Công nhân sửa ống nước. Ảnh: A.B.</p></div></div>
{body}<div class="VCSortableInPreviewMode link-content-footer" type="RelatedOneNews"><a>Đọc thêm: bài khác</a></div>
</div><div class="tags"><a>cấp nước</a></div><footer>Tải ứng dụng: Báo</footer></body></html>"""


def vnexpress() -> str:
    data = {
        "@context": "http://schema.org", "@type": "NewsArticle", "headline": "Sửa ống nước ở Bến Thủy",
        "datePublished": "2026-11-20T08:15:00+07:00", "dateModified": "2026-11-20T09:00:30+07:00",
        "author": {"@type": "Person", "name": "An Bình"},
    }  # fmt: skip
    crumbs = {
        "@type": "BreadcrumbList",
        "itemListElement": [{"@type": "ListItem", "item": {"name": "Thời sự"}}],
    }
    return f"""<html><head><meta charset="utf-8"><meta property="og:title" content="Sửa ống nước ở Bến Thủy">
<meta property="og:description" content="{LEAD}"><meta property="og:site_name" content="vnexpress.net">
<meta name="lastmod" content="2026-11-20T08:15:00+07:00">
<link rel="canonical" href="https://vnexpress.net/sua-ong-nuoc-5047363.html">
<script type="application/ld+json">{json.dumps(data)}</script>
<script type="application/ld+json">{json.dumps(crumbs)}</script></head><body>
<h1 class="title-detail">Sửa ống nước ở Bến Thủy</h1><p class="description">{LEAD}</p>
<article class="fck_detail"><figure><img><figcaption><p class="Image">Công nhân sửa ống. Ảnh: <em>A.B.</em></p></figcaption></figure>
{BODY}<p class="author_mail"><strong>An Bình</strong></p></article></body></html>"""


def dantri() -> str:
    return f"""<html><head><meta charset="utf-8"><meta property="og:title" content="Sửa ống nước ở Bến Thủy">
<meta property="og:site_name" content="Báo điện tử Dân Trí"><meta property="og:description" content="(Dân trí) - {LEAD}">
</head><body><h1 class="title-page">Sửa ống nước ở Bến Thủy</h1>
<time class="author-time" datetime="2026-11-20 08:15">Thứ sáu, 20/11/2026 - 08:15</time>
<h2 class="singular-sapo">(Dân trí) - {LEAD}</h2><div class="singular-content">{BODY}
<figure><figcaption>Công nhân sửa ống (Ảnh: A.B.).</figcaption></figure></div></body></html>"""


def mastercms() -> str:
    return f"""<html><head><meta charset="utf-8"><meta property="og:title" content="Sửa ống nước ở Bến Thủy">
<meta property="og:description" content="{LEAD}"></head><body><div class="article__breadcrumb"><a>Xã hội</a></div>
<h1 class="article__title cms-title">Sửa ống nước ở Bến Thủy</h1><div class="article__meta"><time>20/11/2026 08:15</time></div>
<div class="article__sapo cms-desc">{LEAD}</div><div class="article__body cms-body">
<table class="picture"><tr><td><img></td></tr><tr><td class="caption">Công nhân sửa ống.</td></tr></table>
{BODY}<div class="article__story"><a>Bài liên quan một</a></div></div>
<div class="article__author"><span class="name">AN BÌNH</span></div></body></html>"""


def vietnamnet() -> str:
    return f"""<html><head><meta charset="utf-8"><meta property="og:title" content="Sửa ống nước ở Bến Thủy">
<meta property="og:description" content="{LEAD}"></head><body>
<div class="bread-crumb-detail"><ul><li><a>Thời sự</a></li></ul><div class="bread-crumb-detail__time">Thứ Sáu, 20/11/2026 - 08:15</div></div>
<h1 class="content-detail-title">Sửa ống nước ở Bến Thủy</h1><h2 class="content-detail-sapo sm-sapo-mb-0">{LEAD}</h2>
<div class="maincontent main-content" id="maincontent"><figure class="vnn-content-image"><img><figcaption>Công nhân.</figcaption></figure>
{BODY}<div class="vnn-template-noneditable"><a>Bài khác</a></div></div></body></html>"""


def laodong() -> str:
    return f"""<html><head><meta charset="utf-8"><meta property="og:title" content="Sửa ống nước ở Bến Thủy"></head><body>
<h1>Sửa ống nước ở Bến Thủy</h1><span class="f-datetime">20/11/2026 | 08:15</span>
<div class="chappeau">{LEAD}</div><div class="art-body">{BODY}<div class="related-articles"><a>Bài khác</a></div></div></body></html>"""


def vov() -> str:
    return f"""<html><head><meta charset="utf-8"><meta property="og:title" content="Sửa ống nước ở Bến Thủy"></head><body>
<h1 class="article-title">Sửa ống nước ở Bến Thủy</h1><div class="article-date">Thứ Sáu, 08:15, 20/11/2026</div>
<div class="article-summary">{LEAD}</div><div class="article-content"><div class="text-long">{BODY}</div></div></body></html>"""


def portal() -> str:
    """A plain portal page: no structured data at all."""
    return f"""<html><head><title>Sửa ống nước ở Bến Thủy | Cổng thông tin điện tử tỉnh</title>
<meta name="description" content="{LEAD}"></head><body><div id="menu"><a href="/">Trang chủ</a></div>
<div class="main"><h1>Sửa ống nước ở Bến Thủy</h1><span class="post-date">Thứ Sáu, 20/11/2026, 08:15 (GMT+7)</span>
<p><strong>{LEAD}</strong></p>{BODY}</div><div id="footer">Bản quyền thuộc Cổng thông tin</div></body></html>"""


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (vccorp(), "https://tuoitre.vn/sua-ong-nuoc-100261120081500123.htm"),
        (vnexpress(), "https://vnexpress.net/sua-ong-nuoc-5047363.html"),
        (dantri(), "https://dantri.com.vn/xa-hoi/sua-ong-nuoc-20261120081500123.htm"),
        (mastercms(), "https://nhandan.vn/sua-ong-nuoc-post900001.html"),
        (vietnamnet(), "https://vietnamnet.vn/sua-ong-nuoc-2400001.html"),
        (laodong(), "https://laodong.vn/xa-hoi/sua-ong-nuoc-1400001.ldo"),
        (vov(), "https://vov.vn/xa-hoi/sua-ong-nuoc-post1100001.vov"),
        (portal(), "https://tinh.gov.vn/tin/sua-ong-nuoc"),
    ],
    ids=["vccorp", "vnexpress", "dantri", "mastercms", "vietnamnet", "laodong", "vov", "portal"],
)
def test_the_article_and_nothing_else_is_taken(page: str, url: str) -> None:
    found = extract_page(page.encode(), url=url, now=NOW)

    assert found.title == "Sửa ống nước ở Bến Thủy"
    assert found.lead.endswith(LEAD)
    assert found.text.split("\n") == [found.lead, *PARAGRAPHS]
    assert found.published_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
    assert found.canonical_url == url


def test_times_section_byline_and_captions_of_a_page() -> None:
    tuoitre = extract_page(vccorp().encode(), url="https://tuoitre.vn/x.htm", now=NOW)
    vne = extract_page(vnexpress().encode(), url="https://vnexpress.net/x.html", now=NOW)

    assert tuoitre.modified_at == datetime(2026, 11, 20, 1, 45, tzinfo=UTC)
    assert (tuoitre.section, tuoitre.byline) == ("Thời sự", "AN BÌNH")
    assert tuoitre.captions == ("Công nhân sửa ống nước. Ảnh: A.B.",)
    assert vne.modified_at == datetime(2026, 11, 20, 2, 0, 30, tzinfo=UTC), "JSON-LD before meta"
    assert (vne.section, vne.byline, vne.outlet) == ("Thời sự", "An Bình", "vnexpress.net")
    assert vne.via["published_at"] == "json-ld"


def test_an_unknown_site_keeps_its_lead_by_the_generic_way() -> None:
    found = extract_page(
        vccorp(canonical="").encode(), url="https://bao-la.vn/a-100001.htm", now=NOW
    )

    assert found.text.startswith(found.lead)
    assert found.lead.endswith(LEAD)
    assert found.via["text"] != "site rule"


@pytest.mark.parametrize(
    "shown",
    [
        f"<b>{LEAD[0]}</b>{LEAD[1:]}",
        LEAD.replace(" ", "\n&nbsp; ", 5),
        LEAD.replace("phường", "ph<i>ườ</i>ng").upper(),
        LEAD.replace("phường", "ph\u00adường"),
        f"<em>(TTXVN)</em> - {LEAD}",
    ],
)
def test_the_lead_is_found_whatever_markup_and_blanks_divide_it(shown: str) -> None:
    page = f"""<html><head><meta property="og:title" content="Sửa ống nước">
<meta property="og:description" content="{LEAD}"></head><body><h1>Sửa ống nước</h1>
<script type="application/ld+json">{{"description": "{LEAD}"}}</script>
<div><div class="x">{shown}</div></div><article>{BODY * 3}</article></body></html>"""

    found = extract_page(page.encode(), url="https://bao-la.vn/a-100001.htm", now=NOW)

    assert found.via["lead"] == "block like og:description"
    assert "".join(LEAD.split()).lower() in "".join(found.lead.split()).lower()
    assert found.text.startswith(found.lead)


def test_a_description_in_a_script_alone_is_no_text() -> None:
    page = f"""<html><head><meta property="og:title" content="Sửa ống nước">
<meta property="og:description" content="{LEAD}"></head><body><h1>Sửa ống nước</h1>
<script type="application/ld+json">{{"description": "{LEAD}"}}</script>
<article>{BODY * 3}</article></body></html>"""

    found = extract_page(page.encode(), url="https://bao-la.vn/a-100001.htm", now=NOW)

    assert found.via["lead"] == "description only"
    assert LEAD not in found.text


@pytest.mark.parametrize(
    ("canonical", "kept"),
    [
        ("https://tuoitre.vn/khac-2.htm", "https://tuoitre.vn/khac-2.htm"),
        ("https://m.tuoitre.vn/khac-2.htm", "https://m.tuoitre.vn/khac-2.htm"),
        ("https://vnexpress.net/bai-cua-nguoi-khac-5047363.html", "https://tuoitre.vn/x-1.htm"),
        ("https://tuoitre.vn/", "https://tuoitre.vn/x-1.htm"),
        ("javascript:alert(1)", "https://tuoitre.vn/x-1.htm"),
        ("/khac-2.htm", "https://tuoitre.vn/khac-2.htm"),
    ],
)
def test_a_page_cannot_take_another_owner_s_identity(canonical: str, kept: str) -> None:
    page = extract_page(vccorp(canonical=canonical).encode(), url="https://tuoitre.vn/x-1.htm")

    assert page.canonical_url == kept


def test_a_vietnamese_time_that_is_stamped_as_utc_is_known_by_the_visible_one() -> None:
    false = (
        vccorp()
        .replace("08:15:00&#x2B;07:00", "08:15:00Z")
        .replace("08:45:00&#x2B;07:00", "08:45:00Z")
    )
    true = (
        vccorp()
        .replace("08:15:00&#x2B;07:00", "01:15:00Z")
        .replace("08:45:00&#x2B;07:00", "01:45:00Z")
    )

    for page in (false, true):
        found = extract_page(page.encode(), url="https://tuoitre.vn/x.htm", now=NOW)
        assert found.published_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
        assert found.modified_at == datetime(2026, 11, 20, 1, 45, tzinfo=UTC)


def test_json_ld_that_is_no_json_still_tells_the_date() -> None:
    broken = '<script type="application/ld+json">{"headline": "a "b" c", "datePublished": "2026-11-20T08:15:00+07:00"}</script>'
    page = portal().replace("<title>", broken + "<title>").replace("20/11/2026", "không rõ")

    assert extract_page(page.encode()).published_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize("payload", [b"", b"plain", b"<html></html>", b"\x00\xff<", b"<!-- -->"])
def test_a_page_without_an_article_is_refused(payload: bytes) -> None:
    with pytest.raises(InvalidDocument):
        extract_page(payload)


@pytest.mark.parametrize(
    "gate",
    [
        "<title>Just a moment...</title><noscript>Enable JavaScript and cookies to continue</noscript>"
        "<script>window._cf_chl_opt={};a='/cdn-cgi/challenge-platform/h/b'</script>",
        "<title>Đang kiểm tra</title><p>Vui lòng chờ trong giây lát.</p>"
        "<script>document.cookie='D1N=abc';window.location.reload(true);</script>",
    ],
)
def test_a_browser_check_is_no_article(gate: str) -> None:
    page = f"<!DOCTYPE html><html><head></head><body>{gate}</body></html>".encode()
    with pytest.raises(InvalidDocument, match="browser check"):
        extract_page(page, url="https://bao.example/tin-1.html", now=NOW)


def test_a_short_article_with_scripts_is_an_article() -> None:
    page = vccorp(body=f"<p>{PARAGRAPHS[0]}</p><script>document.cookie='a=1'</script>").encode()
    assert PARAGRAPHS[0] in extract_page(page, url="https://tuoitre.vn/a.htm", now=NOW).text


def test_nothing_active_survives() -> None:
    nasty = vccorp(
        BODY
        + '<p onclick="x()">Bài<script>alert(1)</script><a href="javascript:x()">liên kết</a></p>'
    )
    found = extract_page(nasty.encode(), url="https://tuoitre.vn/x.htm")

    assert "alert" not in repr(found)
    assert "javascript:" not in repr(found)
    assert "<" not in found.text


def test_every_site_module_has_a_rule_and_a_domain_of_its_own() -> None:
    rules = site_rules()

    assert rule_for("https://m.tuoitre.vn/a") is rules["tuoitre.vn"]
    assert rule_for("https://bao-la.vn/a") is None
    assert all(rule.body for rule in rules.values())


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://m.tuoitre.vn/x", "tuoitre.vn"),
        ("https://www.nld.com.vn/x", "nld.com.vn"),
        ("https://sgtvt.tinh.gov.vn/x", "tinh.gov.vn"),
    ],
)
def test_a_registrable_domain_is_what_one_owner_has(url: str, domain: str) -> None:
    assert registrable_domain(url) == domain


def test_a_section_page_gives_its_articles_in_order() -> None:
    page = (
        '<html><body><nav><a href="/thoi-su">Thời sự</a><a href="/tag/a-b-c-d-e-f">Thẻ một hai ba bốn năm</a></nav>'
        '<h3><a href="/bai-mot-hai-ba-100001.html" title="Tít đầy đủ của bài thứ nhất">Tít đầy đủ…</a></h3>'
        '<a href="/bai-mot-hai-ba-100001.html#binh-luan"><img></a>'
        '<h3><a href="https://bao.vn/bai-bon-nam-sau-100002.html">Tít đầy đủ của bài thứ hai</a></h3>'
        '<a href="https://quangcao.vn/mua-ngay-di-thoi-100003.html">Quảng cáo của một trang khác hẳn</a>'
        "</body></html>"
    )

    assert article_links(page.encode(), "https://bao.vn/thoi-su") == [
        ("https://bao.vn/bai-mot-hai-ba-100001.html", "Tít đầy đủ của bài thứ nhất"),
        ("https://bao.vn/bai-bon-nam-sau-100002.html", "Tít đầy đủ của bài thứ hai"),
    ]
