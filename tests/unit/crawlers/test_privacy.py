"""Nothing that names a private person is stored (responsible use, rule 2)."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from crawlers.documents import ReadContext, SocialPost, social_document
from crawlers.masking import mask
from crawlers.pseudonym import author_key, quarter_of
from langnghe.document import DocumentKind
from langnghe.source import Source, SourceKind

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
KEY = b"k" * 32
FORUM = Source(
    id="dien-dan", name="Diễn đàn", outlet="Diễn đàn", kind=SourceKind.FEED,
    url="https://dd.vn/rss", document_kind=DocumentKind.POST,
)  # fmt: skip


@pytest.mark.parametrize(
    "secret",
    [
        "0900 000 123", "0900.000.123", "0900-000-123", "+84 900 000 123", "84900000123",
        "(090) 000 0123", "0236 3 123 456", "o900000123", "0 9 0 0 0 0 0 1 2 3",
        "001099000123", "001 099 000 123", "012345678", "0071000123456", "B1234567",
        "ten.nguoi@example.vn", "ten (at) example.vn", "@nguoi_dung", "@Nguyễn Văn Thử",
        "fb.com/nguoi.dung", "https://www.facebook.com/nguoi.dung", "zalo.me/0900000123",
        "https://t.me/nguoidung", "０９００００００１２３", "0900\u200b000123",
    ],
)  # fmt: skip
def test_personal_data_is_masked(secret: str) -> None:
    masked = mask(f"Liên hệ {secret} giúp em với ạ")

    assert secret not in masked
    assert "[" in masked
    assert masked.startswith("Liên hệ ")
    assert masked.endswith(" giúp em với ạ")
    assert not any(char.isdigit() for char in masked)


@pytest.mark.parametrize(
    "harmless",
    [
        "giá 1.500.000.000 đồng", "500.000đ", "ngày 20/11/2026 lúc 08:15", "tổng đài 1900 1234",
        "113, 114, 115", "năm 2025-2026", "thắng 3-1, 2-0", "0 giờ ngày 20/11", "tăng 0,5 - 1 %",
        "https://vnexpress.net/bai-viet-5047363.html", "500000000 đồng", "mua ở quán @ 8h",
        "quốc lộ 1A, km 123+450", "Nghị định 244/2026/NĐ-CP",
    ],
)  # fmt: skip
def test_ordinary_numbers_stay(harmless: str) -> None:
    assert mask(harmless) == harmless


def test_mask_recall_on_planted_numbers() -> None:
    chance = random.Random(7)
    forms = ("{}{}{}", "{} {} {}", "{}.{}.{}", "{}-{}-{}", "({}) {} {}")
    missed = 0
    for _ in range(2000):
        digits = "".join(chance.choice("0123456789") for _ in range(8))
        head = "0" + chance.choice("35789") + digits[0]
        number = chance.choice(forms).format(head, digits[1:4], digits[4:8])
        masked = mask(f"{chance.choice(('sđt', 'gọi', 'zalo', 'lh:'))} {number} nhé")
        missed += any(char.isdigit() for char in masked)

    assert missed <= 0.02 * 2000


def test_a_post_keeps_no_handle_anywhere() -> None:
    post = SocialPost(
        identity="p1",
        author="bao.an_1990",
        text="bao.an_1990 viết: gọi 0900000123, hỏi @ban_minh",
        title="Trả lời: Nước máy có mùi",
        published_at=NOW,
        url="https://dd.vn/u/bao.an_1990/p1",
    )

    doc = social_document(post, FORUM, "rss", ReadContext(now=NOW, author_key=KEY))

    assert "bao.an" not in repr(doc)
    assert "0900000123" not in repr(doc)
    assert "ban_minh" not in repr(doc)
    assert (doc.title, doc.parent_title) == ("", "Nước máy có mùi")
    assert doc.author_key == author_key("Bao.An_1990", "dien-dan", KEY, "2026Q4")


def test_pseudonyms_cannot_be_linked_across_quarters_networks_or_keys() -> None:
    keys = {
        author_key("an", "youtube", KEY, "2026Q4"),
        author_key("an", "youtube", KEY, "2027Q1"),
        author_key("an", "reddit", KEY, "2026Q4"),
        author_key("an", "youtube", b"x" * 32, "2026Q4"),
    }

    assert len(keys) == 4
    assert author_key(" AN ", "youtube", KEY, "2026Q4") in keys
    assert author_key("", "youtube", KEY, "2026Q4") == ""
    with pytest.raises(ValueError, match="16 bytes"):
        author_key("an", "youtube", b"short", "2026Q4")


def test_a_quarter_is_a_vietnamese_one() -> None:
    assert quarter_of(datetime(2026, 12, 31, 18, tzinfo=UTC)) == "2027Q1"
