"""Bytes to text and markup to text: wrong bytes, escapes, tags, things nobody should see."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.decoding import decode
from crawlers.markup import plain_text, tidy, title_text

PARAGRAPH = "Người dân phường Bến Thủy phản ánh nước máy có mùi lạ, đề nghị kiểm tra ngay. "


def test_one_wrong_byte_costs_one_character() -> None:
    payload = bytearray((PARAGRAPH * 20).encode())
    payload[40] = 0xFF

    text, encoding = decode(bytes(payload), "text/xml")

    assert encoding == "utf-8"
    assert text.count("\ufffd") <= 3
    assert text.endswith(PARAGRAPH * 19)


@pytest.mark.parametrize(
    ("payload", "content_type", "expected"),
    [
        (PARAGRAPH.encode("utf-8"), "text/html; charset=iso-8859-1", PARAGRAPH),
        (PARAGRAPH.encode("utf-16"), "", PARAGRAPH),
        (b"\xef\xbb\xbf" + PARAGRAPH.encode(), "", PARAGRAPH),
        ("café".encode("cp1252"), "text/html; charset=ISO-8859-1", "café"),
        ("Đươ\u0300ng".encode("cp1258"), "", "Đường"),
        ("日本".encode("shift_jis"), "text/html; charset=shift_jis", "日本"),
    ],
)
def test_the_bytes_decide_before_the_declaration(
    payload: bytes, content_type: str, expected: str
) -> None:
    import unicodedata

    assert unicodedata.normalize("NFC", decode(payload, content_type)[0]) == expected


def test_a_codec_that_is_no_text_encoding_is_not_used() -> None:
    text, encoding = decode(b"abc \xff\xfe\xfd def", "text/html; charset=utf-7")

    assert encoding == "cp1258"
    assert text.startswith("abc")


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("<p>Một</p><p>Hai</p>", "Một\nHai"),
        ("&lt;p&gt;Bản tin&lt;/p&gt;", "Bản tin"),
        ("Bánh &amp;amp; kẹo", "Bánh & kẹo"),
        ("&amp;eacute;t x&amp;ocirc;", "ét xô"),
        ('<a href="x>y" title="a > b">chữ</a>', "chữ"),
        ('<a href="x"><img src="y" ></a></br>Sapo của bài', "Sapo của bài"),
        ('<p><img src="y"/>Một <b>chữ</b> đậm</p>', "Một chữ đậm"),
        ("<p>Trước</p><script>x=1</script>", "Trước"),
        ('<IMG SRC="y"><P>Sapo</P>', "Sapo"),
        ("Giá < 5 triệu và > 3 triệu", "Giá < 5 triệu và > 3 triệu"),
        ("I <3 Hà Nội", "I <3 Hà Nội"),
        ("<script>alert(1)</script>sạch<style>p{}</style>", "sạch"),
        ("<!-- ghi chú --><![CDATA[Nội dung]]>", "Nội dung"),
        ("Ho\u0300a\u0301 hợp", "Hòá hợp"),
        ("dòng\u200b1\u202e2", "dòng12"),
    ],
)
def test_markup_becomes_the_text_a_reader_sees(fragment: str, expected: str) -> None:
    assert plain_text(fragment) == expected


def test_a_title_is_one_line() -> None:
    assert title_text("<b>Tin</b>\n  mới<br>nhất") == "Tin mới nhất"


@given(st.text(alphabet="<>/a!&;\"'=- p", max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_tag_survives(fragment: str) -> None:
    text = plain_text(fragment)

    assert "<p>" not in text
    assert tidy(text) == text


def test_hostile_markup_is_linear() -> None:
    """A quadratic pass over two megabytes would take minutes and meet pytest's limit."""
    for unit in ('<a "', "<a '", "<div>", "<!--", "<script>", "&amp;", "<"):
        plain_text(unit * (2_000_000 // len(unit)))
