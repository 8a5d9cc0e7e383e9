"""Text of the old Vietnamese fonts becomes Unicode; ordinary text is never touched."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.decoding import decode_text
from crawlers.feeds import parse_feed
from crawlers.legacy import restored
from crawlers.pages import extract_page
from tests.loopback_site import article, rss
from tests.typed_in_old_fonts import tcvn3, vni

SAID = "Người dân phường Bến Thủy phản ánh nước máy có mùi lạ, đề nghị kiểm tra ngay trong tuần."
FONTS = pytest.mark.parametrize(("typed", "font"), [(tcvn3, "tcvn3"), (vni, "vni")])
Typed = Callable[[str], str]


@pytest.mark.parametrize(
    "typed",
    [
        "Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc",
        "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc",
    ],
)
def test_the_motto_as_offices_typed_it(typed: str) -> None:
    said = "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc"
    assert restored(typed)[0] == said


@FONTS
@pytest.mark.parametrize("declared", ["", "; charset=iso-8859-1", "; charset=utf-8"])
def test_a_page_s_bytes_are_understood_whatever_is_declared(
    typed: Typed, font: str, declared: str
) -> None:
    payload = f"<p>{typed(SAID)}</p>".encode("latin-1")
    assert decode_text(payload, f"text/html{declared}") == (f"<p>{SAID}</p>", font)


@FONTS
def test_letters_that_were_carried_into_utf_8_or_entities_are_understood(
    typed: Typed, font: str
) -> None:
    said = typed(SAID)
    as_entities = "".join(c if c.isascii() else f"&#{ord(c)};" for c in said)
    assert decode_text(said.encode()) == (SAID, font)
    assert decode_text(as_entities.encode()) == (SAID, font)


@FONTS
def test_a_page_whose_frame_is_unicode_and_whose_body_is_not(typed: Typed, font: str) -> None:
    frame = "Cổng thông tin điện tử phường Bến Thủy"
    page = f"<title>{frame}</title><h2>Hôm nay</h2><p>{typed(SAID)}</p>"
    assert restored(page) == (page.replace(typed(SAID), SAID), font)


@FONTS
def test_a_feed_and_an_article_come_out_in_unicode(typed: Typed, font: str) -> None:
    feed = parse_feed(rss([("https://a.vn/1", typed(SAID))]).encode())
    assert feed.items[0].title == SAID
    assert feed.encoding == font

    page = article("Nước máy ở phường Bến Thủy có mùi lạ, người dân đề nghị kiểm tra")
    found = extract_page(typed(page).encode() if typed is vni else tcvn3(page).encode())
    assert found.title.lower() == "nước máy ở phường bến thủy có mùi lạ, người dân đề nghị kiểm tra"
    assert "có số liệu 13" in found.text
    assert found.via["encoding"] == font


def test_capitals_that_tcvn3_has_only_as_a_font_come_back_in_words_of_capitals() -> None:
    said = "THÔNG BÁO CỦA ỦY BAN NHÂN DÂN PHƯỜNG VỀ VIỆC CẤP NƯỚC SINH HOẠT"
    assert restored(tcvn3(said))[0] == said


@pytest.mark.parametrize(
    "text",
    [
        SAID,
        "Café, crème brûlée, déjà vu, été à Noël, où naïveté et façade, très bien, où ça, être né.",
        "Für die Grüße müßten schöne Mädchen über Köln, Düsseldorf, Zürich und Österreich reisen.",
        "¿Qué pasó mañana? El niño comió piñas, jalapeños y más señales según José Muñoz.",
        "Ærø, Tromsø, Bodø, Røros, Malmö, Västerås, Øresund, smørrebrød, København, blåbærgrød",
        "© 2026 · ® · « Thông tin » · Hà Nam · 25°C · ±5 µm · 3×4 · ½ · ¼ · ¾ · Công ty · Á · À",
        "Hà Nam, Cao Lãnh, Long Thành, Hòn Tre, Sóc Sơn, Bà Nà, Tuyên Hóa, Hoài Ân, Chí Linh",
        "",
    ],
)
def test_ordinary_text_is_never_touched(text: str) -> None:
    assert restored(text) == (text, "")


@given(st.text(alphabet=st.characters(max_codepoint=0x1EFF), max_size=200))
def test_any_text_is_taken(text: str) -> None:
    found, font = restored(text)
    assert font or found == text
