from __future__ import annotations

import unicodedata

from langnghe.document import DocumentKind
from nlp.backends.base import TextInput
from nlp.backends.reading import SOCIAL_WORDS, pair, spoken
from tests.unit.nlp.backends.tiny import article, post


def test_an_article_is_its_title_and_lead():
    assert pair(article("Tiêu đề", "Sapo", "Thân bài")) == ("Tiêu đề", "Sapo")


def test_without_a_lead_the_first_sixty_words_stand_in():
    title, body = pair(article("Tiêu đề", "  ", "chữ " * 500))
    assert title == "Tiêu đề"
    assert len(body.split()) == 60


def test_a_comment_stands_under_its_article():
    comment = TextInput(DocumentKind.COMMENT, "", "", "hay quá", "Bài báo")
    assert pair(comment) == ("Bài báo", "hay quá")
    assert pair(post("chỉ có lời")) == ("", "chỉ có lời")


def test_decomposed_and_old_style_writing_reads_the_same():
    plain = pair(article("Xã Hòa Khê khóa van"))
    assert pair(article(unicodedata.normalize("NFD", "Xã Hòa Khê khóa van"))) == plain
    assert pair(article("Xã Hoà Khê khoá van")) == plain


def test_seen_as_news_a_post_is_cut_on_both_sides():
    sides = spoken(TextInput(DocumentKind.COMMENT, "", "", "nuoc " * 500, "duong ngap " * 500))
    assert [len(side.split()) for side in sides] == [SOCIAL_WORDS, SOCIAL_WORDS]
