"""The builder writes the language: whatever is filled in is a query, and means what it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.query import parse
from langnghe.query.build import Parts, build
from langnghe.text import search_words


@pytest.mark.parametrize(
    ("parts", "query"),
    [
        (Parts(), ""),
        (Parts(words="học phí"), "học phí"),
        (Parts(phrase="lạm thu"), '"lạm thu"'),
        (Parts(any_of="ngập, triều cường, ngập"), '(ngập OR "triều cường")'),
        (Parts(words="nước", none_of="bóng đá; giải"), 'nước NOT ("bóng đá" OR giải)'),
        (
            Parts(near_left="bệnh viện", near_right="quá tải, thiếu", distance=8),
            '("bệnh viện" NEAR/8 ("quá tải" OR thiếu))',
        ),
        (Parts(near_left="a", near_right="b", distance=900, is_ordered=True), "(a ONEAR/100 b)"),
        (Parts(near_right="thiếu"), "thiếu"),
        (Parts(words="lũ", none_of="bão", where="title"), "title:(lũ NOT bão)"),
        (
            Parts(values={"topic": "y_te", "place": "Hà Nội", "outlet": ""}),
            'topic:y_te place:"Hà Nội"',
        ),
        (Parts(first_day="2026-10-01"), "published:[2026-10-01 TO *]"),
        (Parts(words="OR now-7d title:x -5"), '"OR" "now-7d" "title:x" "-5"'),
        (Parts(words='"học'), "học"),
        (Parts(any_of="1,5 triệu, 2,5"), '("1,5 triệu" OR "2,5")'),
        (Parts(words="!! 😀"), ""),
    ],
)
def test_parts_are_written_in_the_language(parts: Parts, query: str) -> None:
    assert build(parts) == query
    parse(query)


_FILLED = st.one_of(st.text(max_size=12), st.sampled_from(['a"b', "NOT", "x*", "(a", "^2", "a,b"]))


@given(_FILLED, _FILLED, _FILLED, _FILLED, _FILLED, st.sampled_from(["", "title", "text"]))
def test_whatever_is_filled_in_is_a_query(
    words: str, phrase: str, any_of: str, none_of: str, near: str, where: str
) -> None:
    parts = Parts(words, phrase, any_of, none_of, near, near, where=where)
    query = build(Parts(**{**_asdict(parts), "values": {"outlet": phrase, "place": any_of}}))
    parse(query)
    if search_words(words.replace("*", " ")):
        assert query


def _asdict(parts: Parts) -> dict[str, object]:
    return {name: getattr(parts, name) for name in Parts.__slots__}
