"""Documents and queries that hypothesis makes: Vietnamese words in every state of care."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from langnghe.analysis import AnalysedDocument, Analysis, Label, PlaceMention
from langnghe.document import Document, DocumentKind

NOW = datetime(2026, 3, 15, 5, 0, tzinfo=UTC)

_WORDS = [
    *("học", "phí", "hoc", "phi", "Học", "PHÍ", "hóc", "trường", "truong", "đường", "duong"),
    *("ủy", "uỷ", "ban", "nhân", "dân", "UBND", "ubnd", "TP.HCM", "tp", "hcm", "tphcm"),
    *("1.000", "1,000", "1000", "2,5", "2.5", "19h30", "covid-19", "a_b", "o'clock", "x.y"),
    *("không", "ko", "khong", "hòa", "hoà", "hoa", "nước", "nuocs", "sạch", "日本", "İ", "ß", "²"),
    *("ca\u0301", "h\u200bọc", "ʘ", "٣.٥", "Ω", "e\u0323\u0302", "ﬁ", "😀", "giáo", "giáo", "viên"),
]
_PIECES = st.one_of(
    st.sampled_from(_WORDS),
    st.sampled_from([unicodedata.normalize("NFD", w) for w in _WORDS]),
    st.text(max_size=4),
)
_SEPARATORS = st.sampled_from([" ", " ", " ", ", ", ". ", "-", "\n", "/"])

_OUTLETS = ["Báo Lam Giang", "Tin Sáng 24", ""]
_PLACES = ["Hà Nội", "Lam Thành", "Cồn Ngư"]


@st.composite
def texts(draw: st.DrawFn, most: int = 12) -> str:
    pieces = draw(st.lists(st.tuples(_PIECES, _SEPARATORS), max_size=most))
    return "".join(word + separator for word, separator in pieces)


@st.composite
def items(draw: st.DrawFn, number: int) -> AnalysedDocument:
    published = draw(
        st.one_of(
            st.datetimes(NOW.replace(tzinfo=None) - timedelta(days=9), NOW.replace(tzinfo=None)),
            st.just(datetime(2026, 3, 14, 16, 59, 59, 999_000)),
            st.just(datetime(2026, 3, 14, 17, 0)),
        )
    ).replace(tzinfo=UTC)
    doc = Document(
        id=f"d{number}",
        kind=draw(st.sampled_from(DocumentKind)),
        source_id=draw(st.sampled_from(["nguon-1", "nguon-2"])),
        outlet=draw(st.sampled_from(_OUTLETS)),
        url=f"https://example.vn/{number}",
        title=draw(texts(6)),
        lead=draw(texts()),
        text=draw(texts(20)),
        published_at=published,
        first_seen_at=published,
        fetched_at=published,
    )
    analysis = Analysis(
        doc.id,
        1,
        topic=Label(draw(st.sampled_from(["y_te", "giao_duc"])), 0.9),
        tone=Label(draw(st.sampled_from(["neg", "neu", "pos"])), 0.9),
        stance=Label("na", 0.9),
        intent=None,
        places=tuple(
            PlaceMention(name, name, "province") for name in draw(st.sets(st.sampled_from(_PLACES)))
        ),
    )
    return AnalysedDocument(
        doc,
        draw(st.sampled_from([analysis, None])),
        draw(st.sampled_from(["s1", "s2", ""])),
        draw(st.sampled_from([(), ("c1",), ("c1", "c2")])),
    )


@st.composite
def corpora(draw: st.DrawFn, most: int = 7) -> list[AnalysedDocument]:
    return [draw(items(number)) for number in range(draw(st.integers(1, most)))]


_WORD_CHOICES = [w for w in _WORDS if any(c.isalnum() for c in w)]
_FILTERS = [
    *("kind:article", "topic:y_te", 'topic:"Giáo dục"', "tone:(neg OR pos)", "story:*", "claim:c2"),
    *('outlet:"Báo Lam Giang"', 'outlet:"bao lam giang"', 'outlet:"bao lam"', "place:*"),
    *('place:"Hà Nội"', 'place:"ha noi"', "-place:*", "source:nguon-1", "channel:feed"),
    *("published:now-7d", "published:14/03/2026", "published:[2026-03-10 TO 2026-03-14]"),
    *("published:>=2026-03-15", "published:<2026-03-15", "published:[* TO now-2d]"),
]


@st.composite
def leaves(draw: st.DrawFn) -> str:
    word = st.sampled_from(_WORD_CHOICES)
    match draw(st.integers(0, 5)):
        case 0 | 1:
            return draw(word)
        case 2:
            return '"' + " ".join(draw(st.lists(word, min_size=1, max_size=3))) + '"'
        case 3:
            stem = draw(st.sampled_from(["hoc", "họ", "tr", "tru", "10", "ub", "giá"]))
            return f"{stem}*"
        case 4:
            operator = draw(st.sampled_from(["NEAR", "ONEAR"]))
            left, right = draw(sides()), draw(sides())
            return f"({left} {operator}/{draw(st.integers(0, 4))} {right})"
        case _:
            return draw(st.sampled_from(_FILTERS))


@st.composite
def sides(draw: st.DrawFn) -> str:
    word = st.sampled_from(_WORD_CHOICES)
    one = st.one_of(word, st.builds('"{} {}"'.format, word, word))
    return draw(st.one_of(one, st.builds("({} OR {})".format, one, one)))


@st.composite
def scoped(draw: st.DrawFn) -> str:
    field = draw(st.sampled_from(["title", "lead", "text"]))
    leaf = draw(leaves().filter(lambda text: ":" not in text))
    return f"{field}:({leaf})"


def queries() -> st.SearchStrategy[str]:
    return st.recursive(
        st.one_of(leaves(), scoped()),
        lambda inner: st.one_of(
            st.builds("({} AND {})".format, inner, inner),
            st.builds("({} OR {})".format, inner, inner),
            st.builds("(NOT {})".format, inner),
            st.builds("({} -{})".format, inner, inner),
            st.builds("({})^2".format, inner),
        ),
        max_leaves=6,
    )
