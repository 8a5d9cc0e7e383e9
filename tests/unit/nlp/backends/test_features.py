from __future__ import annotations

import numpy as np

from nlp.backends.features import extract


def keys_of(*pairs, social=False):
    found = extract(list(pairs), social=social)
    return [set(found.key[found.row == row].tolist()) for row in range(len(pairs))]


def test_word_order_makes_other_pairs_but_the_same_words():
    first, second = keys_of(("", "công an bắt trộm"), ("", "trộm bắt công an"))
    assert first & second
    assert first != second


def test_capitals_and_punctuation_do_not_matter():
    first, second = keys_of(("Bệnh viện, TỈNH", "ghép thận."), ("bệnh viện tỉnh", "Ghép thận"))
    assert first == second


def test_a_pair_never_spans_the_border_of_headline_and_body():
    (across,) = keys_of(("ghép", "thận"))
    (inside,) = keys_of(("", "ghép thận"))
    (word_one,), (word_two,) = keys_of(("", "ghép")), keys_of(("", "thận"))
    assert inside - word_one - word_two
    assert not (inside - word_one - word_two) & across


def test_a_text_has_the_same_features_alone_and_in_a_batch():
    texts = [("nước máy", "hôi mùi dầu"), ("", ""), ("đường ngập", "cả tuần nay")]
    assert keys_of(*texts) == [keys_of(text)[0] for text in texts]


def test_social_words_are_found_again_without_their_marks():
    marked, bare = keys_of(("", "không ai xử lý"), ("", "khong ai xu ly"), social=True)
    assert len(marked & bare) >= 4
    marked, bare = keys_of(("", "không ai xử lý"), ("", "khong ai xu ly"))
    assert len(marked & bare) == 1  # "ai" alone


def test_starts_delimit_the_words_of_every_text():
    found = extract([("một hai", "ba"), ("", ""), ("bốn", "")], social=False)
    assert found.starts.tolist() == [0, 3, 3, 4]
    assert (np.diff(found.starts)[found.row] > 0).all()
