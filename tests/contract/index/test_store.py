"""What every store promises."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.store import Sort, Store
from langnghe.errors import QueryError
from langnghe.query import parse
from tests.contract.index.samples import NOW, item, many


def ids(store: Store, text: str, sort: Sort = Sort.NEWEST) -> list[str]:
    page = store.search(parse(text), now=NOW, sort=sort, limit=100)
    return [hit.document_id for hit in page.hits]


def test_accents_are_exact_when_typed_and_ignored_when_not(store: Store) -> None:
    store.put([item("a", "Học phí tăng"), item("b", "Học phi thường", minutes_ago=1)])
    store.put([item("c", "hoc phi tang cao qua", minutes_ago=2)])
    store.refresh()
    assert ids(store, '"học phí"') == ["a", "c"]
    assert ids(store, '"hoc phi"') == ["a", "b", "c"]
    page = store.search(parse('"hoc phi"'), now=NOW)
    assert (page.total, page.exact_total, page.folded_total) == (3, 1, 2)


def test_abbreviations_numbers_and_raw_telex_find_the_same(store: Store) -> None:
    store.put(
        [
            item("a", "Ủy ban nhân dân TP.HCM chi 1.000 tỉ"),
            item("b", "UBND thành phố Hồ Chí Minh chi 1,000 tỉ", minutes_ago=1),
            item("c", "UBND TPHCM chi 1000 tỉ", minutes_ago=2),
            item("d", "Bệnh viện quá tải", minutes_ago=3),
        ]
    )
    store.refresh()
    for text in ("ubnd", '"ủy ban nhân dân"', '"uỷ ban nhân dân"', '"uy ban nhan dan"'):
        assert ids(store, text) == ["a", "b", "c"], text
    for text in ("TP.HCM", "tphcm", '"TP HCM"', '"thành phố Hồ Chí Minh"'):
        assert ids(store, text) == ["a", "b", "c"], text
    for text in ("1000", "1.000", "1,000"):
        assert ids(store, text) == ["a", "b", "c"], text
    assert ids(store, "beenhj vieenj") == ["d"]


def test_near_counts_words_between_and_stays_in_one_field(store: Store) -> None:
    store.put([item("a", "trường thu thêm học phí"), item("b", "học", lead="phí", minutes_ago=1)])
    store.refresh()
    assert ids(store, "trường NEAR/3 phí") == ["a"]
    assert ids(store, "trường NEAR/2 phí") == []
    assert ids(store, "phí NEAR/3 trường") == ["a"]
    assert ids(store, "phí ONEAR/3 trường") == []
    assert ids(store, "học NEAR/50 phí") == ["a"]


def test_relevance_prefers_the_title(store: Store) -> None:
    store.put(
        [
            item("text", "a", text="ngập nước", minutes_ago=0),
            item("lead", "b", lead="ngập nước", minutes_ago=1),
            item("title", "ngập nước", minutes_ago=2),
        ]
    )
    store.refresh()
    assert ids(store, "ngập", Sort.RELEVANCE) == ["title", "lead", "text"]
    assert ids(store, "ngập", Sort.NEWEST) == ["text", "lead", "title"]
    assert ids(store, "ngập", Sort.OLDEST) == ["title", "lead", "text"]


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_list_every_document_once(store: Store, sort: Sort) -> None:
    store.put(many(25))
    store.refresh()
    seen: list[str] = []
    after = None
    while True:
        page = store.search(parse("nước"), now=NOW, sort=sort, limit=7, after=after)
        assert page.total == 25
        seen += [hit.document_id for hit in page.hits]
        after = page.next
        if after is None:
            break
    assert len(seen) == 25
    assert sorted(set(seen)) == [f"d{n:04d}" for n in range(25)]
    assert seen == sorted(seen, reverse=sort is Sort.OLDEST)


@pytest.mark.parametrize(
    "after", ["x", "1", "1_2", "nan_1_a", "1_1e5_a", "0_99999999999999999999_a"]
)
def test_a_page_that_nobody_gave_is_refused(store: Store, after: str) -> None:
    with pytest.raises(QueryError):
        store.search(parse("nước"), now=NOW, after=after)


def test_a_hit_shows_headline_snippet_and_where_the_words_are(store: Store) -> None:
    filler = "Tin khác không liên quan. " * 30
    store.put([item("a", "Nước máy", text=filler + "Mùi dầu trong TP.HCM. " + filler)])
    store.refresh()
    (hit,) = store.search(parse('máy "mùi dầu" tphcm'), now=NOW).hits
    assert hit.title_marks == ((5, 8),)
    assert [hit.snippet[a:b] for a, b in hit.snippet_marks] == ["Mùi dầu", "TP.HCM"]
    assert hit.snippet.startswith("…")
    assert len(hit.snippet) < 240


def test_counts_follow_replacing_and_deleting(store: Store) -> None:
    store.put(many(5))
    store.put([item("d0001", "tin đã sửa", minutes_ago=1)])
    store.delete(["d0002", "unknown"])
    store.put([item("d0003", "nước máy dời ngày", minutes_ago=5000)])
    store.refresh()
    assert ids(store, "nước") == ["d0000", "d0004", "d0003"]
    assert store.count(parse("nước"), now=NOW) == 3
    assert store.count(parse("topic:y_te"), now=NOW) == 4
    assert sum(b.count for b in store.histogram(parse(""), now=NOW)) == 4


def test_days_begin_at_midnight_in_vietnam(store: Store) -> None:
    # NOW is noon in Vietnam: 12 h 1 min before is 23:59 of the day before.
    store.put([item("a", "x", minutes_ago=719), item("b", "x", minutes_ago=721)])
    store.refresh()
    days = store.histogram(parse(""), now=NOW)
    assert [(f"{b.start:%d %H}", b.count) for b in days] == [("13 17", 1), ("14 17", 1)]
    months = store.histogram(parse(""), now=NOW, interval="month")
    assert [(f"{b.start:%m-%d %H}", b.count) for b in months] == [("02-28 17", 2)]
    weeks = store.histogram(parse(""), now=NOW, interval="week")
    assert [(f"{b.start:%m-%d %H}", b.count) for b in weeks] == [("03-08 17", 2)]


def test_terms_and_stories_count_documents(store: Store) -> None:
    store.put([*many(7), item("z", "nước máy", outlet="Tin Sáng 24", story_id="s0")])
    store.refresh()
    outlets = store.terms(parse("nước"), "outlet", now=NOW)
    assert [(t.value, t.count) for t in outlets] == [("Báo Lam Giang", 7), ("Tin Sáng 24", 1)]
    stories = store.story_rollup(parse("nước"), now=NOW, limit=1)
    assert [(s.story_id, s.document_count, s.outlet_count) for s in stories] == [("s0", 4, 2)]
    assert stories[0].last_at == NOW


def test_significant_terms_are_what_others_do_not_say(store: Store) -> None:
    others = [item(f"o{n}", f"họp giao ban tuần {n}", minutes_ago=n) for n in range(40)]
    water = [item(f"w{n}", f"nước máy mùi dầu phường {n}", minutes_ago=n) for n in range(5)]
    store.put([*others, *water])
    store.refresh()
    found = store.significant_terms(parse("nước"), now=NOW, limit=5)
    assert {t.text for t in found} & {"mùi dầu", "nước máy", "máy mùi"}
    assert not {"họp", "giao ban"} & {t.text for t in found}
    assert all(t.share > t.background_share for t in found)


def test_more_like_this_leaves_the_document_itself_out(store: Store) -> None:
    others = [item(f"o{n}", f"họp giao ban tuần {n}", minutes_ago=n) for n in range(20)]
    store.put([*others, item("a", "Nước máy có mùi dầu"), item("b", "Dân kêu nước máy mùi dầu")])
    store.refresh()
    assert [hit.document_id for hit in store.more_like_this("a", now=NOW)] == ["b"]
    assert store.more_like_this("unknown", now=NOW) == []


def test_evasion_by_invisible_characters_and_forms_changes_nothing(store: Store) -> None:
    store.put(
        [
            item("plain", "học phí hòa bình"),
            item("invisible", "h\u200bọc ph\u00adí hòa bình", minutes_ago=1),
            item("nfd", "ho\u0323c phi\u0301 ho\u0300a bi\u0300nh", minutes_ago=2),
            item("old tone", "học phí hoà bình", minutes_ago=3),
        ]
    )
    store.refresh()
    assert ids(store, '"học phí hòa bình"') == ["plain", "invisible", "nfd", "old tone"]


def test_nothing_finds_a_document_by_who_wrote_it(store: Store) -> None:
    from dataclasses import replace

    written = item("a", "nước máy")
    document = replace(written.document, byline="Trần Văn Kín", author_key="k1e5b7a90")
    store.put([replace(written, document=document)])
    store.refresh()
    for text in ("Kín", '"Trần Văn Kín"', "k1e5b7a90"):
        assert ids(store, text) == []
    for text in ("author:Kín", "byline:Kín", "author_key:k1e5b7a90"):
        with pytest.raises(QueryError):
            parse(text)


def test_no_naughty_string_upsets_a_store(store: Store, shared_dir: Path) -> None:
    strings = json.loads((shared_dir / "data" / "hostile" / "blns.json").read_text("utf-8"))
    store.put([item(f"n{n}", text, text=text) for n, text in enumerate(strings)])
    store.refresh()
    searched = 0
    for text in strings:
        try:
            query = parse(text)
        except QueryError:
            continue
        page = store.search(query, now=NOW, limit=1)
        assert page.exact_total <= page.total
        searched += 1
    assert searched > 300
