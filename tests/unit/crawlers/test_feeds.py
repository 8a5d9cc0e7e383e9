"""Feeds of every kind, and what is none."""
# ruff: noqa: E501

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawlers.feeds import looks_like_challenge, parse_feed
from langnghe.errors import FeedParseError

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Báo Thử - Thời sự</title><link>https://bao-thu.vn</link><ttl>30</ttl>
<item><title><![CDATA[Cầu mới thông xe &amp; miễn phí]]></title>
<link>https://bao-thu.vn/cau-moi-100001.html?utm_source=rss</link>
<guid isPermaLink="false">bt-100001</guid>
<description><![CDATA[<a href="https://bao-thu.vn/x"><img src="a.jpg"></a></br>
Sáng 20/11, cầu mới thông xe.]]></description>
<pubDate>Fri, 20 Nov 2026 08:15:00 +0700</pubDate><dc:creator>An Bình</dc:creator>
<category>Giao thông</category></item>
<item><title>Tin thứ hai</title><link>/tin-hai-100002.html</link>
<description>&lt;p&gt;Tóm tắt &amp;amp; thêm&lt;/p&gt;</description>
<pubDate>20/11/2026 07:00</pubDate></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Cổng tỉnh</title>
<link rel="hub" href="https://hub.vn/"/><link href="https://cong.vn/"/>
<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Thông <b>báo</b></div></title>
<link href="https://cong.vn/tb-1"/><id>tag:cong.vn,2026:1</id>
<published>2026-11-20T01:00:00Z</published><updated>2026-11-20T02:00:00Z</updated>
<summary>Tóm tắt thông báo.</summary>
<content type="html">&lt;p&gt;Tóm tắt thông báo.&lt;/p&gt;&lt;p&gt;Nội dung đầy đủ.&lt;/p&gt;</content>
</entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://a.vn"><title>RDF</title><link>https://a.vn</link></channel>
<item rdf:about="https://a.vn/1"><title>Mục</title><link>https://a.vn/1</link>
<dc:date>2026-11-20T08:00:00+07:00</dc:date></item></rdf:RDF>"""

JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "JSON", "items": [
{"id": "1", "url": "https://a.vn/1", "title": "Mục", "content_html": "<p>Một</p><p>Hai</p>",
 "date_published": "2026-11-20T08:00:00+07:00", "authors": [{"name": "An"}], "tags": ["xã hội"]}]}"""


def test_an_rss_item_is_read_as_a_person_reads_it() -> None:
    feed = parse_feed(RSS.encode(), url="https://bao-thu.vn/rss", now=NOW)
    first, second = feed.items

    assert (feed.title, feed.via, feed.ttl_s) == ("Báo Thử - Thời sự", "fastfeedparser", 1800)
    assert first.title == "Cầu mới thông xe & miễn phí"
    assert first.lead == "Sáng 20/11, cầu mới thông xe."
    assert first.canonical_url == "https://bao-thu.vn/cau-moi-100001.html"
    assert first.published_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
    assert (first.author, first.section, first.guid) == ("An Bình", "Giao thông", "bt-100001")
    assert second.url == "https://bao-thu.vn/tin-hai-100002.html"
    assert second.lead == "Tóm tắt & thêm"
    assert second.published_at == datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


def test_atom_keeps_markup_titles_full_text_and_the_edit() -> None:
    feed = parse_feed(ATOM.encode())
    item = feed.items[0]

    assert item.title == "Thông báo"
    assert (item.lead, item.text) == (
        "Tóm tắt thông báo.",
        "Tóm tắt thông báo.\nNội dung đầy đủ.",
    )
    assert item.modified_at == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    assert feed.hub_url == "https://hub.vn/"


@pytest.mark.parametrize(("document", "via"), [(RDF, "fastfeedparser"), (JSON, "json")])
def test_rdf_and_json_feeds(document: str, via: str) -> None:
    feed = parse_feed(document.encode())

    assert feed.via == via
    assert feed.items[0].title == "Mục"
    assert feed.items[0].published_at == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def test_one_wrong_byte_leaves_the_other_characters_intact() -> None:
    payload = bytearray(RSS.encode())
    payload[payload.index("Thời".encode()) + 3] = 0xFF

    feed = parse_feed(bytes(payload), url="https://bao-thu.vn/rss", now=NOW)

    assert feed.items[0].lead == "Sáng 20/11, cầu mới thông xe."
    assert any("wrong bytes" in note for note in feed.notes)


@pytest.mark.parametrize(
    "written",
    [
        "Fri, 20 Nov 2026 08:15:00 +0700",
        "Fri, 20 Nov 2026 01:15:00 GMT",
        "2026-11-20T08:15:00+07:00",
        "2026-11-20T01:15:00Z",
        "2026-11-20T08:15:00",
        "Fri, 20 Nov 2026 08:15:00",
        "Fri, 20 Nov 2026 08:15:00 ICT",
        "Thứ Sáu, 20/11/2026, 08:15 (GMT+7)",
    ],
)
def test_a_time_is_right_whichever_way_it_was_read(written: str) -> None:
    """One odd date among plain ones has all of them mended before the parser sees them."""
    for name in ("pubDate", "dc:date"):
        row = f"<item><title>A</title><link>https://a.vn/1</link><{name}>%s</{name}></item>"
        document = (
            '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            f"{row % 'Fri, 20 Nov 2026 09:15:00 +0700'}{row % written}</channel></rss>"
        )
        moments = [item.published_at for item in parse_feed(document.encode(), now=NOW).items]
        assert moments == [
            datetime(2026, 11, 20, 2, 15, tzinfo=UTC),
            datetime(2026, 11, 20, 1, 15, tzinfo=UTC),
        ]


def test_a_byte_order_mark_changes_nothing() -> None:
    assert parse_feed(b"\xef\xbb\xbf" + RSS.encode()).items == parse_feed(RSS.encode()).items


def test_broken_xml_is_mended() -> None:
    broken = RSS.replace("</channel></rss>", "").replace("Tin thứ hai", "Tin A&B &nbsp;\x0b hai")

    feed = parse_feed(broken.encode(), url="https://bao-thu.vn/rss", now=NOW)

    assert [item.title for item in feed.items][-1].replace("\xa0", " ").split() == [
        "Tin", "A&B", "hai",
    ]  # fmt: skip


def test_a_name_without_a_zone_is_vietnamese_time() -> None:
    feed = parse_feed(RSS.replace("08:15:00 +0700", "08:15:00").encode(), now=NOW)

    assert feed.items[0].published_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "empty"),
        (b"<html><body>x</body></html>", "HTML page"),
        (b"<html><script>document.cookie='a'</script></html>", "JavaScript challenge"),
        (b'{"a": 1}', "JSON Feed"),
        (b"<bomb>x</bomb>", "root element <bomb>"),
        (b"plain words", "not XML"),
        (b"<rss>" + b"<item/>" * 30_000 + b"</rss>", "30000 entries"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_reason(payload: bytes, reason: str) -> None:
    with pytest.raises(FeedParseError, match=reason):
        parse_feed(payload, source_id="s")


def test_a_feed_over_the_cap_is_refused_before_parsing() -> None:
    with pytest.raises(FeedParseError, match="larger than 100"):
        parse_feed(RSS.encode(), max_bytes=100)


def test_an_empty_feed_has_no_items_and_is_no_error() -> None:
    assert parse_feed(b"<rss><channel><title>x</title></channel></rss>").items == ()


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_a_dtd_is_never_used(doctype: str) -> None:
    document = f"<?xml version='1.0'?>{doctype}{RSS.split('?>', 1)[1]}".replace(
        "Tin thứ hai", "Tin &b;&x; hai"
    )

    feed = parse_feed(document.encode(), url="https://bao-thu.vn/rss", now=NOW)

    assert "root:" not in repr(feed)
    assert len(feed.items[1].title) < 40


def test_a_link_that_is_no_web_address_is_dropped() -> None:
    feed = parse_feed(RSS.replace("/tin-hai-100002.html", "javascript:alert(1)").encode(), now=NOW)

    assert feed.items[1].url == ""


def test_a_challenge_is_told_from_a_page() -> None:
    assert looks_like_challenge(b"<html><script>setTimeout('location.href=1')</script>")
    assert not looks_like_challenge(b"<html><p>Captcha trong doi song</p></html>")
