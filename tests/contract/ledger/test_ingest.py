"""What comes in is stored once, and every later state of it is told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from langnghe.settings import Settings
from tests.contract.ledger.conftest import Analyse
from tests.contract.ledger.samples import NOW, article, feed_item, links, post

pytestmark = pytest.mark.usefixtures("ledger")
LATER = NOW + timedelta(hours=1)


def test_a_document_comes_back_as_it_was_stored() -> None:
    from ledger import documents, ingest

    doc = article(1, captions=("ảnh",), notes=("clamped",), reach=12, byline="Nhóm phóng viên")
    result = ingest.record_ingest([doc], NOW)
    assert result.new == (doc.id,)
    assert documents.load_documents([doc.id]) == [doc]


def test_storing_again_changes_nothing() -> None:
    from ledger import ingest, queries, work

    docs = [article(n) for n in range(1, 6)]
    ingest.record_ingest(docs, NOW)
    again = ingest.record_ingest(docs, LATER)
    assert again.unchanged == tuple(doc.id for doc in docs)
    assert queries.counters().collected == 5
    assert work.backlog()[work.Stage.ANALYSE] == 5


def test_a_large_import_is_one_transaction() -> None:
    from ledger import ingest, queries

    docs = [feed_item(n) for n in range(1, 1101)]
    assert len(ingest.record_ingest([*docs, *docs[:600]], NOW).new) == 1100
    assert queries.counters().collected == 1100
    broken = [feed_item(n) for n in range(2000, 2600)]
    broken[-1] = feed_item(2600, weight="heavy")
    with pytest.raises(ValueError):
        ingest.record_ingest(broken, NOW)
    assert queries.counters().collected == 1100


def test_one_article_twice_in_a_batch_is_one_document() -> None:
    from ledger import ingest, queries

    result = ingest.record_ingest([feed_item(1), article(1), article(1)], NOW)
    assert result.new == ("doc-0001",)
    assert queries.counters().collected == 1


def test_the_page_of_a_feed_item_is_fuller_text_not_an_edit() -> None:
    from ledger import documents, ingest, queries

    ingest.record_ingest([feed_item(1, title="Nước có mùi")], NOW)
    result = ingest.record_ingest([article(1)], LATER)
    assert result.enriched == ("doc-0001",)
    [doc] = documents.load_documents(["doc-0001"])
    assert (doc.revision, doc.text) == (1, article(1).text)
    assert queries.newest().documents[0].edits == ()


def test_a_feed_that_repeats_itself_after_the_page_is_no_edit() -> None:
    from ledger import documents, ingest

    ingest.record_ingest([feed_item(1, title="Nước có mùi")], NOW)
    ingest.record_ingest([article(1)], NOW)
    result = ingest.record_ingest([feed_item(1, title="Nước có mùi")], LATER)
    assert result.unchanged == ("doc-0001",)
    assert documents.load_documents(["doc-0001"])[0].title == article(1).title


def test_two_feeds_with_different_words_do_not_edit_each_other() -> None:
    from ledger import ingest, queries

    one = feed_item(1)
    other = feed_item(1, source_id="bao-a-moi-nhat", title="Nước máy có mùi (mới nhất)")
    for _ in range(3):
        ingest.record_ingest([one], NOW)
        ingest.record_ingest([other], NOW)
    detail = queries.detail("doc-0001")
    assert detail is not None
    assert detail.document.revision == 1
    assert [source for source, _ in detail.sightings] == ["bao-a", "bao-a-moi-nhat"]


def test_a_changed_title_is_a_visible_revision() -> None:
    from ledger import documents, ingest, queries

    ingest.record_ingest([article(1)], NOW)
    result = ingest.record_ingest([article(1, title="Tiêu đề mới")], LATER)
    assert result.revised == ("doc-0001",)
    assert queries.newest().documents[0].edits == ("đã sửa tiêu đề lúc 11:00 20/11/2026",)
    assert [(r.number, r.title, r.notes) for r in documents.revisions("doc-0001")] == [
        (1, article(1).title, ()),
        (2, "Tiêu đề mới", ("title",)),
    ]


def test_white_space_is_no_edit() -> None:
    from ledger import ingest

    ingest.record_ingest([article(1)], NOW)
    spaced = article(1, text=article(1).text.replace(", ", ",\n\n"))
    assert ingest.record_ingest([spaced], LATER).revised == ()


def test_a_new_title_in_the_feed_asks_for_the_page_and_keeps_the_text() -> None:
    from ledger import documents, ingest

    ingest.record_ingest([feed_item(1)], NOW)
    ingest.record_ingest([article(1)], NOW)
    result = ingest.record_ingest([feed_item(1, title="Tiêu đề mới")], LATER)
    assert result.revised == ("doc-0001",)
    [doc] = documents.load_documents(["doc-0001"])
    assert (doc.revision, doc.title, doc.text) == (2, "Tiêu đề mới", article(1).text)
    assert ingest.unknown_pages(["doc-0001"]) == {"doc-0001"}
    page = article(1, title="Tiêu đề mới", text="Nội dung mới hẳn.")
    assert ingest.record_ingest([page], LATER).enriched == ("doc-0001",)
    assert ingest.unknown_pages(["doc-0001"]) == set()
    assert [r.number for r in documents.revisions("doc-0001")] == [1, 2]


def test_at_most_24_revisions_are_kept_the_first_among_them() -> None:
    from ledger import documents, ingest

    for number in range(1, 31):
        ingest.record_ingest([article(1, title=f"Bản {number}")], NOW)
    kept = [r.number for r in documents.revisions("doc-0001")]
    assert len(kept) == 24
    assert (kept[0], kept[1], kept[-1]) == (1, 8, 30)
    assert documents.load_documents(["doc-0001"])[0].title == "Bản 30"


def test_an_edited_comment_that_was_read_alone_keeps_its_video() -> None:
    from ledger import documents, ingest

    ingest.record_ingest([post(1, parent_id="post-0009", parent_title="Bản tin sáng")], NOW)
    edited = post(1, text="Nước hôi quá, đã báo", parent_id="post-0009", parent_title="")
    assert ingest.record_ingest([edited], LATER).revised == ("post-0001",)
    [doc] = documents.load_documents(["post-0001"])
    assert (doc.text, doc.parent_title) == ("Nước hôi quá, đã báo", "Bản tin sáng")


def test_first_seen_stays_and_fetched_moves() -> None:
    from ledger import documents, ingest

    ingest.record_ingest([article(1)], NOW)
    edited = article(1, title="Khác", first_seen_at=LATER, fetched_at=LATER)
    ingest.record_ingest([edited], LATER)
    [doc] = documents.load_documents(["doc-0001"])
    assert (doc.first_seen_at, doc.fetched_at) == (NOW, LATER)


def test_a_page_taken_down_stays_and_is_marked() -> None:
    from ledger import ingest, queries

    ingest.record_ingest([article(1)], NOW)
    assert ingest.record_gone("doc-0001", LATER)
    assert not ingest.record_gone("doc-0001", LATER)
    assert queries.newest().documents[0].is_gone


@pytest.mark.parametrize(
    "bad",
    [
        article(1, title=" ", lead="", text=""),
        article(1, id=""),
        article(1, published_at=NOW.replace(tzinfo=None)),
        post(1, author_key="nguyenvana"),
    ],
)
def test_an_invalid_document_is_quarantined_and_the_rest_goes_on(bad: object) -> None:
    from ledger import ingest, quarantine

    result = ingest.record_ingest([bad, article(2)], NOW)  # type: ignore[list-item]
    assert result.new == ("doc-0002",)
    assert len(result.refused) == 1
    assert [entry.stage for entry in quarantine.entries()] == ["fetch"]


def test_a_private_author_is_never_stored_by_name(ledger: Settings) -> None:
    from ledger import documents, ingest

    ingest.record_ingest([post(1, byline="Nguyễn Văn A")], NOW)
    assert documents.load_documents(["post-0001"])[0].byline == ""


def test_a_date_in_the_future_becomes_the_time_we_saw_it() -> None:
    from ledger import documents, ingest

    ingest.record_ingest([article(1, published_at=NOW + timedelta(days=365))], NOW)
    [doc] = documents.load_documents(["doc-0001"])
    assert doc.published_at == doc.first_seen_at
    assert "published-in-the-future" in doc.notes


def test_what_nobody_dated_was_first_seen_now() -> None:
    from ledger import documents, ingest, retention

    never = datetime(1970, 1, 1, tzinfo=UTC)
    undated = article(1, published_at=never, first_seen_at=never, fetched_at=never)
    ingest.record_ingest([undated, article(2, published_at=never)], LATER)
    one, two = documents.load_documents(["doc-0001", "doc-0002"])
    assert {one.published_at, one.first_seen_at, one.fetched_at} == {LATER}
    assert two.published_at == NOW
    assert one.notes == two.notes == ("published-unknown",)
    assert retention.delete_expired(LATER, social_days=90, press_days=730) == []


def test_words_that_no_database_can_hold_are_cleaned() -> None:
    from ledger import documents, ingest

    ingest.record_ingest([article(1, title="Nước\x00 máy \ud83d")], NOW)
    assert documents.load_documents(["doc-0001"])[0].title == "Nước máy ?"


def test_a_changed_document_is_analysed_again_and_keeps_its_story(analyse: Analyse) -> None:
    from ledger import documents, ingest, queries

    doc = article(1)
    ingest.record_ingest([doc], NOW)
    analyse([doc], links("s1", [doc]))
    assert queries.counters().analysed == 1
    edited = replace(doc, title="Tiêu đề mới", revision=2)
    ingest.record_ingest([edited], LATER)
    assert queries.counters().waiting == 1
    analyse([edited])
    [item] = documents.load_analysed([doc.id])
    assert item.analysis is not None
    assert (item.analysis.revision, item.story_id) == (2, "s1")


def test_unknown_pages_are_those_without_full_text() -> None:
    from ledger import ingest, quarantine

    ingest.record_ingest([feed_item(1), article(2)], NOW)
    assert ingest.unknown_pages(["doc-0001", "doc-0002", "new"]) == {"doc-0001", "new"}
    assert quarantine.entries() == []


def test_what_was_removed_is_not_collected_again() -> None:
    from ledger import ingest, queries, retention

    ingest.record_ingest([article(1)], NOW)
    retention.delete_expired(NOW + timedelta(days=731), social_days=90, press_days=730)
    assert ingest.record_ingest([article(1)], LATER).unchanged == ("doc-0001",)
    assert queries.counters().collected == 0
    assert ingest.unknown_pages(["doc-0001"]) == set()
